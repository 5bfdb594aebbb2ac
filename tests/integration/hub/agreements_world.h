// Members with agreements, and both sides' calls about them.
#pragma once

#include "absl/strings/str_replace.h"
#include "tests/integration/hub/people_world.h"

namespace renkei::hub {

class Agreements : public PeopleWorld {
 protected:
  void SetUp() override {
    HubWorld::SetUp();
    tsuruoka_ = Enrol(v1::MEMBER_KIND_MUNICIPALITY, "062031");
  }
  void TearDown() override {
    tsuruoka_.channel.reset();
    others_.clear();
    HubWorld::TearDown();
  }
  // Four more members, so that enough are left when one goes.
  void EnrolOthers(const std::string& more = "") {
    int number = 2;
    for (const char* code : {"062049", "064262", "064289", "064611"}) {
      others_.push_back(Enrol(v1::MEMBER_KIND_MUNICIPALITY, code));
      Agree(&others_.back(), number++, "*", more);
    }
  }
  // Everybody's contribution to a round, then its close.
  v1::Round Fill(const std::vector<std::string>& indicators = {"finding_bmi"}) {
    const v1::Round round = OpenRound(indicators);
    EXPECT_TRUE(Submit(tsuruoka_, StatementFor(tsuruoka_, round)).ok());
    for (const Agent& agent : others_) {
      EXPECT_TRUE(Submit(agent, StatementFor(agent, round)).ok());
    }
    EXPECT_TRUE(Close(round).ok());
    return round;
  }
  v1::Release Released(const v1::Round& round) {
    v1::ReleaseHead head;
    const grpc::Status status = MakeRelease(round, &head);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return ReadRelease(head.number());
  }
  static const v1::ReleaseCell& AreaCell(const v1::Release& release) {
    for (const v1::ReleaseCell& cell : release.table(0).cell()) {
      if (cell.municipality().empty() && cell.member_kind() == v1::MEMBER_KIND_UNSPECIFIED &&
          cell.sex() == v1::SEX_BOTH && cell.age_band() == "40-74") {
        return cell;
      }
    }
    return release.table(0).cell(0);
  }
  // 6 places x 2 sexes x 7 bands, 200 with and 300 without in each.
  static constexpr uint64_t kOneMember = 6 * 2 * 7 * 500;

  static std::string Revised(const std::string& text, int version, const std::string& more = "") {
    return absl::StrCat(
        absl::StrReplaceAll(
            text, {{"version: 1\n", absl::StrCat("version: ", version,
                                                 "\nsupersedes_version: ", version - 1, "\n")}}),
        more);
  }
  grpc::Status ProposeByMember(const Agent& agent, const std::string& text,
                               v1::ProposeAgreementResponse* response) {
    v1::ProposeAgreementRequest request;
    *request.mutable_envelope() = crypto::SignEnvelope(crypto::kAgreementType, text, *agent.signer);
    return RENKEI_CALL(agent.channel, AgreementService, ProposeAgreement, request, response);
  }
  grpc::Status CounterSign(const Person& person, const v1::AgreementRecord& record,
                           v1::SignAgreementResponse* response) {
    v1::SignAgreementRequest request;
    request.set_dua_id(record.dua_id());
    request.set_version(record.version());
    *request.mutable_envelope() =
        crypto::SignEnvelope(crypto::kAgreementType, record.member().payload(), *person.signer);
    return RENKEI_CALL(person.channel, AgreementService, SignAgreement, request, response);
  }
  grpc::Status Withdraw(const std::shared_ptr<grpc::Channel>& channel,
                        const v1::AgreementRecord& record, v1::AgreementRecord* out) {
    v1::WithdrawAgreementRequest request;
    request.set_dua_id(record.dua_id());
    request.set_version(record.version());
    v1::WithdrawAgreementResponse response;
    const grpc::Status status =
        RENKEI_CALL(channel, AgreementService, WithdrawAgreement, request, &response);
    *out = response.agreement();
    return status;
  }

  Agent tsuruoka_;
  std::vector<Agent> others_;
};

}  // namespace renkei::hub
