// A TCP proxy on 127.0.0.1 that can swallow what the server answers: the client's bytes arrive, the
// answer never does. Stands for the cable that breaks between receipt and answer.
#pragma once

#include <atomic>
#include <mutex>
#include <thread>
#include <vector>

namespace renkei::tests {

class TcpProxy {
 public:
  explicit TcpProxy(int target_port);
  ~TcpProxy();
  TcpProxy(const TcpProxy&) = delete;
  TcpProxy& operator=(const TcpProxy&) = delete;

  int port() const { return port_; }
  // From now on answers of more than `bytes` in total per connection are dropped; handshakes fit in it.
  void SwallowAnswersAfter(size_t bytes) { answer_limit_ = bytes; }
  void PassEverything() { answer_limit_ = SIZE_MAX; }

 private:
  void Accept();
  void Carry(int client);
  int listener_ = -1;
  int port_ = 0;
  const int target_port_;
  std::atomic<size_t> answer_limit_{SIZE_MAX};
  std::atomic<bool> stopping_{false};
  std::mutex mutex_;
  std::vector<std::thread> connections_;
  std::thread acceptor_;
};

}  // namespace renkei::tests
