// What the hub refuses, each with its reason: issue 2's list of bad contributions and callers.
#include <functional>

#include "tests/integration/hub/hub_world.h"

namespace renkei::hub {
namespace {

using grpc::StatusCode;

class Refusals : public HubWorld {
 protected:
  void SetUp() override {
    HubWorld::SetUp();
    tsuruoka_ = Enrol(v1::MEMBER_KIND_MUNICIPALITY, "062031");
    Agree(&tsuruoka_, 1);
    sakata_ = Enrol(v1::MEMBER_KIND_MUNICIPALITY, "062049");
    Agree(&sakata_, 2);
    round_ = OpenRound();
  }
  void TearDown() override {
    tsuruoka_.channel.reset();
    sakata_.channel.reset();
    HubWorld::TearDown();
  }
  v1::ContributionStatement Good() { return StatementFor(tsuruoka_, round_); }
  void ExpectRefused(const grpc::Status& status, StatusCode code, v1::ErrorReason reason) {
    EXPECT_EQ(status.error_code(), code) << status.error_message();
    EXPECT_EQ(v1::ErrorReason_Name(ReasonOf(status)), v1::ErrorReason_Name(reason));
    EXPECT_FALSE(status.error_message().empty());
  }

  Agent tsuruoka_, sakata_;
  v1::Round round_;
};

TEST_F(Refusals, AChangedByteIsABadSignatureWhereverItIs) {
  const v1::DsseEnvelope envelope = Seal(tsuruoka_, Good());
  const size_t size = envelope.payload().size();
  for (const size_t at : {size_t{0}, size_t{3}, size_t{40}, size / 2, size - 1}) {
    v1::DsseEnvelope changed = envelope;
    (*changed.mutable_payload())[at] ^= 1;
    ExpectRefused(Send(tsuruoka_, changed), StatusCode::PERMISSION_DENIED,
                  v1::ERROR_REASON_SIGNATURE);
  }
  v1::DsseEnvelope retyped = envelope;
  retyped.set_payload_type(crypto::kReceiptType);
  ExpectRefused(Send(tsuruoka_, retyped), StatusCode::PERMISSION_DENIED,
                v1::ERROR_REASON_SIGNATURE);
  EXPECT_EQ(Entries("contribution.rejected").size(), 6u);
  EXPECT_TRUE(Send(tsuruoka_, envelope).ok()) << "the unchanged bytes are still welcome";
}

TEST_F(Refusals, AnotherTypeSignedByTheSameKeyIsNoContribution) {
  ExpectRefused(
      Send(tsuruoka_, crypto::SignEnvelope(crypto::kAgreementType, Good().SerializeAsString(),
                                           *tsuruoka_.signer)),
      StatusCode::INVALID_ARGUMENT, v1::ERROR_REASON_WRONG_TYPE);
}

TEST_F(Refusals, WhatAMemberSignedNobodyElseCanSend) {
  ExpectRefused(Send(sakata_, Seal(tsuruoka_, Good())), StatusCode::PERMISSION_DENIED,
                v1::ERROR_REASON_WRONG_ISSUER);
  v1::ContributionStatement forged = Good();
  forged.set_iss(sakata_.enrolled.spiffe_id());
  ExpectRefused(Submit(tsuruoka_, forged), StatusCode::PERMISSION_DENIED,
                v1::ERROR_REASON_SIGNATURE);
}

TEST_F(Refusals, AConsentLedgerThatIsMissingStaleShorterOrAnother) {
  const auto refused = [this](const v1::ContributionStatement& statement, const char* rule) {
    const grpc::Status status = Submit(tsuruoka_, statement);
    EXPECT_EQ(status.error_code(), StatusCode::FAILED_PRECONDITION) << rule;
    const v1::ErrorDetail detail = base::DetailOf(transport::FromGrpc(status));
    EXPECT_EQ(detail.reason(), v1::ERROR_REASON_CONSENT_CHECKPOINT) << rule;
    EXPECT_EQ(detail.rule(), absl::StrCat("consent_checkpoint.", rule));
  };
  const auto with = [this](uint64_t size, const std::vector<uint64_t>& earlier,
                           const std::string& entry = "entry",
                           const crypto::Signer* signer = nullptr) {
    v1::ContributionStatement statement = Good();
    SealConsents(tsuruoka_, size, &statement, earlier, entry, signer);
    return statement;
  };
  v1::ContributionStatement statement = Good();
  statement.clear_consent_checkpoint();
  refused(statement, "note");
  statement = Good();
  statement.mutable_consent_checkpoint()->mutable_note()->append("x");
  refused(statement, "note");
  statement = Good();
  *statement.mutable_consent_checkpoint()->mutable_made_at() =
      Stamp(clock_.Now() - absl::Hours(24 * 31 + 1));
  refused(statement, "made_at");
  statement = Good();
  statement.mutable_consent_checkpoint()->clear_made_at();
  ExpectRefused(Submit(tsuruoka_, statement), StatusCode::INVALID_ARGUMENT,
                v1::ERROR_REASON_MALFORMED);
  statement = Good();
  SealConsents(sakata_, 64, &statement);
  refused(statement, "verifier_key");

  // The first one that is accepted is pinned; what was refused left nothing.
  v1::ContributionStatement first = with(128, {});
  ASSERT_TRUE(Submit(tsuruoka_, first).ok());
  const auto next = [&](v1::ContributionStatement revision) {
    revision.set_revision(2);
    revision.set_supersedes(first.request_id());
    return revision;
  };
  refused(next(with(64, {})), "size");
  refused(next(with(128, {}, "another")), "consistency");
  refused(next(with(192, {})), "consistency");
  refused(next(with(192, {64})), "consistency");
  refused(next(with(192, {128}, "another")), "consistency");
  const auto other = crypto::MakeEd25519Signer(base::Secret::Copy(std::vector<uint8_t>(32, 5)));
  refused(next(with(192, {128}, "entry", other->get())), "verifier_key");
  ASSERT_TRUE(Submit(tsuruoka_, next(with(192, {64, 128}))).ok());
}

TEST_F(Refusals, AConsentLedgerRestartsOnlyAfterANewEnrolmentAndTheLogSaysSo) {
  v1::ContributionStatement first = Good();
  ASSERT_TRUE(Submit(tsuruoka_, first).ok());
  clock_.offset += absl::Seconds(1);
  Agent anew = Enrol(v1::MEMBER_KIND_MUNICIPALITY, "062031");
  anew.agreement = tsuruoka_.agreement;
  v1::ContributionStatement next = StatementFor(anew, round_);
  next.set_revision(2);
  next.set_supersedes(first.request_id());
  SealConsents(anew, 64, &next);
  EXPECT_TRUE(Entries("consent.ledger_restarted").empty());
  const grpc::Status status = Submit(anew, next);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(Entries("consent.ledger_restarted").size(), 1u);
}

TEST_F(Refusals, EachFieldThatDoesNotFitTheRound) {
  struct Case {
    const char* what;
    std::function<void(v1::ContributionStatement&)> spoil;
    StatusCode code;
    v1::ErrorReason reason;
  };
  const std::string other(32, 'x');
  const Case cases[] = {
      {"audience", [](auto& s) { s.set_aud("hub.other.example/log/1"); },
       StatusCode::PERMISSION_DENIED, v1::ERROR_REASON_WRONG_AUDIENCE},
      {"no id", [](auto& s) { s.clear_request_id(); }, StatusCode::INVALID_ARGUMENT,
       v1::ERROR_REASON_MALFORMED},
      {"kind", [](auto& s) { s.clear_member_kind(); }, StatusCode::INVALID_ARGUMENT,
       v1::ERROR_REASON_MALFORMED},
      {"unknown kind", [](auto& s) { s.set_member_kind(static_cast<v1::MemberKind>(9)); },
       StatusCode::INVALID_ARGUMENT, v1::ERROR_REASON_MALFORMED},
      {"revision 4", [](auto& s) { s.set_revision(4); }, StatusCode::INVALID_ARGUMENT,
       v1::ERROR_REASON_REVISION},
      {"stale policy", [&](auto& s) { s.set_policy_digest(other); },
       StatusCode::FAILED_PRECONDITION, v1::ERROR_REASON_POLICY_STALE},
      {"stale catalogue", [&](auto& s) { s.set_catalogue_digest(other); },
       StatusCode::FAILED_PRECONDITION, v1::ERROR_REASON_CATALOGUE_STALE},
      {"layout", [&](auto& s) { s.set_layout_digest(other); }, StatusCode::FAILED_PRECONDITION,
       v1::ERROR_REASON_LAYOUT_MISMATCH},
      {"descriptor", [&](auto& s) { s.set_round_digest(other); }, StatusCode::FAILED_PRECONDITION,
       v1::ERROR_REASON_LAYOUT_MISMATCH},
      {"insurers", [](auto& s) { s.add_insurer_number("06060012"); },
       StatusCode::FAILED_PRECONDITION, v1::ERROR_REASON_INSURER_LIST_MISMATCH},
      {"agreement", [&](auto& s) { s.set_dua_digest(other); }, StatusCode::PERMISSION_DENIED,
       v1::ERROR_REASON_NO_AGREEMENT},
      {"another's agreement",
       [&](auto& s) {
         s.set_dua_id(sakata_.agreement.dua_id());
         s.set_dua_digest(sakata_.agreement.digest());
       },
       StatusCode::PERMISSION_DENIED, v1::ERROR_REASON_NO_AGREEMENT},
      {"another kind", [](auto& s) { s.set_member_kind(v1::MEMBER_KIND_INSURER); },
       StatusCode::INVALID_ARGUMENT, v1::ERROR_REASON_IMPLAUSIBLE},
      {"one cell more", [](auto& s) { s.add_count(1); }, StatusCode::INVALID_ARGUMENT,
       v1::ERROR_REASON_IMPLAUSIBLE},
      {"2^40", [](auto& s) { s.set_count(0, uint64_t{1} << 40); }, StatusCode::INVALID_ARGUMENT,
       v1::ERROR_REASON_IMPLAUSIBLE},
      {"counts of what was not collected", [](auto& s) { s.set_collected(0, false); },
       StatusCode::INVALID_ARGUMENT, v1::ERROR_REASON_IMPLAUSIBLE},
      {"future", [&](auto& s) { *s.mutable_issued_at() = Stamp(clock_.Now() + absl::Minutes(6)); },
       StatusCode::FAILED_PRECONDITION, v1::ERROR_REASON_OUTSIDE_TIME_WINDOW},
      {"eight days",
       [&](auto& s) { *s.mutable_not_after() = Stamp(clock_.Now() + absl::Hours(24 * 8)); },
       StatusCode::INVALID_ARGUMENT, v1::ERROR_REASON_OUTSIDE_TIME_WINDOW},
      {"unknown round", [&](auto& s) { s.set_round_id(base::MakeUuidV7(1, random_)); },
       StatusCode::PERMISSION_DENIED, v1::ERROR_REASON_NOT_IN_ROUND},
  };
  for (const Case& tested : cases) {
    SCOPED_TRACE(tested.what);
    v1::ContributionStatement statement = Good();
    tested.spoil(statement);
    ExpectRefused(Submit(tsuruoka_, statement), tested.code, tested.reason);
  }
  EXPECT_TRUE(Submit(tsuruoka_, Good()).ok());
}

TEST_F(Refusals, TheSameBytesTwiceAreAnsweredAlikeAlsoAfterTheClose) {
  const v1::DsseEnvelope envelope = Seal(tsuruoka_, Good());
  v1::SubmitContributionResponse first, second, third;
  ASSERT_TRUE(Send(tsuruoka_, envelope, &first).ok());
  ASSERT_TRUE(Send(tsuruoka_, envelope, &second).ok());
  ASSERT_TRUE(Close(round_).ok());
  clock_.offset = absl::Hours(24 * 8);  // past not_after too
  ASSERT_TRUE(Send(tsuruoka_, envelope, &third).ok());
  EXPECT_EQ(first.SerializeAsString(), second.SerializeAsString());
  EXPECT_EQ(first.SerializeAsString(), third.SerializeAsString());
  EXPECT_EQ(Entries("contribution.accepted").size(), 1u);
}

TEST_F(Refusals, TheSameIdWithOtherContentIsAConflictOnRecord) {
  v1::ContributionStatement statement = Good();
  ASSERT_TRUE(Submit(tsuruoka_, statement).ok());
  v1::ContributionStatement other = statement;
  other.set_count(0, 201);
  ExpectRefused(Submit(tsuruoka_, other), StatusCode::ALREADY_EXISTS, v1::ERROR_REASON_CONFLICT);
  v1::ContributionStatement new_id = Good();
  ExpectRefused(Submit(tsuruoka_, new_id), StatusCode::ALREADY_EXISTS, v1::ERROR_REASON_CONFLICT);
  const std::vector<std::string> conflicts = Entries("contribution.conflict");
  ASSERT_EQ(conflicts.size(), 2u);
  const auto digest = [](const std::string& bytes) {
    return crypto::ToHex(crypto::Sha256(base::AsBytes(bytes)));
  };
  const std::string known = digest(Seal(tsuruoka_, statement).SerializeAsString());
  for (const std::string& conflict : conflicts) {
    EXPECT_NE(conflict.find("\"known_dsse\":\"" + known), std::string::npos);
  }
  EXPECT_NE(conflicts[0].find("\"dsse\":\"" + digest(Seal(tsuruoka_, other).SerializeAsString())),
            std::string::npos);
  // Who reads the log could try counts against the digest of a payload until one fits.
  v1::ContributionStatement implausible = Good();
  implausible.set_member_kind(v1::MEMBER_KIND_INSURER);
  EXPECT_FALSE(Submit(tsuruoka_, implausible).ok());
  for (const char* type :
       {"contribution.accepted", "contribution.conflict", "contribution.rejected"}) {
    for (const std::string& entry : Entries(type)) {
      for (const auto* sent : {&statement, &other, &new_id, &implausible}) {
        EXPECT_EQ(entry.find(digest(sent->SerializeAsString())), std::string::npos) << entry;
      }
    }
  }
}

TEST_F(Refusals, AContributionIsRevisedTwiceAndNotAgain) {
  v1::ContributionStatement statement = Good();
  ASSERT_TRUE(Submit(tsuruoka_, statement).ok());
  for (uint32_t revision = 2; revision <= 3; ++revision) {
    v1::ContributionStatement next = Good();
    next.set_revision(revision);
    next.set_supersedes(statement.request_id());
    ASSERT_TRUE(Submit(tsuruoka_, next).ok()) << revision;
    statement = next;
  }
  v1::GetRoundRequest get;
  get.set_round_id(DescriptorOf(round_).round_id());
  v1::GetRoundResponse response;
  ASSERT_TRUE(RENKEI_CALL(tsuruoka_.channel, RoundService, GetRound, get, &response).ok());
  EXPECT_EQ(response.round().participation(0).revision(), 3u);
  v1::GetSubmissionRequest known;
  known.set_request_id(statement.request_id());
  v1::GetSubmissionResponse submission;
  ASSERT_TRUE(
      RENKEI_CALL(tsuruoka_.channel, ContributionService, GetSubmission, known, &submission).ok());
  EXPECT_TRUE(submission.known());
  ASSERT_TRUE(
      RENKEI_CALL(sakata_.channel, ContributionService, GetSubmission, known, &submission).ok());
  EXPECT_FALSE(submission.known()) << "another member's submission";
}

TEST_F(Refusals, AClosedRoundTakesNothing) {
  ASSERT_TRUE(Close(round_).ok());
  ExpectRefused(Submit(tsuruoka_, Good()), StatusCode::FAILED_PRECONDITION,
                v1::ERROR_REASON_ROUND_CLOSED);
  EXPECT_EQ(Entries("contribution.rejected").size(), 1u);
}

TEST_F(Refusals, AMemberOutsideTheRoundLearnsNothingOfIt) {
  Agent late = Enrol(v1::MEMBER_KIND_MUNICIPALITY, "064262");
  Agree(&late, 3);
  ExpectRefused(Submit(late, StatementFor(late, round_)), StatusCode::PERMISSION_DENIED,
                v1::ERROR_REASON_NOT_IN_ROUND);
  v1::GetRoundRequest get;
  get.set_round_id(DescriptorOf(round_).round_id());
  v1::GetRoundResponse response;
  const grpc::Status hidden = RENKEI_CALL(late.channel, RoundService, GetRound, get, &response);
  get.set_round_id(base::MakeUuidV7(1, random_));
  const grpc::Status absent = RENKEI_CALL(late.channel, RoundService, GetRound, get, &response);
  EXPECT_EQ(hidden.error_code(), StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(hidden.error_code(), absent.error_code());
  EXPECT_EQ(hidden.error_message(), absent.error_message());
}

TEST_F(Refusals, ARevokedMemberIsCutOffOnItsOpenConnection) {
  v1::ListRoundsRequest list;
  v1::ListRoundsResponse rounds;
  ASSERT_TRUE(RENKEI_CALL(tsuruoka_.channel, RoundService, ListRounds, list, &rounds).ok());
  v1::RevokeMemberRequest request;
  request.set_member_id(tsuruoka_.member_id());
  request.set_reason("貸与端末の紛失");
  v1::RevokeMemberResponse response;
  ASSERT_TRUE(RENKEI_CALL(operator_, AdminService, RevokeMember, request, &response).ok());
  EXPECT_EQ(response.member().state(), v1::MEMBER_STATE_REVOKED);
  ExpectRefused(Submit(tsuruoka_, Good()), StatusCode::UNAUTHENTICATED, v1::ERROR_REASON_REVOKED);
  ExpectRefused(RENKEI_CALL(tsuruoka_.channel, RoundService, ListRounds, list, &rounds),
                StatusCode::UNAUTHENTICATED, v1::ERROR_REASON_REVOKED);
  EXPECT_TRUE(RENKEI_CALL(sakata_.channel, RoundService, ListRounds, list, &rounds).ok());
  EXPECT_EQ(Entries("identity.revoked").size(), 1u);
  EXPECT_EQ(Entries("identity.revoked")[0].find("紛失"), std::string::npos);
}

TEST_F(Refusals, ARoleOrAreaThatDoesNotFitIsDeniedAndWritesAreOnRecord) {
  v1::OpenRoundRequest open;
  open.set_area_code("0602");  // served, but not this secretariat's
  open.set_fiscal_year(2011);
  v1::OpenRoundResponse opened;
  ExpectRefused(RENKEI_CALL(secretariat_, RoundService, OpenRound, open, &opened),
                StatusCode::PERMISSION_DENIED, v1::ERROR_REASON_SCOPE);
  ExpectRefused(RENKEI_CALL(operator_, RoundService, OpenRound, open, &opened),
                StatusCode::PERMISSION_DENIED, v1::ERROR_REASON_ROLE);
  ExpectRefused(RENKEI_CALL(tsuruoka_.channel, RoundService, OpenRound, open, &opened),
                StatusCode::PERMISSION_DENIED, v1::ERROR_REASON_ROLE);
  v1::InviteMemberRequest invite;
  v1::InviteMemberResponse invited;
  ExpectRefused(RENKEI_CALL(secretariat_, AdminService, InviteMember, invite, &invited),
                StatusCode::PERMISSION_DENIED, v1::ERROR_REASON_ROLE);
  EXPECT_EQ(Entries("access.denied").size(), 4u);
}

TEST_F(Refusals, ACallWithoutDeadlineOrWithoutCertificateIsRefused) {
  const auto rounds = v1::RoundService::NewStub(tsuruoka_.channel);
  grpc::ClientContext unlimited;
  v1::ListRoundsRequest request;
  v1::ListRoundsResponse response;
  ExpectRefused(rounds->ListRounds(&unlimited, request, &response), StatusCode::INVALID_ARGUMENT,
                v1::ERROR_REASON_DEADLINE_MISSING);
  const auto anonymous = transport::MakeEnrolmentChannel(Address(), operator_bundle_.root_pem());
  EXPECT_EQ(RENKEI_CALL(anonymous, RoundService, ListRounds, request, &response).error_code(),
            StatusCode::UNAVAILABLE);
  // The enrolment listener knows no other service.
  const auto enrolment = transport::MakeEnrolmentChannel(
      absl::StrCat("127.0.0.1:", server_->enrol_port()), operator_bundle_.root_pem());
  EXPECT_EQ(RENKEI_CALL(enrolment, RoundService, ListRounds, request, &response).error_code(),
            StatusCode::UNIMPLEMENTED);
}

}  // namespace
}  // namespace renkei::hub
