#include "agents/intake/fhir_header.h"

#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "agents/intake/text.h"
#include "policy/crypto/check_digit.h"

namespace renkei::agents::intake {
namespace {

namespace base = policy::base;
using Node = JsonDocument::Node;
constexpr Node kNone = JsonDocument::kNone;

constexpr absl::string_view kOid = "urn:oid:1.2.392.200119.6.";

FhirRejection Reject(MessageCode code, const char* subject, absl::string_view text, Node at) {
  return {code, subject, text.empty() ? std::string() : ValueShape(text), at};
}

class HeaderReader {
 public:
  HeaderReader(const JsonDocument& document, const ImportOptions& options, FhirHeader* out)
      : d_(document), options_(options), out_(*out) {}

  std::optional<FhirRejection> Read() {
    const Node root = d_.root();
    if (d_.Text(d_.Find(root, "resourceType")) != "Bundle") {
      return FhirRejection{MessageCode::kFhirProfile, "resourceType", "not a Bundle", root};
    }
    if (auto rejection = FindResources()) return rejection;
    if (auto rejection = ReadReport()) return rejection;
    if (auto rejection = ReadPatient()) return rejection;
    if (auto rejection = ReadCoverage()) return rejection;
    return ReadDates();
  }

 private:
  std::optional<FhirRejection> FindResources() {
    const Node entries = d_.Find(d_.root(), "entry");
    for (Node entry = d_.First(entries); entry >= 0; entry = d_.Next(entry)) {
      const Node resource = d_.Find(entry, "resource");
      const absl::string_view type = d_.Text(d_.Find(resource, "resourceType"));
      if (type == "Composition" && composition_ == kNone) composition_ = resource;
      if (type == "Encounter" && encounter_ == kNone) encounter_ = resource;
      if (type == "Coverage") coverages_.push_back(resource);
      if (type == "Organization") organisations_.push_back(entry);
      if (type != "Patient") continue;
      if (patient_ != kNone) {
        return FhirRejection{MessageCode::kFhirProfile, "Patient", "more than one", resource};
      }
      patient_ = resource;
      out_.patient_url = std::string(d_.Text(d_.Find(entry, "fullUrl")));
      out_.patient_id = std::string(d_.Text(d_.Find(resource, "id")));
    }
    if (composition_ == kNone) {
      return FhirRejection{MessageCode::kFhirProfile, "Composition", "none", d_.root()};
    }
    if (patient_ == kNone) {
      return FhirRejection{MessageCode::kFhirProfile, "Patient", "none", d_.root()};
    }
    return std::nullopt;
  }

  // The code of an OID list in a CodeableConcept or a list of them.
  absl::string_view CodeOf(Node concepts, absl::string_view list) const {
    const bool is_array = d_.Is(concepts, JsonDocument::Kind::kArray);
    for (Node at = is_array ? d_.First(concepts) : concepts; at >= 0;
         at = is_array ? d_.Next(at) : kNone) {
      for (Node c = d_.First(d_.Find(at, "coding")); c >= 0; c = d_.Next(c)) {
        if (d_.Text(d_.Find(c, "system")) == absl::StrCat(kOid, list)) {
          return d_.Text(d_.Find(c, "code"));
        }
      }
    }
    return {};
  }

  std::optional<FhirRejection> ReadReport() {
    absl::string_view report = CodeOf(d_.Find(composition_, "type"), "1001");
    if (report.empty()) report = CodeOf(d_.Find(composition_, "category"), "1001");
    if (!report.empty()) {
      const std::optional<int> type = report.size() <= 2 ? ParseCount(report) : std::nullopt;
      if (!type) return Reject(MessageCode::kHdrFormat, "Composition.type", report, composition_);
      out_.report_type = *type;
    }
    const bool is_employer = out_.report_type == 40 || out_.report_type == 41;
    if (out_.report_type != 10 && (!is_employer || !options_.employer_checkups)) {
      return FhirRejection{MessageCode::kHdrReport, "Composition.type",
                           "only 10, 40 and 41 are imported", composition_};
    }
    const absl::string_view program = CodeOf(d_.Find(encounter_, "serviceType"), "1002");
    if (program.size() == 3 && IsAllDigits(program)) out_.program = std::string(program);
    return std::nullopt;
  }

  std::optional<FhirRejection> ReadPatient() {
    const absl::string_view gender = d_.Text(d_.Find(patient_, "gender"));
    if (gender != "male" && gender != "female") {
      return Reject(gender.empty() ? MessageCode::kHdrMissing : MessageCode::kHdrFormat,
                    "Patient.gender", gender, patient_);
    }
    out_.sex = gender == "male" ? 0 : 1;
    const absl::string_view birth = d_.Text(d_.Find(patient_, "birthDate"));
    const std::optional<absl::CivilDay> day = base::ParseDay(birth);
    if (!day) {
      return Reject(birth.empty() ? MessageCode::kHdrMissing : MessageCode::kHdrFormat,
                    "Patient.birthDate", birth, patient_);
    }
    out_.birth_date = *day;
    out_.postal_code = d_.Text(d_.Path(patient_, {"address", "postalCode"}));
    return std::nullopt;
  }

  void TakeIdentifiers(Node holder, FhirCard* card) const {
    for (Node id = d_.First(d_.Find(holder, "identifier")); id >= 0; id = d_.Next(id)) {
      TakeIdentifier(id, card);
    }
  }

  void TakeIdentifier(Node id, FhirCard* card) const {
    const absl::string_view system = d_.Text(d_.Find(id, "system"));
    const absl::string_view value = d_.Text(d_.Find(id, "value"));
    const auto take = [value](std::string* to) {
      if (to->empty()) to->assign(value.data(), value.size());
    };
    if (system == absl::StrCat(kOid, "101")) take(&card->insurer_number);
    if (system == absl::StrCat(kOid, "204")) take(&card->symbol);
    if (system == absl::StrCat(kOid, "205")) take(&card->number);
    if (system == absl::StrCat(kOid, "211")) take(&card->branch);
    if (absl::EndsWith(system, "/JP_Insurance_memberID")) {
      const std::vector<std::string> parts = absl::StrSplit(value, ':');
      if (parts.size() == 4 && card->number.empty()) {
        *card = {parts[0], parts[1], parts[2], parts[3]};
      }
    }
  }

  void TakeExtensions(Node coverage, FhirCard* card) const {
    for (Node e = d_.First(d_.Find(coverage, "extension")); e >= 0; e = d_.Next(e)) {
      const absl::string_view url = d_.Text(d_.Find(e, "url"));
      const absl::string_view value = d_.Text(d_.Find(e, "valueString"));
      const auto take = [&](absl::string_view name, std::string* to) {
        if (absl::EndsWith(url, name) && to->empty()) to->assign(value.data(), value.size());
      };
      take("InsuredPersonSymbol", &card->symbol);
      take("InsuredPersonNumber", &card->number);
      take("InsuredPersonSubNumber", &card->branch);
    }
  }

  // Two writings of one card, full-width and ASCII, are one card.
  static FhirCard Folded(FhirCard card) {
    std::string buffer;
    for (std::string* part : {&card.insurer_number, &card.symbol, &card.number, &card.branch}) {
      *part = std::string(Fold(*part, &buffer));
    }
    return card;
  }

  FhirCard CardOf(Node coverage) const {
    FhirCard card;
    TakeExtensions(coverage, &card);
    TakeIdentifiers(coverage, &card);
    const Node payor = d_.Path(coverage, {"payor"});
    TakeIdentifier(d_.Find(payor, "identifier"), &card);
    const absl::string_view reference = d_.Text(d_.Find(payor, "reference"));
    for (const Node entry : organisations_) {
      const Node organisation = d_.Find(entry, "resource");
      const absl::string_view id = d_.Text(d_.Find(organisation, "id"));
      const bool is_payor =
          !reference.empty() && (reference == d_.Text(d_.Find(entry, "fullUrl")) ||
                                 reference == absl::StrCat("Organization/", id));
      if (is_payor) TakeIdentifiers(organisation, &card);
    }
    return Folded(std::move(card));
  }

  std::optional<FhirRejection> ReadCoverage() {
    FhirCard& card = out_.card;
    for (const Node coverage : coverages_) {
      FhirCard other = CardOf(coverage);
      if (other.insurer_number.empty() || other.number.empty()) {
        // A voucher, or half a card: it counts only where no Coverage is whole.
        if (half_card_ == kNone) half_card_ = coverage;
        continue;
      }
      if (!card.number.empty() && !(card == other)) {
        return FhirRejection{MessageCode::kFhirProfile, "Coverage", "two different cards",
                             coverage};
      }
      card = std::move(other);
    }
    if (card.number.empty()) card = CardWithThePatients();
    if (card.insurer_number.empty()) {
      return Reject(MessageCode::kHdrMissing, "insurer", "", patient_);
    }
    const std::string& insurer = card.insurer_number;
    if ((insurer.size() != 8 && insurer.size() != 6) || !IsAllDigits(insurer)) {
      return Reject(MessageCode::kHdrFormat, "insurer", insurer, patient_);
    }
    out_.insurer_digit_is_wrong = !policy::crypto::InsurerNumberIsValid(insurer);
    if (card.number.empty()) return Reject(MessageCode::kHdrMissing, "number", "", patient_);
    return std::nullopt;
  }

  // Some writers put the insurer into the Coverage and the card's numbers to the patient. The
  // numbers come from one of the two as a whole.
  FhirCard CardWithThePatients() const {
    FhirCard of_patient;
    TakeIdentifiers(patient_, &of_patient);
    of_patient = Folded(std::move(of_patient));
    if (half_card_ == kNone) return of_patient;
    FhirCard card = CardOf(half_card_);
    const std::string insurer =
        card.insurer_number.empty() ? of_patient.insurer_number : card.insurer_number;
    if (card.number.empty()) card = of_patient;
    card.insurer_number = insurer;
    return card;
  }

  std::optional<FhirRejection> ReadDates() {
    absl::string_view text = d_.Text(d_.Path(encounter_, {"period", "start"}));
    if (text.empty()) text = d_.Text(d_.Path(composition_, {"event", "period", "start"}));
    if (text.empty()) {
      return Reject(MessageCode::kHdrMissing, "Encounter.period.start", "", composition_);
    }
    const std::optional<absl::CivilDay> day = base::ParseDay(text.substr(0, 10));
    if (!day) return Reject(MessageCode::kHdrFormat, "Encounter.period.start", text, composition_);
    out_.exam_date = *day;
    out_.fiscal_year = base::FiscalYear::Of(*day);
    if (out_.fiscal_year.first_year() < options_.first_fiscal_year ||
        out_.fiscal_year.first_year() > options_.last_fiscal_year) {
      return Reject(MessageCode::kFyRange, "Encounter.period.start", "", composition_);
    }
    const int age = base::AgeAtEndOf(out_.fiscal_year, out_.birth_date);
    if (age < 0 || age > 120) {
      return Reject(MessageCode::kAgeRange, "Patient.birthDate", "", patient_);
    }
    // Only a tie-break.
    out_.file_date =
        base::ParseDay(d_.Text(d_.Find(composition_, "date")).substr(0, 10)).value_or(*day);
    return std::nullopt;
  }

  const JsonDocument& d_;
  const ImportOptions& options_;
  FhirHeader& out_;
  Node composition_ = kNone, patient_ = kNone, encounter_ = kNone, half_card_ = kNone;
  std::vector<Node> coverages_, organisations_;
};

}  // namespace

std::optional<FhirRejection> ReadFhirHeader(const JsonDocument& document,
                                            const ImportOptions& options, FhirHeader* out) {
  *out = FhirHeader();
  return HeaderReader(document, options, out).Read();
}

}  // namespace renkei::agents::intake
