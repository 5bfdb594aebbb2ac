// A FHIR health checkup bundle from disk to the sink (formats.md 5): one JSON file is one
// examination, with the same items, checks and messages as the national XML. One transaction.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "agents/intake/fhir_header.h"
#include "agents/intake/import_run.h"
#include "agents/intake/item_choice.h"
#include "agents/intake/json_document.h"
#include "agents/intake/residence.h"
#include "agents/intake/text.h"
#include "agents/intake/values.h"
#include "policy/base/status.h"

namespace renkei::agents::intake {
namespace {

namespace catalogue = policy::catalogue;
using catalogue::ItemColumn;
using catalogue::ItemValue;
using catalogue::ValueState;
using Node = JsonDocument::Node;
using Kind = JsonDocument::Kind;

// One bundle; the tree of a document takes about ten times its bytes.
constexpr uint64_t kMostBytes = 16 << 20;

// A code that a message may show.
bool LooksLikeItemCode(absl::string_view code) {
  if (code.size() != 17) return false;
  for (const char c : code) {
    if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'))) return false;
  }
  return true;
}

class FhirImport {
 public:
  FhirImport(ImportRun& run, InputFile& file)
      : run_(run), file_(file), choice_(run.items, run.pairs) {}

  absl::Status Run() {
    ImportReport& report = *run_.report;
    const uint64_t limit = std::min(kMostBytes, run_.options.limits.max_member_bytes);
    if (file_.size() > limit) {
      return RefuseFile(MessageCode::kArcSize, absl::StrCat("more than ", limit, " bytes"));
    }
    RENKEI_RETURN_IF_ERROR(file_.Rewind());
    std::string bytes(file_.size(), '\0');
    size_t done = 0;
    while (done < bytes.size()) {
      RENKEI_ASSIGN_OR_RETURN(const size_t got,
                              file_.Read(bytes.data() + done, bytes.size() - done));
      if (got == 0) return absl::AbortedError("the file changed while it was being read");
      done += got;
    }
    if (const std::optional<std::string> problem = document_.Parse(bytes)) {
      return RefuseFile(MessageCode::kFhirProfile, *problem);
    }
    report.ExpectItems(run_.items);
    SinkTransaction transaction(&run_.sink);
    RENKEI_RETURN_IF_ERROR(transaction.Begin(report.source));
    ++report.records.seen;
    RENKEI_ASSIGN_OR_RETURN(const bool is_accepted, Take());
    ++(is_accepted ? report.files.accepted : report.files.rejected);
    ++(is_accepted ? report.records.accepted : report.records.rejected);
    run_.Advance(file_.size(), file_.size());
    RENKEI_RETURN_IF_ERROR(report.SelfCheck());
    return is_accepted ? transaction.Commit() : absl::OkStatus();
  }

 private:
  absl::Status RefuseFile(MessageCode code, absl::string_view detail) {
    run_.report->messages.Add(code, Level::kRejectFile, "", detail, Place());
    run_.report->CountAllRejected();
    return absl::OkStatus();
  }

  bool Reject(const FhirRejection& rejection) {
    if (Place* place = run_.report->messages.Add(rejection.code, Level::kRejectRecord,
                                                 rejection.subject, rejection.shape)) {
      place->locator = document_.Pointer(rejection.at);
    }
    return false;
  }

  void Note(MessageCode code, absl::string_view subject, absl::string_view text, Node at) {
    const std::string shape = text.data() == nullptr ? std::string() : ValueShape(text);
    if (Place* place = run_.report->messages.Add(code, subject, shape)) {
      place->locator = document_.Pointer(at < 0 ? document_.root() : at);
    }
  }

  absl::StatusOr<bool> Take() {
    FhirHeader header;
    if (const auto rejection = ReadFhirHeader(document_, run_.options, &header)) {
      return Reject(*rejection);
    }
    cohort::PersonColumns columns;
    columns.insurer_number = header.card.insurer_number;
    columns.symbol = header.card.symbol;
    columns.number = header.card.number;
    columns.branch = header.card.branch;
    columns.birth_date = header.birth_date;
    columns.sex = header.sex;
    absl::StatusOr<cohort::Person> person = run_.pseudonymiser.Make(columns);
    if (!person.ok()) {
      return Reject({MessageCode::kHdrFormat, "number", ValueShape(header.card.number), -1});
    }
    cohort::ExamRecord exam;
    exam.person = *std::move(person);
    exam.exam_date = header.exam_date;
    exam.file_date = header.file_date;
    exam.report_type = header.report_type;
    exam.program = header.program;
    std::string buffer;
    Residence residence = FromPostalCode(run_.areas, Fold(header.postal_code, &buffer));
    if (residence.message) Note(*residence.message, "postalCode", header.postal_code, -1);
    exam.municipality = std::move(residence.municipality);

    period_ = policy::base::PeriodOf(header.fiscal_year);
    const Node entries = document_.Find(document_.root(), "entry");
    for (Node entry = document_.First(entries); entry >= 0; entry = document_.Next(entry)) {
      const Node resource = document_.Find(entry, "resource");
      if (document_.Text(document_.Find(resource, "resourceType")) != "Observation") continue;
      if (document_.Text(document_.Find(resource, "status")) == "entered-in-error") continue;
      if (!IsOf(header, resource)) {
        return Reject(
            {MessageCode::kFhirProfile, "Observation.subject", "another patient", resource});
      }
      ReadObservation(resource, resource);
      for (Node part = document_.First(document_.Find(resource, "component")); part >= 0;
           part = document_.Next(part)) {
        ReadObservation(part, resource);
      }
    }
    choice_.Choose(
        &observed_,
        [this](MessageCode code, absl::string_view column, int at) { Note(code, column, {}, at); },
        &exam.items);
    if (header.insurer_digit_is_wrong) Note(MessageCode::kCheckDigit, "insurer", {}, -1);

    RENKEI_ASSIGN_OR_RETURN(const cohort::PutOutcome stored, run_.sink.PutExam(exam));
    run_.report->CountStored(stored);
    run_.report->CountItems(exam.items);
    ++run_.report->by_fiscal_year[header.fiscal_year.first_year()];
    if (exam.municipality.empty()) ++run_.report->without_municipality;
    return true;
  }

  // A subject that is left out is the bundle's only patient.
  bool IsOf(const FhirHeader& header, Node observation) const {
    const absl::string_view subject =
        document_.Text(document_.Path(observation, {"subject", "reference"}));
    return subject.empty() || subject == header.patient_url ||
           (!header.patient_id.empty() && subject == absl::StrCat("Patient/", header.patient_id));
  }

  // `node` is an observation or one of its components; the status is the observation's.
  void ReadObservation(Node node, Node observation) {
    const catalogue::ItemCode* code = nullptr;
    const Node codings = document_.Find(document_.Find(node, "code"), "coding");
    for (Node c = document_.First(codings); c >= 0 && code == nullptr; c = document_.Next(c)) {
      const absl::string_view text = document_.Text(document_.Find(c, "code"));
      code = run_.items.FindCode(text);
      if (code == nullptr && LooksLikeItemCode(text)) {
        Note(MessageCode::kItemUnknown, text, {}, node);
      }
    }
    if (code == nullptr || code->column < 0) return;
    observed_.push_back({code, ValueOf(code->column, node, observation), 0, node});
  }

  ItemValue ValueOf(int column, Node node, Node observation) {
    const ItemColumn& item = run_.items.columns()[static_cast<size_t>(column)];
    const Node quantity = document_.Find(node, "valueQuantity");
    const Node concept_node = document_.Find(node, "valueCodeableConcept");
    if (quantity < 0 && concept_node < 0) return WithoutValue(item, node, observation);
    if (item.is_coded ? concept_node < 0 : quantity < 0) {
      Note(MessageCode::kValType, item.name, {}, node);
      return {0, ValueState::kInvalid};
    }
    std::string buffer;
    absl::string_view text;
    Judgement judgement;
    if (item.is_coded) {
      const Node coding = document_.Path(concept_node, {"coding"});
      text = document_.Text(document_.Find(coding, "code"));
      absl::string_view list = document_.Text(document_.Find(coding, "system"));
      if (!absl::ConsumePrefix(&list, "urn:oid:")) list = {};
      judgement = JudgeCode(item, Fold(text, &buffer), list, period_);
    } else {
      text = document_.Text(document_.Find(quantity, "value"));
      if (!UnitFits(item, quantity)) {
        Note(MessageCode::kValUnit, item.name, document_.Text(document_.Find(quantity, "unit")),
             node);
        return {0, ValueState::kInvalid};
      }
      const Mark mark = MarkOf(node);
      if (text.empty() && mark != Mark::kNone) return JudgeMarkAlone(mark).value;
      judgement = JudgeNumber(item, Fold(text, &buffer), mark);
    }
    if (judgement.message) Note(*judgement.message, item.name, text, node);
    if (judgement.has_cut_decimals) Note(MessageCode::kValDecimals, item.name, text, node);
    return judgement.value;
  }

  ItemValue WithoutValue(const ItemColumn& item, Node node, Node observation) {
    if (!item.is_coded && MarkOf(node) != Mark::kNone) return JudgeMarkAlone(MarkOf(node)).value;
    const absl::string_view reason =
        document_.Text(document_.Path(node, {"dataAbsentReason", "coding", "code"}));
    if (reason == "error") return {0, ValueState::kUnmeasurable};
    const bool is_cancelled = document_.Text(document_.Find(observation, "status")) == "cancelled";
    if (reason == "not-performed" || is_cancelled) return {0, ValueState::kNotDone};
    return {0, ValueState::kAbsent};
  }

  bool UnitFits(const ItemColumn& item, Node quantity) {
    bool has_unit = false;
    for (const char* key : {"unit", "code"}) {
      const absl::string_view unit = document_.Text(document_.Find(quantity, key));
      if (unit.empty()) continue;
      has_unit = true;
      std::string buffer;
      if (unit == item.unit || catalogue::UnitIsEquivalent(item.unit, unit) ||
          catalogue::UnitIsEquivalent(item.unit, Fold(unit, &buffer))) {
        return true;
      }
    }
    if (!has_unit) ++run_.report->values_without_unit;
    return !has_unit;
  }

  // HX and LX are the input range; H and L only the laboratory's reference range.
  Mark MarkOf(Node node) const {
    for (Node i = document_.First(document_.Find(node, "interpretation")); i >= 0;
         i = document_.Next(i)) {
      const absl::string_view code = document_.Text(document_.Path(i, {"coding", "code"}));
      if (code == "HX") return Mark::kHigh;
      if (code == "LX") return Mark::kLow;
    }
    return Mark::kNone;
  }

  ImportRun& run_;
  InputFile& file_;
  JsonDocument document_;
  int period_ = 0;
  const ItemChoice choice_;
  std::vector<Observed> observed_;
};

}  // namespace

absl::Status ImportFhir(ImportRun& run, InputFile& file) {
  run.report->files.seen = 1;
  return FhirImport(run, file).Run();
}

}  // namespace renkei::agents::intake
