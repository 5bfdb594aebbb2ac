#include "tests/fuzz/targets.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "agents/intake/column_map.h"
#include "agents/intake/disease_classes.h"
#include "agents/intake/importer.h"
#include "policy/catalogue/catalogue.h"

namespace renkei::fuzz {
namespace {

namespace catalogue = policy::catalogue;
namespace cohort = agents::cohort;
namespace intake = agents::intake;

[[noreturn]] void Broken(const std::string& what) {
  std::fprintf(stderr, "invariant broken: %s\n", what.c_str());
  std::abort();
}

// Counts what is put, and whether transactions are closed.
class CountingSink : public cohort::RecordSink {
 public:
  uint64_t committed = 0;
  bool is_open = false;

  absl::Status BeginFile(const std::string&) override {
    if (is_open) Broken("a transaction inside a transaction");
    is_open = true;
    pending_ = 0;
    return absl::OkStatus();
  }
  absl::StatusOr<cohort::PutOutcome> PutExam(const cohort::ExamRecord&) override { return Put(); }
  absl::StatusOr<cohort::PutCounts> PutExams(const cohort::ExamBatch& batch) override {
    cohort::PutCounts counts;
    for (size_t i = 0; i < batch.size(); ++i) {
      (void)Put();
      ++counts.added;
    }
    return counts;
  }
  absl::StatusOr<cohort::PutOutcome> PutRoster(const cohort::RosterRecord&) override {
    return Put();
  }
  absl::StatusOr<cohort::PutOutcome> PutGuidance(const cohort::GuidanceRecord&) override {
    return Put();
  }
  absl::StatusOr<cohort::PutOutcome> PutClaim(const cohort::ClaimRecord& claim) override {
    const bool is_sound = claim.points >= 0 && claim.service_month >= 1 &&
                          claim.service_month <= 12 && claim.claim_type != 0;
    if (!is_sound) Broken("a claim without month, type or points");
    return Put();
  }
  absl::StatusOr<cohort::PutOutcome> PutAbsence(const cohort::AbsenceRecord& absence) override {
    if (absence.end < absence.start) Broken("an absence that ends before it starts");
    return Put();
  }
  absl::StatusOr<cohort::PutOutcome> PutConsent(const cohort::ConsentRecord&) override {
    return Put();
  }
  absl::Status CommitFile() override {
    if (!is_open) Broken("a commit without transaction");
    is_open = false;
    committed += pending_;
    return absl::OkStatus();
  }
  void RollbackFile() override { is_open = false; }

 private:
  cohort::PutOutcome Put() {
    if (!is_open) Broken("a record outside a transaction");
    ++pending_;
    return cohort::PutOutcome::kNew;
  }
  uint64_t pending_ = 0;
};

const catalogue::Catalogue& BuiltIn() {
  static const auto* const loaded = new auto(catalogue::Catalogue::LoadBuiltIn().value());
  return **loaded;
}

const cohort::Pseudonymiser& TestPseudonymiser() {
  static const auto* const made = new cohort::Pseudonymiser([] {
    policy::base::Secret key(32);
    for (size_t i = 0; i < 32; ++i) key.mutable_bytes()[i] = static_cast<uint8_t>(i);
    return key;
  }());
  return *made;
}

// The bytes as a file that never touches a disk.
class MemoryFile {
 public:
  MemoryFile(const uint8_t* bytes, size_t size) : fd_(memfd_create("fuzz", MFD_CLOEXEC)) {
    if (fd_ < 0) Broken("no memory file");
    for (size_t done = 0; done < size;) {
      const ssize_t written = write(fd_, bytes + done, size - done);
      if (written <= 0) Broken("no room for the memory file");
      done += static_cast<size_t>(written);
    }
  }
  ~MemoryFile() { close(fd_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  std::string path() const { return absl::StrCat("/proc/self/fd/", fd_); }

 private:
  int fd_;
};

intake::ImportOptions Options() {
  intake::ImportOptions options;
  options.limits.max_member_bytes = 1 << 20;
  options.limits.max_archive_bytes = 4 << 20;
  options.limits.max_row_bytes = 1 << 16;
  return options;
}

void Import(const uint8_t* bytes, size_t size, intake::ImportOptions options,
            std::optional<intake::FileKind> as) {
  const MemoryFile file(bytes, size);
  CountingSink sink;
  intake::Importer importer(BuiltIn(), TestPseudonymiser(), sink, std::move(options));
  const auto outcome = importer.ImportFile(file.path(), as, nullptr);
  if (sink.is_open) Broken("the transaction stays open");
  if (!outcome.ok()) {
    // Nothing here can fail but the machine, and what says that a report does not add up.
    if (absl::IsInternal(outcome.status())) Broken(std::string(outcome.status().message()));
    return;
  }
  const bool is_nothing = outcome->verdict == intake::Verdict::kNothing;
  if (is_nothing && sink.committed > 0) Broken("records of a refused file were kept");
  if (!is_nothing && sink.committed != outcome->report.records.accepted) {
    Broken("the report counts other records than were kept");
  }
  if (!outcome->report.SelfCheck().ok()) Broken("the report does not add up");
  (void)intake::RenderText(outcome->report, intake::Language::kJapanese);
  (void)intake::RenderJson(outcome->report);
}

void Import(const uint8_t* bytes, size_t size) { Import(bytes, size, Options(), std::nullopt); }

// The reader of one format alone: other formats have targets of their own.
bool StartsWith(const uint8_t* bytes, size_t size, absl::string_view start) {
  return absl::StartsWith(absl::string_view(reinterpret_cast<const char*>(bytes), size), start);
}

std::shared_ptr<const intake::ColumnMap> ShippedMap(const char* name) {
  return std::make_shared<const intake::ColumnMap>(
      intake::LoadColumnMap(name, BuiltIn(), v1::MEMBER_KIND_INSURER).value());
}

}  // namespace

void FuzzZip(const uint8_t* bytes, size_t size) { Import(bytes, size); }
void FuzzHc08(const uint8_t* bytes, size_t size) { Import(bytes, size); }
void FuzzHg08(const uint8_t* bytes, size_t size) { Import(bytes, size); }

void FuzzCsv(const uint8_t* bytes, size_t size) {
  if (size == 0) return;
  static constexpr intake::FileKind kKinds[] = {
      intake::FileKind::kExams,  intake::FileKind::kRoster,  intake::FileKind::kGuidance,
      intake::FileKind::kClaims, intake::FileKind::kAbsence, intake::FileKind::kConsents};
  static const std::shared_ptr<const intake::ColumnMap> kMaps[] = {
      ShippedMap("checkup_centre_kana"), ShippedMap("company_clinic")};
  const uint8_t choice = bytes[0];
  intake::ImportOptions options = Options();
  std::optional<intake::FileKind> as;
  if (choice < std::size(kKinds)) as = kKinds[choice];
  if (choice == 6 || choice == 7) options.map = kMaps[choice - 6];
  Import(bytes + 1, size - 1, std::move(options), as);
}

void FuzzColumnMap(const uint8_t* bytes, size_t size) {
  static constexpr char kRows[] =
      "社員番号,生年月日,性別,受診日,値,値\na1,S35.1.15,男,2024/6/3,<10,1+\na2,1970/2/"
      "30,2,R6.1.1,,\n";
  absl::StatusOr<intake::ColumnMap> map =
      intake::ParseColumnMap(std::string(reinterpret_cast<const char*>(bytes), size), "m",
                             BuiltIn(), v1::MEMBER_KIND_WORKPLACE);
  if (!map.ok()) return;
  intake::ImportOptions options = Options();
  options.map = std::make_shared<const intake::ColumnMap>(*std::move(map));
  Import(reinterpret_cast<const uint8_t*>(kRows), sizeof kRows - 1, std::move(options),
         std::nullopt);
}

void FuzzUke(const uint8_t* bytes, size_t size) {
  if (!StartsWith(bytes, size, "IR,")) return;
  intake::ImportOptions options = Options();
  static const auto kDiseases = std::make_shared<const intake::DiseaseClasses>(
      intake::DiseaseClasses::Parse("d", "disease_code,class\n4019014,0901\n").value());
  options.diseases = kDiseases;
  Import(bytes, size, std::move(options), std::nullopt);
}

void FuzzJson(const uint8_t* bytes, size_t size) {
  if (StartsWith(bytes, size, "{")) Import(bytes, size);
}

}  // namespace renkei::fuzz
