// A TCP proxy on 127.0.0.1 that can swallow what the server answers: the client's bytes arrive, the
// answer never does. Stands for the cable that breaks between receipt and answer.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
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
  // On a connection whose client has sent more than `bytes`, answers are dropped.
  void SwallowAnswersOnceClientSent(size_t bytes) { client_limit_ = bytes; }
  // The most that one client has sent on one connection so far.
  size_t most_client_bytes() const { return most_client_bytes_; }

 private:
  void Accept();
  void Carry(int client);
  int listener_ = -1;
  int port_ = 0;
  const int target_port_;
  std::atomic<size_t> client_limit_{SIZE_MAX};
  std::atomic<size_t> most_client_bytes_{0};
  std::atomic<bool> stopping_{false};
  std::mutex mutex_;
  std::vector<std::thread> connections_;
  std::thread acceptor_;
};

}  // namespace renkei::tests
