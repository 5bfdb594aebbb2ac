#include "hub/cli/session.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <iostream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "hub/cli/table.h"
#include "hub/identity/bundle.h"
#include "policy/base/bytes.h"
#include "policy/base/error.h"
#include "policy/base/printable.h"
#include "policy/base/status.h"
#include "policy/crypto/dsse.h"
#include "policy/crypto/ed25519.h"

namespace renkei::hub::cli {

Session::~Session() { identity::WipeBundle(&bundle_); }

Language Session::Chosen() const {
  if (language == "ja") return Language::kJapanese;
  if (language == "en") return Language::kEnglish;
  for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    const char* value = std::getenv(name);
    if (value != nullptr && *value != '\0') {
      return absl::StartsWith(value, "ja") ? Language::kJapanese : Language::kEnglish;
    }
  }
  return Language::kEnglish;
}

absl::StatusOr<const v1::Bundle*> Session::Bundle() {
  if (!loaded_) {
    if (bundle_path.empty()) {
      return absl::InvalidArgumentError(
          "no bundle: name the file that `renkei-hub init` or `renkei bundle make` wrote with "
          "--bundle");
    }
    RENKEI_ASSIGN_OR_RETURN(bundle_, identity::ReadBundle(bundle_path));
    loaded_ = true;
  }
  return &bundle_;
}

absl::StatusOr<std::shared_ptr<grpc::Channel>> Session::Channel() {
  if (channel_ == nullptr) {
    RENKEI_ASSIGN_OR_RETURN(const v1::Bundle* bundle, Bundle());
    channel_ = policy::transport::MakeChannel(
        bundle->hub_address(),
        {bundle->root_pem(), bundle->chain_pem(),
         policy::base::Secret::Copy(policy::base::AsBytes(bundle->key_pem()))});
  }
  return channel_;
}

absl::StatusOr<v1::DsseEnvelope> Session::Sign(absl::string_view type, std::string text) {
  RENKEI_ASSIGN_OR_RETURN(const v1::Bundle* bundle, Bundle());
  if (bundle->signing_seed().size() != 32) {
    return absl::FailedPreconditionError(
        "this bundle has no signing key; use the secretariat's bundle");
  }
  RENKEI_ASSIGN_OR_RETURN(const auto signer,
                          policy::crypto::MakeEd25519Signer(policy::base::Secret::Copy(
                              policy::base::AsBytes(bundle->signing_seed()))));
  return policy::crypto::SignEnvelope(type, std::move(text), *signer);
}

absl::Status Session::Confirm(bool yes, absl::string_view question) const {
  if (yes) return absl::OkStatus();
  if (isatty(STDIN_FILENO) != 1) {
    return absl::FailedPreconditionError(
        "nobody is there to confirm the signature; read the text, then pass --yes");
  }
  std::printf("%s %s", std::string(question).c_str(),
              std::string(Say("(yes と入力): ", "Type yes: ")).c_str());
  std::fflush(stdout);
  std::string answer;
  std::getline(std::cin, answer);
  if (answer == "yes") return absl::OkStatus();
  return absl::CancelledError("not confirmed, nothing was signed");
}

absl::Status WriteOut(absl::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0) {
    return absl::UnavailableError("cannot write to standard output");
  }
  return absl::OkStatus();
}

int Report(const absl::Status& status) {
  const v1::ErrorDetail detail = policy::base::DetailOf(status);
  std::string line = absl::StrCat("renkei: ", status.message());
  if (!detail.field().empty()) absl::StrAppend(&line, " [", detail.field(), "]");
  if (!detail.rule().empty()) absl::StrAppend(&line, " (rule ", detail.rule(), ")");
  if (!detail.would_pass().empty()) absl::StrAppend(&line, "; ", detail.would_pass());
  if (status.code() == absl::StatusCode::kUnavailable) {
    absl::StrAppend(&line, "; is the hub running and the address in the bundle right?");
  }
  std::fprintf(stderr, "%s\n", policy::base::Printable(line).c_str());
  return kFailed;
}

}  // namespace renkei::hub::cli
