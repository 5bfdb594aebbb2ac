// The running hub: builds every object from the data folder, checks the log before any port opens,
// serves both listeners. Thread-safe after Start.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "policy/base/clock.h"
#include "policy/base/random.h"

namespace renkei::hub::app {

class Server {
 public:
  // DATA_LOSS when key, database, log or anchor do not fit together: the hub does not serve.
  // UNAVAILABLE when a port cannot be opened. `clock` and `random` outlive the server.
  static absl::StatusOr<std::unique_ptr<Server>> Start(const std::string& dir,
                                                       policy::base::Clock& clock,
                                                       policy::base::Random& random);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  int port() const;
  int enrol_port() const;
  // A check failed while serving: the caller stops the hub and exits with failure.
  bool must_stop() const;
  // Running calls get `grace`; then the newest log head goes to the anchor file.
  void Stop(absl::Duration grace);

 private:
  struct Parts;
  explicit Server(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace renkei::hub::app
