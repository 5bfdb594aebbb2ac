// A release is checked before it is made, in the layouts of the policy's ladder, and a series keeps
// its layout.
#include <algorithm>
#include <map>

#include "tests/integration/hub/people_world.h"

namespace renkei::hub {
namespace {

class CheckRelease : public PeopleWorld {
 protected:
  void SetUp() override {
    HubWorld::SetUp();
    for (const char* code : {"062031", "062049", "064262"}) {
      agents_.push_back(Enrol(v1::MEMBER_KIND_MUNICIPALITY, code));
      Agree(&agents_.back(), static_cast<int>(agents_.size()), "*",
            "allow_insurer_type_by_municipality: true\n");
    }
  }
  void TearDown() override {
    agents_.clear();
    HubWorld::TearDown();
  }

  // A round with contributions of every member, in the first town few men of 40 to 44 with the
  // finding.
  v1::Round Filled(uint32_t fiscal_year = 2011,
                   const std::vector<std::string>& indicators = {"finding_bmi"}) {
    const v1::Round round = OpenRound(indicators, fiscal_year);
    for (const Agent& agent : agents_) {
      v1::ContributionStatement statement = StatementFor(agent, round);
      statement.set_count(0, 1);
      statement.set_count(1, 499);
      const grpc::Status sent = Submit(agent, statement);
      EXPECT_TRUE(sent.ok()) << sent.error_message();
    }
    return round;
  }
  v1::Round Closed(uint32_t fiscal_year = 2011) {
    const v1::Round round = Filled(fiscal_year);
    EXPECT_TRUE(Close(round).ok());
    return round;
  }

  grpc::Status Check(const v1::Round& round, const std::string& layout,
                     v1::CheckReleaseResponse* response,
                     std::shared_ptr<grpc::Channel> channel = nullptr) {
    v1::CheckReleaseRequest request;
    request.set_round_id(DescriptorOf(round).round_id());
    request.set_layout(layout);
    return RENKEI_CALL(channel == nullptr ? secretariat_ : channel, ReleaseService, CheckRelease,
                       request, response);
  }
  v1::CheckReleaseResponse Checked(const v1::Round& round, const std::string& layout = "") {
    v1::CheckReleaseResponse response;
    const grpc::Status status = Check(round, layout, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  }
  grpc::Status Make(const v1::Round& round, const std::string& layout,
                    v1::MakeReleaseResponse* response,
                    std::shared_ptr<grpc::Channel> channel = nullptr) {
    v1::MakeReleaseRequest request;
    request.set_round_id(DescriptorOf(round).round_id());
    request.set_layout(layout);
    return RENKEI_CALL(channel == nullptr ? secretariat_ : channel, ReleaseService, MakeRelease,
                       request, response);
  }
  // Both refuse alike.
  void ExpectSameRefusal(const v1::Round& round, const std::string& layout, v1::ErrorReason reason,
                         const std::shared_ptr<grpc::Channel>& channel = nullptr) {
    v1::CheckReleaseResponse checked;
    v1::MakeReleaseResponse made;
    const grpc::Status check = Check(round, layout, &checked, channel);
    const grpc::Status make = Make(round, layout, &made, channel);
    EXPECT_EQ(ReasonOf(check), reason) << check.error_message();
    EXPECT_EQ(check.error_code(), make.error_code());
    EXPECT_EQ(check.error_message(), make.error_message());
    EXPECT_EQ(check.error_details(), make.error_details());
    EXPECT_EQ(checked.ByteSizeLong(), 0u);
  }

  std::vector<Agent> agents_;
};

bool IsSex(const v1::ReleaseCell& cell) { return cell.sex() != v1::SEX_BOTH; }

TEST_F(CheckRelease, TellsWhatTheReleaseThenHidesAndStoresAnEntryAlone) {
  const v1::Round round = Closed();
  const v1::CheckReleaseResponse check = Checked(round);
  EXPECT_EQ(Checked(round).SerializeAsString(), check.SerializeAsString());
  const std::vector<std::string> entries = Entries("release.checked");
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_NE(entries[0].find("\"layout\":\"full\""), std::string::npos) << entries[0];
  EXPECT_TRUE(Entries("compute.started").empty());
  EXPECT_TRUE(Entries("release.recorded").empty());
  EXPECT_FALSE(check.held());
  EXPECT_FALSE(check.fixed());
  EXPECT_EQ(check.area_name(), "庄内");
  EXPECT_EQ(check.layout().name(), "full");
  ASSERT_EQ(check.offered_size(), 6);
  EXPECT_EQ(check.offered(5).name(), "no_municipality");
  EXPECT_EQ(check.offered(5).withheld_level_size(), 5);

  v1::MakeReleaseResponse made;
  ASSERT_TRUE(Make(round, "", &made).ok());
  const v1::Release release = ReadRelease(1);
  EXPECT_EQ(release.withheld_level_size(), 0);
  ASSERT_EQ(check.table_size(), release.table_size());
  const v1::CheckedTable& checked = check.table(0);
  const v1::ReleaseTable& published = release.table(0);
  EXPECT_EQ(checked.measure().id(), published.measure().id());
  EXPECT_FALSE(checked.name_en().empty());
  EXPECT_EQ(checked.loss(), published.loss());
  EXPECT_TRUE(std::equal(checked.reason().begin(), checked.reason().end(),
                         published.reason().begin(), published.reason().end()));
  std::map<std::pair<std::string, int>, std::pair<int, int>> cells;  // shown, hidden
  for (const v1::ReleaseCell& cell : published.cell()) {
    auto& [shown, hidden] = cells[{cell.municipality(), cell.member_kind()}];
    if (cell.structurally_empty() || cell.state() == v1::CELL_STATE_NOT_COLLECTED) continue;
    ++(cell.state() == v1::CELL_STATE_PUBLISHED ? shown : hidden);
  }
  ASSERT_EQ(static_cast<size_t>(checked.slice_size()), cells.size());
  std::map<int, int> seen;
  for (const v1::CheckedSlice& slice : checked.slice()) {
    const auto [shown, hidden] = cells.at({slice.municipality(), slice.member_kind()});
    EXPECT_EQ(slice.state(),
              hidden > 0  ? shown > 0 ? v1::SLICE_STATE_PARTLY_PROTECTED : v1::SLICE_STATE_PROTECTED
              : shown > 0 ? v1::SLICE_STATE_SHOWN
                          : v1::SLICE_STATE_NOTHING)
        << slice.ShortDebugString();
    ++seen[slice.state()];
  }
  EXPECT_GT(seen[v1::SLICE_STATE_PARTLY_PROTECTED], 0);
  EXPECT_EQ(checked.slice(4).municipality_name(), "鶴岡市");
}

TEST_F(CheckRelease, ACoarserLayoutWithholdsWholeLevelsAndTheSeriesKeepsIt) {
  const v1::Round first = Closed(2011);
  const v1::CheckReleaseResponse check = Checked(first, "no_sex");
  EXPECT_EQ(check.layout().withheld_level_size(), 3);
  EXPECT_LE(check.table(0).loss(), Checked(first).table(0).loss());
  int withheld = 0;
  for (const v1::CheckedSlice& slice : check.table(0).slice()) {
    withheld += slice.state() == v1::SLICE_STATE_WITHHELD;
    if (slice.state() == v1::SLICE_STATE_WITHHELD) {
      EXPECT_NE(slice.municipality(), "");
      EXPECT_NE(slice.member_kind(), v1::MEMBER_KIND_UNSPECIFIED);
    }
  }
  EXPECT_EQ(withheld, 6 * 3);

  v1::MakeReleaseResponse made;
  const grpc::Status status = Make(first, "no_sex", &made);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(made.withheld_level_size(), 3);
  const v1::Release release = ReadRelease(1);
  EXPECT_EQ(release.withheld_level_size(), 3);
  int shown = 0;
  for (const v1::ReleaseCell& cell : release.table(0).cell()) {
    if (cell.state() != v1::CELL_STATE_PUBLISHED) continue;
    ++shown;
    EXPECT_FALSE(IsSex(cell)) << cell.ShortDebugString();
  }
  EXPECT_GT(shown, 10);
  // Asking again gives the stored one; in another layout there is none.
  EXPECT_TRUE(Make(first, "", &made).ok());
  EXPECT_TRUE(Make(first, "no_sex", &made).ok());
  EXPECT_EQ(Make(first, "full", &made).error_code(), grpc::StatusCode::ALREADY_EXISTS);

  // The next year of the series.
  const v1::Round second = Closed(2012);
  for (const char* other : {"full", "no_five_year_bands", "no_municipality"}) {
    ExpectSameRefusal(second, other, v1::ERROR_REASON_LAYOUT_MISMATCH);
  }
  const v1::CheckReleaseResponse again = Checked(second);
  EXPECT_TRUE(again.fixed());
  EXPECT_EQ(again.layout().name(), "no_sex");
  ASSERT_TRUE(Make(second, "", &made).ok());
  EXPECT_EQ(ReadRelease(2).withheld_level_size(), 3);
}

TEST_F(CheckRelease, AnotherIndicatorOfTheAreaIsASeriesOfItsOwn) {
  v1::MakeReleaseResponse made;
  ASSERT_TRUE(Make(Closed(2011), "no_municipality", &made).ok());
  const v1::Round other = Filled(2011, {"finding_bp"});
  ASSERT_TRUE(Close(other).ok());
  EXPECT_FALSE(Checked(other).fixed());
  EXPECT_EQ(Checked(other).layout().name(), "full");
  ASSERT_TRUE(Make(other, "", &made).ok());
  // A round of both fits no layout.
  const v1::Round both = Filled(2012, {"finding_bmi", "finding_bp"});
  ASSERT_TRUE(Close(both).ok());
  for (const char* layout : {"", "full", "no_municipality"}) {
    ExpectSameRefusal(both, layout, v1::ERROR_REASON_LAYOUT_MISMATCH);
  }
}

TEST_F(CheckRelease, RefusesWhatMakingWouldRefuse) {
  const v1::Round round = Filled();
  ExpectSameRefusal(round, "", v1::ERROR_REASON_ROUND_OPEN);
  EXPECT_EQ(Entries("release.checked").size(), 1u) << "a refused check is an entry too";
  ASSERT_TRUE(Close(round).ok());
  ExpectSameRefusal(round, "no_such_layout", v1::ERROR_REASON_MALFORMED);
  ExpectSameRefusal(v1::Round(), "", v1::ERROR_REASON_SCOPE);
  ExpectSameRefusal(round, "", v1::ERROR_REASON_ROLE, agents_[0].channel);
  ExpectSameRefusal(round, "", v1::ERROR_REASON_ROLE, auditor_);
  const Person elsewhere = MakePerson(v1::ROLE_SECRETARIAT, "0602", "murayama-1");
  ExpectSameRefusal(round, "", v1::ERROR_REASON_SCOPE, elsewhere.channel);
  EXPECT_EQ(Entries("release.checked").size(), 1u);

  v1::Round few = OpenRound({"finding_bp"});
  ASSERT_TRUE(Submit(agents_[0], StatementFor(agents_[0], few)).ok());
  ASSERT_TRUE(Close(few).ok());
  ExpectSameRefusal(few, "", v1::ERROR_REASON_TOO_FEW_MEMBERS);

  ASSERT_TRUE(MakeRelease(round).ok());
  const v1::Round again = Closed();
  ExpectSameRefusal(again, "", v1::ERROR_REASON_ALREADY_RELEASED);
  clock_.offset = absl::Hours(24) * 121;
  v1::Round bp = few;
  ExpectSameRefusal(bp, "", v1::ERROR_REASON_OUTSIDE_TIME_WINDOW);
}

TEST_F(CheckRelease, APolicyWithoutALadderOffersTheFullLayoutAlone) {
  v1::MakeReleaseResponse made;
  ASSERT_TRUE(Make(Closed(2010), "no_sex", &made).ok());
  Person secretary = FirstSecretary();
  std::string text = Policies()[0].text();
  text = text.substr(0, text.find("ladder"));
  text.replace(text.find("version: 1"), 10, "version: 2");
  v1::PolicyRecord record;
  const grpc::Status status = ProposePolicy(secretary, text, &record);
  ASSERT_TRUE(status.ok()) << status.error_message();
  ASSERT_EQ(record.state(), v1::POLICY_STATE_IN_FORCE);
  // The series needs a layout that is offered no more.
  const v1::Round round = Closed(2011);
  ExpectSameRefusal(round, "", v1::ERROR_REASON_LAYOUT_MISMATCH);
  ExpectSameRefusal(round, "no_sex", v1::ERROR_REASON_MALFORMED);
  const v1::Round other = Filled(2011, {"finding_bp"});
  ASSERT_TRUE(Close(other).ok());
  EXPECT_EQ(Checked(other).offered_size(), 1);
  EXPECT_TRUE(MakeRelease(other).ok());
}

}  // namespace
}  // namespace renkei::hub
