// renkei-agent enrol: a one-time code against a certificate. The root is pinned by the fingerprint
// of the letter before anything is sent; both private keys are made here and stay here (R23,
// trust 5.2).
#include <cstdio>
#include <iostream>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "agents/app/agent.h"
#include "agents/app/commands.h"
#include "policy/base/bytes.h"
#include "policy/base/clock.h"
#include "policy/base/files.h"
#include "policy/base/status.h"
#include "policy/crypto/enrolment_code.h"
#include "policy/crypto/enrolment_proof.h"
#include "policy/crypto/spiffe.h"
#include "policy/transport/pinned_root.h"

namespace renkei::agents::app {

namespace base = renkei::policy::base;
namespace crypto = renkei::policy::crypto;

namespace {

struct Options {
  std::string dir;
  std::string code;
  std::string fingerprint;
};

constexpr size_t kMaxCodeBytes = 256;

absl::StatusOr<std::string> ReadCode(const std::string& argument) {
  std::string code;
  if (argument == "-") {
    std::getline(std::cin, code);
  } else if (!argument.empty() && argument[0] == '@') {
    RENKEI_ASSIGN_OR_RETURN(code, base::ReadFile(argument.substr(1), kMaxCodeBytes));
  } else {
    std::fputs(
        "warning: a code on the command line is seen by other users of this machine; "
        "use --code - or --code @FILE\n",
        stderr);
    code = argument;
  }
  if (code.size() > kMaxCodeBytes) {
    return absl::InvalidArgumentError("--code: longer than 256 bytes");
  }
  // A slip of the pen is found here, before it costs one of the hub's five tries.
  absl::StatusOr<std::string> canonical = crypto::NormaliseEnrolmentCode(code);
  if (!canonical.ok()) return base::Annotate(canonical.status(), "--code");
  return canonical;
}

// The hub may only make this agent what it was invited as.
absl::Status CheckAnswer(const v1::EnrolResponse& response, const v1::AgentConfig& config,
                         const std::string& root_pem) {
  RENKEI_ASSIGN_OR_RETURN(const crypto::SpiffeId id, crypto::ParseSpiffeId(response.spiffe_id()));
  if (id.role != v1::ROLE_MEMBER_AGENT || id.member_kind != config.kind() ||
      id.scope != config.organisation_code()) {
    return absl::DataLossError("enrolment: the hub answered with another organisation's identity");
  }
  if (response.root_pem() != root_pem) {
    return absl::DataLossError("enrolment: the hub answered with a root other than the pinned one");
  }
  return absl::OkStatus();
}

absl::Status Enrol(const Options& options) {
  RENKEI_ASSIGN_OR_RETURN(const std::unique_ptr<Agent> agent, Agent::Open(options.dir));
  RENKEI_ASSIGN_OR_RETURN(const bool is_enrolled, agent->identities().IsEnrolled());
  if (is_enrolled) {
    RENKEI_ASSIGN_OR_RETURN(const Identity* self, agent->identity());
    std::printf("already enrolled as %s\n", self->spiffe_id.c_str());
    return absl::OkStatus();
  }
  const v1::AgentConfig& config = agent->config();
  RENKEI_ASSIGN_OR_RETURN(const std::string code, ReadCode(options.code));
  RENKEI_ASSIGN_OR_RETURN(
      const std::string pinned,
      policy::transport::FetchPinnedRoot(config.enrol_address(), options.fingerprint));

  RENKEI_ASSIGN_OR_RETURN(const EnrolmentKeys keys,
                          agent->identities().LoadOrMakeKeys(agent->random()));
  v1::EnrolRequest request;
  request.set_code(code);
  request.set_kind(config.kind());
  request.set_organisation_code(config.organisation_code());
  request.set_name(config.name());
  request.set_csr_der(base::ToString(keys.csr_der));
  request.set_signing_public_key(base::ToString(keys.signer->public_key()));
  request.set_signing_proof(
      base::ToString(crypto::MakeEnrolmentProof(code, keys.csr_der, *keys.signer)));
  *request.mutable_insurer_numbers() = config.insurer_numbers();
  RENKEI_ASSIGN_OR_RETURN(const v1::EnrolResponse response,
                          CallEnrol(config.enrol_address(), pinned, request));
  RENKEI_RETURN_IF_ERROR(CheckAnswer(response, config, pinned));
  RENKEI_RETURN_IF_ERROR(agent->identities().Save(response));
  RENKEI_RETURN_IF_ERROR(agent->outbox().Note("enrolled", response.spiffe_id(), agent->Now()));
  RENKEI_ASSIGN_OR_RETURN(const Identity* self, agent->identity());
  std::printf("enrolled as %s; certificate until %s\n", self->spiffe_id.c_str(),
              absl::FormatTime("%Y-%m-%d", self->expires_at, base::Jst()).c_str());
  std::printf("next: renkei-agent agreement show --dir %s\n", options.dir.c_str());
  return absl::OkStatus();
}

}  // namespace

void AddEnrolCommand(CLI::App& app, Action& action) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("enrol", "Join the hub with the one-time code of the council's letter");
  AddDirOption(*command, options->dir);
  command
      ->add_option("--code", options->code,
                   "One-time code: - reads standard input, @FILE a file, else the code itself")
      ->required();
  command
      ->add_option("--ca-fingerprint", options->fingerprint,
                   "SHA-256 of the hub's root certificate, as in the letter")
      ->required();
  command->callback([options, &action] {
    action = [options] {
      const absl::Status status = Enrol(*options);
      return status.ok() ? kDone : Fail(status);
    };
  });
}

}  // namespace renkei::agents::app
