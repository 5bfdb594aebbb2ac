// renkei bundle make (operator): keys are made here, only the CSR travels (R22).
#include <cstdio>
#include <filesystem>
#include <memory>

#include "hub/cli/commands.h"
#include "hub/cli/words.h"
#include "hub/identity/bundle.h"
#include "policy/base/bytes.h"
#include "policy/base/printable.h"
#include "policy/base/random.h"
#include "policy/base/status.h"
#include "policy/crypto/certificate.h"
#include "policy/crypto/ed25519.h"
#include "renkei/v1/admin_service.grpc.pb.h"

namespace renkei::hub::cli {
namespace {

struct Options {
  std::string role, area, organisation = "audit", person, out;
};

absl::Status Make(Session& session, const Options& options) {
  RENKEI_ASSIGN_OR_RETURN(const v1::Role role, RoleFromWord(options.role));
  std::error_code error;
  if (std::filesystem::exists(options.out, error)) {
    return absl::AlreadyExistsError(options.out + " exists; name another file with --out");
  }
  RENKEI_ASSIGN_OR_RETURN(const v1::Bundle* own, session.Bundle());
  RENKEI_ASSIGN_OR_RETURN(const policy::base::Secret key, policy::crypto::GenerateP256KeyPem());
  RENKEI_ASSIGN_OR_RETURN(const auto csr, policy::crypto::MakeCsrDer(key));
  policy::base::SystemRandom random;
  const policy::base::Secret seed = policy::crypto::GenerateEd25519Seed(random);
  RENKEI_ASSIGN_OR_RETURN(const auto signer, policy::crypto::MakeEd25519Signer(seed));

  v1::IssueIdentityRequest request;
  request.set_role(role);
  request.set_scope(role == v1::ROLE_SECRETARIAT ? options.area
                    : role == v1::ROLE_AUDITOR   ? options.organisation
                                                 : "");
  request.set_person(options.person.empty() ? std::filesystem::path(options.out).stem().string()
                                            : options.person);
  request.set_csr_der(policy::base::ToString(csr));
  request.set_signing_public_key(policy::base::ToString(signer->public_key()));
  RENKEI_ASSIGN_OR_RETURN(
      const auto response,
      (session.Call<v1::AdminService>(&v1::AdminService::Stub::IssueIdentity, request)));

  v1::Bundle bundle;
  bundle.set_role(role);
  bundle.set_spiffe_id(response.spiffe_id());
  bundle.set_hub_address(own->hub_address());
  bundle.set_root_pem(response.root_pem());
  bundle.set_chain_pem(response.certificate_pem());
  bundle.set_key_pem(policy::base::ToString(key.bytes()));
  bundle.set_signing_seed(policy::base::ToString(seed.bytes()));
  bundle.set_audience(own->audience());
  RENKEI_RETURN_IF_ERROR(identity::WriteBundle(options.out, bundle));
  std::printf("%s\n%s\n", policy::base::Printable(response.spiffe_id()).c_str(),
              options.out.c_str());
  return absl::OkStatus();
}

}  // namespace

void AddBundleCommands(CLI::App& app, Session& session, Command& chosen) {
  const auto options = std::make_shared<Options>();
  CLI::App* bundle = app.add_subcommand("bundle", "Identities of people (operator)");
  bundle->require_subcommand(1);
  CLI::App* make =
      bundle->add_subcommand("make", "Make keys here, have them certified, write a bundle");
  make->add_option("--role", options->role, "secretariat, auditor or operator")
      ->required()
      ->check(CLI::IsMember({"secretariat", "auditor", "operator"}));
  make->add_option("--area", options->area, "Area of a secretariat, 4 digits");
  make->add_option("--organisation", options->organisation,
                   "Organisation of an auditor; default audit");
  make->add_option("--person", options->person,
                   "Short name of the person: letters, digits, . _ -; default the file's name");
  make->add_option("--out", options->out, "File to write; it is private (0600)")->required();
  make->callback([&session, &chosen, options] {
    if (options->role == "secretariat" && options->area.empty()) {
      throw CLI::RequiredError("--area of a secretariat");
    }
    chosen = [&session, options] {
      const absl::Status status = Make(session, *options);
      return status.ok() ? kDone : Report(status);
    };
  });
}

}  // namespace renkei::hub::cli
