// Figures of the hub: durable submissions over mutual TLS from 64 members, beside a bare gRPC echo
// of the same messages over the same TLS, and the disk's own fdatasync as the limit.
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "hub/identity/bundle.h"
#include "policy/base/bytes.h"
#include "policy/crypto/certificate.h"
#include "renkei/v1/contribution_service.grpc.pb.h"
#include "tests/bench/figure.h"
#include "tests/bench/hub_load.h"
#include "tests/support/process.h"

namespace renkei::tests::bench {
namespace {

constexpr int kMembers = 64;
constexpr int kRounds = 20;
constexpr int kClients = 16;

// Answers with the envelope that it was sent; checks and keeps nothing.
class Echo final : public v1::ContributionService::Service {
  grpc::Status SubmitContribution(grpc::ServerContext*,
                                  const v1::SubmitContributionRequest* request,
                                  v1::SubmitContributionResponse* response) override {
    *response->mutable_receipt() = request->envelope();
    return grpc::Status::OK;
  }
};

struct Work {
  const LoadMember* member;
  v1::SubmitContributionRequest request;
};

// Calls per second of `kClients` callers, each with its share of the work.
double Submit(const std::vector<Work>& work,
              const std::vector<std::shared_ptr<grpc::Channel>>& channels,
              std::vector<double>* seconds_per_call) {
  std::atomic<size_t> next{0};
  std::atomic<int> failed{0};
  std::vector<std::vector<double>> times(kClients);
  const double start = Seconds();
  std::vector<std::thread> callers;
  for (int c = 0; c < kClients; ++c) {
    callers.emplace_back([&, c] {
      for (size_t i; (i = next++) < work.size();) {
        const auto stub = v1::ContributionService::NewStub(channels[i % channels.size()]);
        v1::SubmitContributionResponse response;
        const double from = Seconds();
        const grpc::Status status = stub->SubmitContribution(
            policy::transport::MakeContext(absl::Seconds(30)).get(), work[i].request, &response);
        times[static_cast<size_t>(c)].push_back(Seconds() - from);
        if (!status.ok() && failed++ == 0) {
          std::fprintf(stderr, "bench: submission: %s\n", status.error_message().c_str());
        }
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  const double elapsed = Seconds() - start;
  RequireEqual("every submission is answered with a receipt", failed == 0);
  for (const auto& own : times)
    seconds_per_call->insert(seconds_per_call->end(), own.begin(), own.end());
  std::sort(seconds_per_call->begin(), seconds_per_call->end());
  return static_cast<double>(work.size()) / elapsed;
}

double FdatasyncsPerSecond(const std::string& folder) {
  const int fd = open((folder + "/sync").c_str(), O_CREAT | O_WRONLY | O_TRUNC, 0600);
  const std::string block(4096, 'x');
  const double start = Seconds();
  int count = 0;
  while (Seconds() - start < 1.0) {
    if (write(fd, block.data(), block.size()) < 0 || fdatasync(fd) != 0) std::abort();
    ++count;
  }
  close(fd);
  return count / (Seconds() - start);
}

// A certificate authority of the echo's own; the leaf serves both ends.
policy::transport::TlsFiles MakeEchoTls(const std::string& dir) {
  namespace crypto = policy::crypto;
  const absl::Time now = absl::Now();
  const auto root_key = crypto::GenerateP256KeyPem(), issuing_key = crypto::GenerateP256KeyPem(),
             key = crypto::GenerateP256KeyPem();
  const auto root = crypto::MakeRootCertificate(*root_key, "bench root", now, absl::Hours(24));
  const auto issuing = crypto::MakeIssuingCertificate(*issuing_key, *root_key, root->pem,
                                                      "bench issuing", now, absl::Hours(24));
  const auto leaf =
      crypto::IssueLeaf(*crypto::MakeCsrDer(*key), *issuing_key, issuing->pem,
                        {"spiffe://bench.example/hub", {"127.0.0.1"}, now, absl::Hours(1)});
  RequireEqual("the echo has a certificate", leaf.ok());
  std::filesystem::create_directories(dir);
  const std::string chain = leaf->pem + issuing->pem;
  std::ofstream(dir + "/root.pem") << root->pem;
  std::ofstream(dir + "/chain.pem") << chain;
  std::ofstream(dir + "/key.pem") << policy::base::ToString(key->bytes());
  return {root->pem, chain, policy::base::Secret::Copy(key->bytes())};
}

long PeakRssKib(pid_t pid) {
  std::ifstream status(absl::StrCat("/proc/", pid, "/status"));
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::strtol(line.c_str() + 6, nullptr, 10);
  }
  return 0;
}

}  // namespace

std::vector<Figure> HubSubmissions(const Settings& settings) {
  Say(absl::StrCat("a hub with ", kMembers, " members and ", kRounds, " rounds"));
  const int port = FreePort(), enrol_port = FreePort();
  const std::string dir = settings.work + "/hub", config = settings.work + "/hub.textproto";
  std::ofstream(config) << "trust_domain: \"hub.bench.example\"\nlisten: \"127.0.0.1:" << port
                        << "\"\nenrol_listen: \"127.0.0.1:" << enrol_port
                        << "\"\ndns_names: \"127.0.0.1\"\nareas: \"0604\"\nroot_secret_file: \""
                        << settings.work << "/hub.secret\"\nanchor_file: \"" << settings.work
                        << "/hub.anchor\"\nwrites_per_second: 100000\nwrite_burst: 100000\n";
  const Outcome init =
      RunCommand({settings.bin + "/renkei-hub", "init", "--dir", dir, "--config", config});
  RequireEqual(absl::StrCat("the hub is set up ", init.err), init.exit_code == 0);
  Child hub({settings.bin + "/renkei-hub", "serve", "--dir", dir}, settings.work + "/hub.log");
  RequireEqual("the hub listens",
               WaitForPort(port, absl::Seconds(30)) && WaitForPort(enrol_port, absl::Seconds(10)));
  const auto operator_bundle = hub::identity::ReadBundle(dir + "/operator.bundle");
  const auto secretariat = hub::identity::ReadBundle(dir + "/secretariat.bundle");
  RequireEqual("the bundles can be read", operator_bundle.ok() && secretariat.ok());
  const HubAddresses addresses = {absl::StrCat("127.0.0.1:", port),
                                  absl::StrCat("127.0.0.1:", enrol_port)};
  const auto members = MakeMembers(kMembers, addresses, *operator_bundle, *secretariat);
  std::vector<Work> work;
  std::vector<std::shared_ptr<grpc::Channel>> channels;
  for (const LoadMember& member : members) channels.push_back(member.channel);
  for (int r = 0; r < kRounds; ++r) {
    const v1::Round round = OpenRound(addresses.main, *secretariat, 2008 + r);
    for (const LoadMember& member : members) {
      Work one{&member, {}};
      *one.request.mutable_envelope() = MakeContribution(member, round);
      work.push_back(std::move(one));
    }
  }
  const size_t message_bytes = work[0].request.ByteSizeLong();
  Say(absl::StrCat(work.size(), " submissions of ", message_bytes, " bytes"));
  std::vector<double> ours_seconds, echo_seconds;
  const double ours = Submit(work, channels, &ours_seconds);
  const long hub_rss = PeakRssKib(hub.pid());
  hub.Signal(SIGTERM);
  hub.Wait();

  // The echo runs with the same library, limits and kind of certificates, in a process of its own.
  const int echo_port = FreePort();
  const std::string echo_dir = settings.work + "/echo";
  const policy::transport::TlsFiles echo_tls = MakeEchoTls(echo_dir);
  const pid_t echo = fork();
  if (echo == 0) {
    execl("/proc/self/exe", "renkei-bench", "--bin", settings.bin.c_str(), "--peer",
          settings.peer.c_str(), "--echo-port", std::to_string(echo_port).c_str(), "--echo-tls",
          echo_dir.c_str(), nullptr);
    _exit(127);
  }
  RequireEqual("the echo listens", WaitForPort(echo_port, absl::Seconds(20)));
  std::vector<std::shared_ptr<grpc::Channel>> echo_channels;
  for (size_t i = 0; i < members.size(); ++i) {
    echo_channels.push_back(
        policy::transport::MakeChannel(absl::StrCat("127.0.0.1:", echo_port),
                                       {echo_tls.root_pem, echo_tls.chain_pem,
                                        policy::base::Secret::Copy(echo_tls.key_pem.bytes())}));
  }
  const double peer = Submit(work, echo_channels, &echo_seconds);
  kill(echo, SIGKILL);

  Figure figure;
  figure.name = "hub_submit";
  figure.unit = "submissions/s";
  figure.ours = ours;
  figure.peer = peer;
  figure.peer_name = "bare gRPC echo of the same message, same TLS";
  figure.limit = FdatasyncsPerSecond(settings.work);
  figure.limit_name = "fdatasync of 4 KiB, one after another";
  figure.ratio = ours / peer;
  figure.note = absl::StrFormat("%d bytes, %d members, %d callers; p50 %.1f ms, p99 %.1f ms",
                                static_cast<int>(message_bytes), kMembers, kClients,
                                ours_seconds[ours_seconds.size() / 2] * 1e3,
                                ours_seconds[ours_seconds.size() * 99 / 100] * 1e3);
  Figure memory;
  memory.name = "hub_peak_rss";
  memory.unit = "MiB";
  memory.ours = static_cast<double>(hub_rss) / 1024.0;
  memory.note = absl::StrCat("after ", work.size(),
                             " submissions; a hub keeps counts, so persons do not matter");
  return {figure, memory};
}

int ServeEcho(int port, const std::string& tls_dir) {
  const std::string key = ReadAll(tls_dir + "/key.pem");
  Echo echo;
  grpc::ServerBuilder builder;
  policy::transport::ConfigureServer(builder, 1 << 20);
  builder.AddListeningPort(absl::StrCat("127.0.0.1:", port),
                           policy::transport::MakeServerCredentials(
                               {ReadAll(tls_dir + "/root.pem"), ReadAll(tls_dir + "/chain.pem"),
                                policy::base::Secret::Copy(policy::base::AsBytes(key))},
                               true));
  builder.RegisterService(&echo);
  const auto server = builder.BuildAndStart();
  if (server == nullptr) return 1;
  server->Wait();
  return 0;
}

}  // namespace renkei::tests::bench
