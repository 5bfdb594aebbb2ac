// A hub with several people, who propose and approve policies.
#pragma once

#include "renkei/v1/policy_service.grpc.pb.h"
#include "tests/integration/hub/hub_world.h"

namespace renkei::hub {

class PeopleWorld : public HubWorld {
 protected:
  // Another person, certified by the operator.
  struct Person {
    std::shared_ptr<grpc::Channel> channel;
    std::unique_ptr<crypto::Signer> signer;
    std::string spiffe_id;
  };
  Person MakePerson(v1::Role role, const std::string& scope, const std::string& name,
                    std::unique_ptr<crypto::Signer> signer = nullptr) {
    Person person;
    person.signer = signer != nullptr
                        ? std::move(signer)
                        : *crypto::MakeEd25519Signer(crypto::GenerateEd25519Seed(random_));
    const base::Secret key = *crypto::GenerateP256KeyPem();
    v1::IssueIdentityRequest request;
    request.set_role(role);
    request.set_scope(scope);
    request.set_person(name);
    request.set_csr_der(base::ToString(*crypto::MakeCsrDer(key)));
    request.set_signing_public_key(base::ToString(person.signer->public_key()));
    v1::IssueIdentityResponse response;
    const grpc::Status status =
        RENKEI_CALL(operator_, AdminService, IssueIdentity, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    person.spiffe_id = response.spiffe_id();
    person.channel =
        transport::MakeChannel(Address(), {.root_pem = response.root_pem(),
                                           .chain_pem = response.certificate_pem(),
                                           .key_pem = base::Secret::Copy(key.bytes())});
    return person;
  }
  // The person of the bundle that init wrote.
  Person FirstSecretary() {
    Person person;
    person.channel = secretariat_;
    person.signer = SecretariatSigner();
    person.spiffe_id = secretariat_bundle_.spiffe_id();
    return person;
  }

  grpc::Status ProposePolicy(const Person& person, const std::string& text,
                             v1::PolicyRecord* record) {
    v1::ProposePolicyRequest request;
    *request.mutable_envelope() = crypto::SignEnvelope(crypto::kPolicyType, text, *person.signer);
    v1::ProposePolicyResponse response;
    const grpc::Status status =
        RENKEI_CALL(person.channel, PolicyService, ProposePolicy, request, &response);
    *record = response.policy();
    return status;
  }
  grpc::Status ApprovePolicy(const Person& person, const std::string& text,
                             v1::PolicyRecord* record) {
    v1::ApprovePolicyRequest request;
    request.set_digest(crypto::ToBytes(crypto::Sha256(base::AsBytes(text))));
    *request.mutable_envelope() = crypto::SignEnvelope(crypto::kPolicyType, text, *person.signer);
    v1::ApprovePolicyResponse response;
    const grpc::Status status =
        RENKEI_CALL(person.channel, PolicyService, ApprovePolicy, request, &response);
    *record = response.policy();
    return status;
  }
  // Newest first.
  std::vector<v1::PolicyRecord> Policies() {
    v1::ListPoliciesRequest request;
    v1::ListPoliciesResponse response;
    const grpc::Status status =
        RENKEI_CALL(auditor_, PolicyService, ListPolicies, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return {response.policy().begin(), response.policy().end()};
  }
};

}  // namespace renkei::hub
