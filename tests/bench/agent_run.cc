#include "tests/bench/agent_run.h"

#include <algorithm>
#include <filesystem>
#include <optional>

#include "agents/cohort/pseudonym.h"
#include "agents/intake/importer.h"
#include "tests/support/process.h"

namespace renkei::tests::bench {
namespace {

policy::base::Secret TestKey(uint8_t fill) {
  policy::base::Secret key(32);
  for (uint8_t& byte : key.mutable_bytes()) byte = fill;
  return key;
}

}  // namespace

void Need(const absl::Status& status, const char* what) {
  if (status.ok()) return;
  std::fprintf(stderr, "bench: %s: %s\n", what, std::string(status.message()).c_str());
  std::exit(1);
}

std::string MustRun(const std::vector<std::string>& command) {
  const Outcome outcome = RunCommand(command, {}, "", absl::Minutes(20));
  if (outcome.exit_code != 0) {
    std::fprintf(stderr, "bench: %s failed: %s\n", command[0].c_str(), outcome.err.c_str());
    std::exit(1);
  }
  return outcome.out;
}

double CpuSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double Median(std::vector<double> readings) {
  std::sort(readings.begin(), readings.end());
  return readings[readings.size() / 2];
}

policy::base::Secret StoreKey() { return TestKey(7); }

void RemoveStore(const std::string& path) {
  for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(path + suffix);
}

std::unique_ptr<agents::cohort::CohortStore> OpenStore(
    const std::string& path, const policy::catalogue::Catalogue& catalogue) {
  return Need(agents::cohort::CohortStore::Open(path, StoreKey(), catalogue.items()), "store");
}

long Import(const policy::catalogue::Catalogue& catalogue, agents::cohort::CohortStore& store,
            const std::string& file, int threads) {
  const agents::cohort::Pseudonymiser pseudonymiser(TestKey(9));
  agents::intake::ImportOptions options;
  options.member_kind = v1::MEMBER_KIND_MUNICIPALITY;
  options.threads = threads;
  agents::intake::Importer importer(catalogue, pseudonymiser, store, options);
  uint64_t records = 0;
  const auto outcome =
      Need(importer.ImportFile(
               file, std::nullopt,
               [&records](const agents::intake::ProgressStep& step) { records = step.records; }),
           "import");
  if (outcome.verdict == agents::intake::Verdict::kNothing)
    Need(absl::InternalError("nothing imported"), "import");
  return static_cast<long>(records);
}

}  // namespace renkei::tests::bench
