// What the agent's figures share: opening a store, importing a file, and measuring in a child
// process so that the peak memory read is the work's own.
#pragma once

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "agents/cohort/store.h"
#include "nlohmann/json.hpp"
#include "policy/catalogue/catalogue.h"

namespace renkei::tests::bench {

template <typename T>
T Need(absl::StatusOr<T> value, const char* what) {
  if (!value.ok()) {
    std::fprintf(stderr, "bench: %s: %s\n", what, std::string(value.status().message()).c_str());
    std::exit(1);
  }
  return *std::move(value);
}

void Need(const absl::Status& status, const char* what);

// Standard output; ends the program when the command fails.
std::string MustRun(const std::vector<std::string>& command);

// What a child that measures hands back; the child's own peak memory is read when it has ended.
struct Measured {
  double import_seconds = 0;
  double import_cpu_seconds = 0;
  double eval_seconds = 0;
  double eval_cpu_seconds = 0;
  double to_counts_seconds = 0;  // import and the first evaluation, one after the other
  long records = 0;
  long rows = 0;
  long peak_rss_bytes = 0;
  std::vector<int64_t> counts;  // sex, band, then n and k per measure
};

// User and system time of this process so far.
double CpuSeconds();

// Of an odd number of readings.
double Median(std::vector<double> readings);

// The key of OpenStore.
policy::base::Secret StoreKey();

std::unique_ptr<agents::cohort::CohortStore> OpenStore(
    const std::string& path, const policy::catalogue::Catalogue& catalogue);

// Number of records.
long Import(const policy::catalogue::Catalogue& catalogue, agents::cohort::CohortStore& store,
            const std::string& file, int threads);

// Without the files that SQLite keeps beside it: nothing is there.
void RemoveStore(const std::string& path);

// Runs `work` in a child process, so that its peak memory is its own.
template <typename Work>
Measured InChild(Work work) {
  int channel[2];
  if (pipe(channel) != 0) std::abort();
  const pid_t pid = fork();
  if (pid == 0) {
    close(channel[0]);
    const Measured measured = work();
    const nlohmann::json json = {{"import", measured.import_seconds},
                                 {"import_cpu", measured.import_cpu_seconds},
                                 {"eval", measured.eval_seconds},
                                 {"eval_cpu", measured.eval_cpu_seconds},
                                 {"to_counts", measured.to_counts_seconds},
                                 {"records", measured.records},
                                 {"rows", measured.rows},
                                 {"counts", measured.counts}};
    const std::string text = json.dump();
    size_t done = 0;
    while (done < text.size()) {
      const ssize_t n = write(channel[1], text.data() + done, text.size() - done);
      if (n <= 0) _exit(1);
      done += static_cast<size_t>(n);
    }
    _exit(0);
  }
  close(channel[1]);
  std::string text;
  char buffer[1 << 14];
  for (ssize_t n; (n = read(channel[0], buffer, sizeof buffer)) > 0;)
    text.append(buffer, static_cast<size_t>(n));
  close(channel[0]);
  rusage usage{};
  int status = 0;
  wait4(pid, &status, 0, &usage);
  if (status != 0 || text.empty())
    Need(absl::InternalError("the measuring process failed"), "bench");
  const nlohmann::json json = nlohmann::json::parse(text);
  Measured measured;
  measured.import_seconds = json["import"];
  measured.import_cpu_seconds = json["import_cpu"];
  measured.eval_seconds = json["eval"];
  measured.eval_cpu_seconds = json["eval_cpu"];
  measured.to_counts_seconds = json["to_counts"];
  measured.records = json["records"];
  measured.rows = json["rows"];
  measured.counts = json["counts"].get<std::vector<int64_t>>();
  measured.peak_rss_bytes = usage.ru_maxrss * 1024L;
  return measured;
}

}  // namespace renkei::tests::bench
