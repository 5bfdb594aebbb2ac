// Real child processes for e2e tests: run to the end with captured output, or keep running and
// kill.
#pragma once

#include <sys/types.h>

#include <map>
#include <string>
#include <vector>

#include "absl/time/time.h"

namespace renkei::tests {

struct Outcome {
  int exit_code = -1;  // 128 + signal when killed
  std::string out;
  std::string err;
};

using Environment = std::map<std::string, std::string>;

// Runs to the end; `input` is standard input. The child is killed after `limit` (exit code 137).
Outcome RunCommand(const std::vector<std::string>& command, const Environment& environment = {},
                   const std::string& input = "", absl::Duration limit = absl::Minutes(5));

// A child that runs beside the test; killed with SIGKILL when destroyed.
class Child {
 public:
  // Standard output and error go to `log_file`.
  Child(const std::vector<std::string>& command, const std::string& log_file,
        const Environment& environment = {});
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  void Signal(int number);
  // Exit code as in Outcome; waits at most `limit`, then kills.
  int Wait(absl::Duration limit = absl::Seconds(20));
  pid_t pid() const { return pid_; }

 private:
  pid_t pid_ = -1;
};

// A port of 127.0.0.1, kept for servers of this process and its children until the process ends.
int FreePort();
// True as soon as something accepts on 127.0.0.1:port.
bool WaitForPort(int port, absl::Duration limit);
std::string ReadAll(const std::string& path);

}  // namespace renkei::tests
