// What every command shares: the caller's bundle, the channel to the hub, language and output.
// One thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "grpcpp/grpcpp.h"
#include "policy/transport/transport.h"
#include "renkei/v1/config.pb.h"
#include "renkei/v1/envelope.pb.h"

namespace renkei::hub::cli {

enum class Language { kJapanese, kEnglish };

class Session {
 public:
  std::string bundle_path;  // set by --bundle
  std::string language;     // set by --lang: "", "ja", "en"

  // --lang, else the language of the environment's LANG.
  Language Chosen() const;
  absl::string_view Say(absl::string_view japanese, absl::string_view english) const {
    return Chosen() == Language::kJapanese ? japanese : english;
  }

  // The bundle, read once.
  absl::StatusOr<const v1::Bundle*> Bundle();
  absl::StatusOr<std::shared_ptr<grpc::Channel>> Channel();

  // The text under the bundle's signing key.
  absl::StatusOr<v1::DsseEnvelope> Sign(absl::string_view type, std::string text);
  // OK with `yes`, or when the person at the terminal answers "yes". FAILED_PRECONDITION when
  // nobody is there.
  absl::Status Confirm(bool yes, absl::string_view question) const;

  // One unary call under a deadline.
  template <typename Service, typename Request, typename Response>
  absl::StatusOr<Response> Call(grpc::Status (Service::Stub::*method)(grpc::ClientContext*,
                                                                      const Request&, Response*),
                                const Request& request,
                                absl::Duration deadline = absl::Seconds(30)) {
    auto channel = Channel();
    if (!channel.ok()) return channel.status();
    const auto stub = Service::NewStub(*channel);
    const auto context = policy::transport::MakeContext(deadline);
    Response response;
    const grpc::Status status = (stub.get()->*method)(context.get(), request, &response);
    if (!status.ok()) return policy::transport::FromGrpc(status);
    return response;
  }

  ~Session();

 private:
  v1::Bundle bundle_;
  bool loaded_ = false;
  std::shared_ptr<grpc::Channel> channel_;
};

// Exit codes of the programs.
inline constexpr int kDone = 0;
inline constexpr int kFailed = 1;
inline constexpr int kUsage = 2;
inline constexpr int kPartly = 3;

// One line to standard error: what was wrong, which rule refused, what to do.
int Report(const absl::Status& status);

// To standard output, whole. UNAVAILABLE when it cannot be written.
absl::Status WriteOut(absl::string_view text);

// The command that was chosen while parsing; run afterwards.
using Command = std::function<int()>;

}  // namespace renkei::hub::cli
