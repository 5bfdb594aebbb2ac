#include "tests/bench/hub_load.h"

#include <cstdio>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "policy/base/bytes.h"
#include "policy/base/random.h"
#include "policy/crypto/certificate.h"
#include "policy/crypto/dsse.h"
#include "policy/crypto/enrolment_proof.h"
#include "policy/crypto/hash.h"
#include "policy/transparency/checkpoint.h"
#include "renkei/v1/admin_service.grpc.pb.h"
#include "renkei/v1/agreement_service.grpc.pb.h"
#include "renkei/v1/contribution.pb.h"
#include "renkei/v1/enrolment_service.grpc.pb.h"
#include "renkei/v1/round_service.grpc.pb.h"

namespace renkei::tests::bench {
namespace {

using policy::base::AsBytes;
using policy::base::Secret;

void Need(const grpc::Status& status, const char* what) {
  if (status.ok()) return;
  std::fprintf(stderr, "bench: %s: %s\n", what, status.error_message().c_str());
  std::exit(1);
}

template <typename T>
T Need(absl::StatusOr<T> value, const char* what) {
  if (value.ok()) return *std::move(value);
  std::fprintf(stderr, "bench: %s: %s\n", what, std::string(value.status().message()).c_str());
  std::exit(1);
}

// 8 digits with the check digit of formats.md 2.1.
std::string InsurerCode(int index) {
  const std::string digits = absl::StrFormat("0690%03d", index);
  int sum = 0;
  for (size_t i = 0; i < digits.size(); ++i) {
    const int product = (digits[digits.size() - 1 - i] - '0') * (i % 2 == 0 ? 2 : 1);
    sum += product / 10 + product % 10;
  }
  return absl::StrCat(digits, (10 - sum % 10) % 10);
}

std::shared_ptr<grpc::Channel> ChannelOf(const std::string& address, const v1::Bundle& bundle) {
  return policy::transport::MakeChannel(
      address, {bundle.root_pem(), bundle.chain_pem(), Secret::Copy(AsBytes(bundle.key_pem()))});
}

std::string AgreementText(const LoadMember& member) {
  return absl::StrCat(
             "dua_id: \"", member.dua_id, "\"\nversion: 1\nmember_kind: MEMBER_KIND_INSURER\n",
             "member_code: \"", member.code,
             "\"\nmember_name: \"bench\"\ncounterparty: \"bench\"\n",
             "valid_from: \"2020-04-01\"\nvalid_to: \"2099-04-01\"\nfirst_fiscal_year: 2008\n",
             "last_fiscal_year: 2029\npurpose: PURPOSE_REGIONAL_PLANNING\nindicator: \"*\"\n") +
         "area: \"0604\"\nexact_inner_cells: true\nbasis { basis: LEGAL_BASIS_STATUTE article: "
         "\"bench\" }\n"
         "notice_days: 90\nincident_contact_hours: 24\n";
}

}  // namespace

std::vector<LoadMember> MakeMembers(int count, const HubAddresses& addresses,
                                    const v1::Bundle& operator_bundle,
                                    const v1::Bundle& secretariat_bundle) {
  policy::base::SystemRandom random;
  const auto admin = v1::AdminService::NewStub(ChannelOf(addresses.main, operator_bundle));
  const auto agreements =
      v1::AgreementService::NewStub(ChannelOf(addresses.main, secretariat_bundle));
  const auto enrolment = v1::EnrolmentService::NewStub(
      policy::transport::MakeEnrolmentChannel(addresses.enrolment, operator_bundle.root_pem()));
  const auto secretariat = Need(
      policy::crypto::MakeEd25519Signer(Secret::Copy(AsBytes(secretariat_bundle.signing_seed()))),
      "key");
  std::vector<LoadMember> members;
  for (int i = 0; i < count; ++i) {
    LoadMember member;
    member.code = InsurerCode(i);
    member.dua_id = policy::base::MakeUuidV7(absl::ToUnixMillis(absl::Now()), random);
    member.signer =
        Need(policy::crypto::MakeEd25519Signer(policy::crypto::GenerateEd25519Seed(random)), "key");
    v1::InviteMemberRequest invite;
    invite.set_kind(v1::MEMBER_KIND_INSURER);
    invite.set_organisation_code(member.code);
    invite.set_name("bench");
    v1::InviteMemberResponse invited;
    Need(admin->InviteMember(policy::transport::MakeContext(absl::Seconds(20)).get(), invite,
                             &invited),
         "invite");

    const Secret key = Need(policy::crypto::GenerateP256KeyPem(), "key");
    const auto csr = Need(policy::crypto::MakeCsrDer(key), "csr");
    v1::EnrolRequest enrol;
    enrol.set_code(invited.code());
    enrol.set_kind(v1::MEMBER_KIND_INSURER);
    enrol.set_organisation_code(member.code);
    enrol.set_name("bench");
    enrol.set_csr_der(policy::base::ToString(csr));
    enrol.set_signing_public_key(policy::base::ToString(member.signer->public_key()));
    enrol.set_signing_proof(policy::base::ToString(
        policy::crypto::MakeEnrolmentProof(enrol.code(), csr, *member.signer)));
    enrol.add_insurer_numbers(member.code);
    v1::EnrolResponse enrolled;
    Need(
        enrolment->Enrol(policy::transport::MakeContext(absl::Seconds(20)).get(), enrol, &enrolled),
        "enrol");
    member.spiffe_id = enrolled.spiffe_id();
    member.tls = {enrolled.root_pem(), enrolled.certificate_pem(), Secret::Copy(key.bytes())};
    member.channel = policy::transport::MakeChannel(addresses.main, member.tls);

    const std::string text = AgreementText(member);
    member.dua_digest = policy::crypto::ToBytes(policy::crypto::Sha256(AsBytes(text)));
    v1::ProposeAgreementRequest propose;
    *propose.mutable_envelope() =
        policy::crypto::SignEnvelope(policy::crypto::kAgreementType, text, *secretariat);
    v1::ProposeAgreementResponse proposed;
    Need(agreements->ProposeAgreement(policy::transport::MakeContext(absl::Seconds(20)).get(),
                                      propose, &proposed),
         "propose");
    v1::SignAgreementRequest sign;
    sign.set_dua_id(member.dua_id);
    sign.set_version(1);
    *sign.mutable_envelope() =
        policy::crypto::SignEnvelope(policy::crypto::kAgreementType, text, *member.signer);
    v1::SignAgreementResponse signed_response;
    Need(v1::AgreementService::NewStub(member.channel)
             ->SignAgreement(policy::transport::MakeContext(absl::Seconds(20)).get(), sign,
                             &signed_response),
         "sign");
    members.push_back(std::move(member));
  }
  return members;
}

v1::Round OpenRound(const std::string& address, const v1::Bundle& secretariat, int fiscal_year) {
  v1::OpenRoundRequest request;
  request.set_area_code("0604");
  request.set_fiscal_year(static_cast<uint32_t>(fiscal_year));
  v1::OpenRoundResponse response;
  Need(v1::RoundService::NewStub(ChannelOf(address, secretariat))
           ->OpenRound(policy::transport::MakeContext(absl::Seconds(20)).get(), request, &response),
       "open round");
  return response.round();
}

v1::DsseEnvelope MakeContribution(const LoadMember& member, const v1::Round& round) {
  policy::base::SystemRandom random;
  v1::RoundDescriptor descriptor;
  if (!descriptor.ParseFromString(round.descriptor_bytes())) std::exit(1);
  const int64_t now = absl::ToUnixSeconds(absl::Now());
  v1::ContributionStatement statement;
  statement.set_aud(descriptor.audience());
  statement.set_iss(member.spiffe_id);
  statement.set_request_id(policy::base::MakeUuidV7(now * 1000, random));
  statement.set_round_id(descriptor.round_id());
  statement.set_round_digest(round.descriptor_digest());
  statement.mutable_issued_at()->set_seconds(now);
  statement.mutable_not_after()->set_seconds(now + 3600);
  statement.set_revision(1);
  statement.set_dua_id(member.dua_id);
  statement.set_dua_version(1);
  statement.set_dua_digest(member.dua_digest);
  statement.set_policy_digest(descriptor.policy_digest());
  statement.set_catalogue_digest(descriptor.catalogue_digest());
  statement.set_layout_digest(descriptor.layout_digest());
  *statement.mutable_insurer_number() = descriptor.insurer_number();
  statement.set_member_kind(v1::MEMBER_KIND_INSURER);
  const int cells = descriptor.measure_size() * (descriptor.municipality_size() + 1) * 2 * 7 * 2;
  for (int i = 0; i < descriptor.measure_size(); ++i) statement.add_collected(true);
  for (int i = 0; i < cells; ++i) statement.add_count(static_cast<uint64_t>(20 + (i * 37) % 400));
  statement.mutable_coverage()->mutable_eligible()->set_rounded_to_ten(1000);
  statement.mutable_coverage()->mutable_included()->set_rounded_to_ten(1000);
  statement.mutable_coverage()->mutable_excluded_denied()->set_below_ten(true);
  statement.mutable_coverage()->mutable_excluded_absent()->set_below_ten(true);
  statement.set_engine_version("bench");
  // The same head every time: nothing happened in between.
  const std::string origin = absl::StrCat(
      absl::StripPrefix(member.spiffe_id.substr(0, member.spiffe_id.rfind("/agent/")), "spiffe://"),
      "/consent/1");
  v1::ConsentCheckpoint& consent = *statement.mutable_consent_checkpoint();
  consent.set_note(*policy::transparency::SignCheckpoint(
      {.origin = origin, .size = 64, .root = policy::transparency::EmptyRoot()}, *member.signer));
  consent.set_verifier_key(policy::transparency::FormatVerifierKey(
      *policy::transparency::MakeVerifierKey(origin, member.signer->public_key())));
  consent.mutable_made_at()->set_seconds(now);
  return policy::crypto::SignEnvelope(policy::crypto::kContributionType,
                                      statement.SerializeAsString(), *member.signer);
}

}  // namespace renkei::tests::bench
