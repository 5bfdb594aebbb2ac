#include "agents/intake/document_reader.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "agents/intake/residence.h"
#include "agents/intake/text.h"
#include "policy/base/status.h"

namespace renkei::agents::intake {
namespace {

constexpr const char* kHl7Namespace = "urn:hl7-org:v3";

}  // namespace

DocumentRecords::Record& DocumentRecords::Next() {
  if (count_ == records_.size()) records_.emplace_back();
  return records_[count_++];
}

absl::Status DocumentRecords::PutInto(cohort::RecordSink& sink, ImportReport* report) const {
  for (size_t i = 0; i < count_; ++i) {
    const Record& record = records_[i];
    RENKEI_ASSIGN_OR_RETURN(const cohort::PutOutcome stored, record.is_guidance
                                                                 ? sink.PutGuidance(record.guidance)
                                                                 : sink.PutExam(record.exam));
    report->CountStored(stored);
  }
  return absl::OkStatus();
}

void DocumentReader::Read(absl::string_view bytes, const std::string& member, ImportReport* report,
                          DocumentRecords* records) {
  report_ = report;
  member_ = member;
  ++report->files.seen;
  ++report->records.seen;
  const bool accepted = ReadRecord(bytes, records);
  ++(accepted ? report->files.accepted : report->files.rejected);
  ++(accepted ? report->records.accepted : report->records.rejected);
}

bool DocumentReader::ReadRecord(absl::string_view bytes, DocumentRecords* records) {
  ImportReport& report = *report_;
  if (const std::optional<XmlProblem> problem = document_.Parse(bytes)) {
    report.messages.Add(problem->code, Level::kRejectFile, "", problem->detail,
                        {member_, problem->line == 0 ? "" : absl::StrCat("line ", problem->line)});
    return false;
  }
  if (document_.root_namespace() != kHl7Namespace ||
      !document_.Is(document_.root(), "ClinicalDocument")) {
    report.messages.Add(MessageCode::kNsUnknown, Level::kRejectFile, "", "", {member_, ""});
    return false;
  }
  Hc08Header header;
  if (const auto rejection = ReadHc08Header(document_, run_.options, &header)) {
    return Reject(*rejection);
  }
  cohort::PersonColumns columns;
  columns.insurer_number = header.insurer_number;
  columns.symbol = header.symbol;
  columns.number = header.number;
  columns.branch = header.branch;
  columns.birth_date = header.birth_date;
  columns.sex = header.sex;
  const absl::StatusOr<cohort::Person> person = run_.pseudonymiser.Make(columns);
  if (!person.ok()) {
    report.messages.Add(MessageCode::kHdrFormat, Level::kRejectRecord, "patientRole/id[number]",
                        ValueShape(header.number), {member_, ""});
    return false;
  }
  if (IsGuidanceReport(header.report_type)) return ReadGuidance(header, *person, records);

  DocumentRecords::Record& next = records->Next();
  next.is_guidance = false;
  cohort::ExamRecord& record = next.exam;
  record.person = *person;
  record.exam_date = header.exam_date;
  record.file_date = header.file_date;
  record.report_type = header.report_type;
  if (header.program.empty()) {
    record.program = "010";
  } else {
    const bool is_code = header.program.size() == 3 && IsAllDigits(header.program);
    record.program = is_code ? std::string(header.program) : "000";
    if (!is_code) Note(MessageCode::kValCode, "serviceEvent/code", document_.root());
  }
  record.municipality = ReadResidence(header);
  if (header.insurer_digit_is_wrong) Note(MessageCode::kCheckDigit, "insurer", header.insurer_at);
  if (header.institution_digit_is_wrong) {
    Note(MessageCode::kCheckDigit, "institution", header.institution_at);
  }
  body_.Read(document_, policy::base::PeriodOf(header.fiscal_year), member_, report_,
             &record.items);
  report.CountItems(record.items);
  ++report.by_fiscal_year[header.fiscal_year.first_year()];
  if (record.municipality.empty()) ++report.without_municipality;
  return true;
}

bool DocumentReader::Reject(const HeaderRejection& rejection) {
  if (Place* place = report_->messages.Add(rejection.code, Level::kRejectRecord, rejection.subject,
                                           rejection.shape)) {
    *place = {member_, document_.Locate(rejection.at)};
  }
  return false;
}

bool DocumentReader::ReadGuidance(const Hc08Header& header, const cohort::Person& person,
                                  DocumentRecords* records) {
  cohort::GuidanceRecord guidance;
  if (const auto rejection =
          guidance_reader_.Read(document_, header, run_.options, member_, report_, &guidance)) {
    return Reject(*rejection);
  }
  guidance.person = person;
  if (header.insurer_digit_is_wrong) Note(MessageCode::kCheckDigit, "insurer", header.insurer_at);
  ++report_->guidance_records;
  ++report_->by_fiscal_year[guidance.fiscal_year.first_year()];
  DocumentRecords::Record& next = records->Next();
  next.is_guidance = true;
  next.guidance = std::move(guidance);
  return true;
}

std::string DocumentReader::ReadResidence(const Hc08Header& header) {
  Residence residence = FromPostalCode(run_.areas, Fold(header.postal_code, &buffer_));
  if (residence.message) {
    if (Place* place = report_->messages.Add(*residence.message, "postalCode",
                                             ValueShape(header.postal_code))) {
      *place = {member_, ""};
    }
  }
  return std::move(residence.municipality);
}

void DocumentReader::Note(MessageCode code, const char* subject, const pugi::xml_node& at) {
  if (Place* place = report_->messages.Add(code, subject, "")) {
    *place = {member_, document_.Locate(at)};
  }
}

}  // namespace renkei::agents::intake
