// What the tests of intake share: a folder that goes away, a sink that remembers, archives and
// documents made on the spot.
#pragma once

#include <stdlib.h>
#include <zip.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "agents/intake/importer.h"
#include "gtest/gtest.h"
#include "policy/catalogue/catalogue.h"

namespace renkei::agents::intake {

namespace catalogue = policy::catalogue;

// Keeps what was committed, apart from what is still open.
class RememberingSink : public cohort::RecordSink {
 public:
  std::vector<cohort::ExamRecord> exams;
  std::vector<cohort::RosterRecord> roster;
  std::vector<cohort::GuidanceRecord> guidance;
  std::vector<cohort::ClaimRecord> claims;
  std::vector<cohort::AbsenceRecord> absences;
  std::vector<cohort::ConsentRecord> consents;
  int commits = 0;
  int rollbacks = 0;
  int fail_at_put = -1;  // n-th Put fails as a full disk would
  bool fail_commit = false;

  absl::Status BeginFile(const std::string&) override {
    EXPECT_FALSE(open_);
    open_ = true;
    open_records_ = {};
    return absl::OkStatus();
  }
  absl::StatusOr<cohort::PutOutcome> PutExam(const cohort::ExamRecord& r) override {
    return Put(r, &Records::exams);
  }
  absl::StatusOr<cohort::PutCounts> PutExams(const cohort::ExamBatch& batch) override {
    cohort::PutCounts counts;
    for (size_t row = 0; row < batch.size(); ++row) {
      const absl::StatusOr<cohort::PutOutcome> put = PutExam(cohort::RowOf(batch, row));
      if (!put.ok()) return put.status();
      ++counts.added;
    }
    return counts;
  }
  absl::StatusOr<cohort::PutOutcome> PutRoster(const cohort::RosterRecord& r) override {
    return Put(r, &Records::roster);
  }
  absl::StatusOr<cohort::PutOutcome> PutGuidance(const cohort::GuidanceRecord& r) override {
    return Put(r, &Records::guidance);
  }
  absl::StatusOr<cohort::PutOutcome> PutClaim(const cohort::ClaimRecord& r) override {
    return Put(r, &Records::claims);
  }
  absl::StatusOr<cohort::PutOutcome> PutAbsence(const cohort::AbsenceRecord& r) override {
    return Put(r, &Records::absences);
  }
  absl::StatusOr<cohort::PutOutcome> PutConsent(const cohort::ConsentRecord& r) override {
    return Put(r, &Records::consents);
  }
  absl::Status CommitFile() override {
    EXPECT_TRUE(open_);
    if (fail_commit) return absl::ResourceExhaustedError("disk full");
    open_ = false;
    ++commits;
    const auto append = [](auto& to, auto& from) { to.insert(to.end(), from.begin(), from.end()); };
    append(exams, open_records_.exams);
    append(roster, open_records_.roster);
    append(guidance, open_records_.guidance);
    append(claims, open_records_.claims);
    append(absences, open_records_.absences);
    append(consents, open_records_.consents);
    return absl::OkStatus();
  }
  void RollbackFile() override {
    EXPECT_TRUE(open_);
    open_ = false;
    ++rollbacks;
  }
  bool is_open() const { return open_; }

 private:
  struct Records {
    std::vector<cohort::ExamRecord> exams;
    std::vector<cohort::RosterRecord> roster;
    std::vector<cohort::GuidanceRecord> guidance;
    std::vector<cohort::ConsentRecord> consents;
    std::vector<cohort::ClaimRecord> claims;
    std::vector<cohort::AbsenceRecord> absences;
  };
  template <typename Record>
  absl::StatusOr<cohort::PutOutcome> Put(const Record& record,
                                         std::vector<Record> Records::*where) {
    EXPECT_TRUE(open_);
    if (puts_++ == fail_at_put) return absl::ResourceExhaustedError("disk full");
    (open_records_.*where).push_back(record);
    return cohort::PutOutcome::kNew;
  }
  Records open_records_;
  bool open_ = false;
  int puts_ = 0;
};

class IntakeTest : public ::testing::Test {
 protected:
  IntakeTest() : pseudonymiser_(TestKey()) {
    std::string pattern = (std::filesystem::temp_directory_path() / "intake-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    options_.quarantine_dir = folder_ + "/quarantine";
  }
  ~IntakeTest() override { std::filesystem::remove_all(folder_); }

  static policy::base::Secret TestKey() {
    policy::base::Secret key(32);
    for (size_t i = 0; i < 32; ++i) key.mutable_bytes()[i] = static_cast<uint8_t>(i);
    return key;
  }
  static const catalogue::Catalogue& BuiltIn() {
    static const auto* const loaded = new auto(catalogue::Catalogue::LoadBuiltIn().value());
    return **loaded;
  }
  std::string Write(const std::string& name, const std::string& bytes) const {
    const std::string path = folder_ + "/" + name;
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
  }
  static std::string ReadAll(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    std::stringstream out;
    out << in.rdbuf();
    return out.str();
  }
  FileOutcome Import(const std::string& path, std::optional<FileKind> as = {}) {
    absl::StatusOr<FileOutcome> outcome = TryImport(path, as);
    EXPECT_TRUE(outcome.ok()) << outcome.status();
    EXPECT_FALSE(sink_.is_open());
    EXPECT_TRUE(outcome->report.SelfCheck().ok() || outcome->verdict == Verdict::kNothing);
    return *std::move(outcome);
  }
  absl::StatusOr<FileOutcome> TryImport(const std::string& path, std::optional<FileKind> as = {}) {
    Importer importer(BuiltIn(), pseudonymiser_, sink_, options_);
    return importer.ImportFile(path, as, progress_);
  }
  FileOutcome ImportText(const std::string& name, const std::string& bytes,
                         std::optional<FileKind> as = {}) {
    return Import(Write(name, bytes), as);
  }
  const catalogue::ItemValue& ValueOf(const cohort::ExamRecord& exam, const char* column) const {
    return exam.items[static_cast<size_t>(BuiltIn().items().ColumnOf(column).value())];
  }
  const ItemCounts& CountsOf(const FileOutcome& outcome, const char* column) const {
    return outcome.report.items[static_cast<size_t>(BuiltIn().items().ColumnOf(column).value())]
        .counts;
  }

  cohort::Pseudonymiser pseudonymiser_;
  std::string folder_;
  RememberingSink sink_;
  ImportOptions options_;
  Progress progress_;
};

struct ZipEntry {
  std::string name;
  std::string bytes;
  bool is_link = false;
  bool is_encrypted = false;
  int method = ZIP_CM_DEFAULT;
};

inline void WriteZip(const std::string& path, const std::vector<ZipEntry>& entries) {
  int error = 0;
  zip_t* archive = zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, &error);
  ASSERT_NE(archive, nullptr);
  for (const ZipEntry& entry : entries) {
    zip_source_t* source = zip_source_buffer(archive, entry.bytes.data(), entry.bytes.size(), 0);
    const auto index = entry.name.back() == '/'
                           ? zip_dir_add(archive, entry.name.c_str(), ZIP_FL_ENC_UTF_8)
                           : zip_file_add(archive, entry.name.c_str(), source, ZIP_FL_ENC_UTF_8);
    ASSERT_GE(index, 0) << entry.name;
    zip_set_file_compression(archive, static_cast<zip_uint64_t>(index), entry.method, 0);
    if (entry.is_link) {
      zip_file_set_external_attributes(archive, static_cast<zip_uint64_t>(index), 0, ZIP_OPSYS_UNIX,
                                       0120777u << 16);
    }
    if (entry.is_encrypted) {
      zip_file_set_encryption(archive, static_cast<zip_uint64_t>(index), ZIP_EM_AES_256, "secret");
    }
  }
  ASSERT_EQ(zip_close(archive), 0);
}

// One observation with a value element, or with none.
inline std::string Observation(const std::string& code, const std::string& inside,
                               const std::string& attributes = "") {
  return absl::StrCat("<entry><observation classCode=\"OBS\" moodCode=\"EVN\"", attributes,
                      "><code code=\"", code, "\" codeSystem=\"1.2.392.200119.6.1005\"/>", inside,
                      "</observation></entry>\n");
}
inline std::string Quantity(const std::string& code, const std::string& value,
                            const std::string& unit, const std::string& mark = "") {
  std::string inside =
      absl::StrCat("<value xsi:type=\"PQ\" value=\"", value, "\" unit=\"", unit, "\"/>");
  if (!mark.empty()) {
    absl::StrAppend(&inside, "<value xsi:type=\"CD\" code=\"", mark,
                    "\" codeSystem=\"2.16.840.1.113883.5.83\"/>");
  }
  return Observation(code, inside);
}
inline std::string Coded(const std::string& code, const std::string& value,
                         const std::string& list) {
  return Observation(code, absl::StrCat("<value xsi:type=\"CD\" code=\"", value, "\" codeSystem=\"",
                                        list, "\"/>"));
}
inline std::string Section(const std::string& code, const std::string& entries) {
  return absl::StrCat("<component><section><code code=\"", code, "\"/>", entries,
                      "</section></component>\n");
}

struct DocumentParts {
  std::string report_type = "10";
  std::string insurer = "01130012";
  std::string symbol = "１２";
  std::string number = "０００１";
  std::string postal_code = "997-0000";
  std::string name = "モギ　タロウ";
  std::string sex = "1";
  std::string birth = "19600115";
  std::string exam_date = "20110620";
  std::string program = "010";
  std::string institution = "6631111116";
  std::string body;  // sections
};

inline std::string MakeDocument(const DocumentParts& p) {
  const auto element = [](const char* name, const char* attribute, const std::string& value) {
    return value.empty() ? std::string()
                         : absl::StrCat("<", name, " ", attribute, "=\"", value, "\"/>");
  };
  const auto id = [](const char* root, const std::string& value) {
    return value.empty() ? std::string()
                         : absl::StrCat("<id root=\"1.2.392.200119.6.", root, "\" extension=\"",
                                        value, "\"/>");
  };
  return absl::StrCat(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<ClinicalDocument xmlns=\"urn:hl7-org:v3\" "
      "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">\n",
      element("code", "code", p.report_type),
      "<effectiveTime value=\"20110701\"/>\n<recordTarget><patientRole>", id("101", p.insurer),
      id("204", p.symbol), id("205", p.number), "<addr><postalCode>", p.postal_code,
      "</postalCode>somewhere</addr>\n<patient><name>", p.name, "</name>",
      element("administrativeGenderCode", "code", p.sex), element("birthTime", "value", p.birth),
      "</patient></patientRole></recordTarget>\n<documentationOf><serviceEvent>",
      element("code", "code", p.program), element("effectiveTime", "value", p.exam_date),
      "<performer><assignedEntity><representedOrganization>", id("102", p.institution),
      "</representedOrganization></assignedEntity></performer></serviceEvent></documentationOf>\n"
      "<component><structuredBody>",
      p.body, "</structuredBody></component></ClinicalDocument>\n");
}

inline std::string MakeIndex(int records) {
  return absl::StrCat(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?><index xmlns=\"http://tokuteikenshin.jp/",
      "checkup/2007\"><totalRecordCount value=\"", records, "\"/></index>");
}

constexpr const char* kStem = "6631111116_01130012_201107010_1";
inline std::string PersonFile(int sequence) {
  return absl::StrCat(kStem, "/DATA/h663111111620110701", "01", absl::StrFormat("%06d", sequence),
                      ".xml");
}
inline std::string ZipName() { return absl::StrCat(kStem, ".zip"); }

}  // namespace renkei::agents::intake
