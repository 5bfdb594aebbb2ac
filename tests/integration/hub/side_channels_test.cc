// Everything beside the cells that might tell a suppressed count (A19): two releases that differ in
// suppressed counts alone must differ in nothing that anybody receives; and nowhere is a count that
// was planted in a hidden cell (I15). A third, which differs in a shown cell, shows that the test
// would notice.
#include <algorithm>
#include <functional>
#include <iostream>

#include "policy/base/log.h"
#include "tests/integration/hub/hub_world.h"

namespace renkei::hub {
namespace {

constexpr int kFirstYear = 2011, kSameYear = 2012, kOtherYear = 2013;

class SideChannels : public HubWorld {
 protected:
  void SetUp() override {
    HubWorld::SetUp();
    for (const char* code : {"062031", "062049", "064262", "064289"}) {
      agents_.push_back(Enrol(v1::MEMBER_KIND_MUNICIPALITY, code));
      Agree(&agents_.back(), static_cast<int>(agents_.size()), "*",
            "allow_insurer_type_by_municipality: true\n");
    }
  }
  void TearDown() override {
    agents_.clear();
    HubWorld::TearDown();
  }

  static int Index(int place, int sex, int band) { return ((place * 2 + sex) * 7 + band) * 2; }

  // 200 of 500 in every cell of every member, but two persons of each in eight cells: two places,
  // both sexes, two bands. `change` alters what a member counted.
  using Change = std::function<void(size_t member, v1::ContributionStatement*)>;
  v1::Round Closed(int fiscal_year, const Change& change = {}) {
    v1::OpenRoundRequest request;
    request.set_area_code("0604");
    request.set_fiscal_year(static_cast<uint32_t>(fiscal_year));
    request.add_indicator("finding_bmi");
    v1::OpenRoundResponse response;
    EXPECT_TRUE(RENKEI_CALL(secretariat_, RoundService, OpenRound, request, &response).ok());
    for (size_t i = 0; i < agents_.size(); ++i) {
      v1::ContributionStatement statement = StatementFor(agents_[i], response.round());
      for (const int g : {0, 1}) {
        for (const int s : {0, 1}) {
          for (const int b : {0, 1}) Move(g, s, b, -198, &statement);
        }
      }
      if (change) change(i, &statement);
      EXPECT_TRUE(Submit(agents_[i], statement).ok());
    }
    EXPECT_TRUE(Close(response.round()).ok());
    return response.round();
  }
  // With the finding one more and without it one fewer, or the reverse.
  static void Move(int place, int sex, int band, int persons, v1::ContributionStatement* s) {
    const int at = Index(place, sex, band);
    s->set_count(at, static_cast<uint64_t>(static_cast<int64_t>(s->count(at)) + persons));
    s->set_count(at + 1, static_cast<uint64_t>(static_cast<int64_t>(s->count(at + 1)) - persons));
  }

  v1::Release Released(const v1::Round& round) {
    v1::ReleaseHead head;
    const grpc::Status status = MakeRelease(round, &head);
    EXPECT_TRUE(status.ok()) << status.error_message();
    v1::Release release;
    EXPECT_TRUE(release.ParseFromString(Get(head.number()).release_bytes()));
    return release;
  }
  v1::GetReleaseResponse Get(uint64_t number) {
    v1::GetReleaseRequest request;
    request.set_number(number);
    v1::GetReleaseResponse response;
    EXPECT_TRUE(RENKEI_CALL(secretariat_, ReleaseService, GetRelease, request, &response).ok());
    return response;
  }
  v1::QueryIndicatorsResponse Query(int year, const std::string& municipality,
                                    v1::MemberKind kind) {
    v1::QueryIndicatorsRequest request;
    request.set_area_code("0604");
    request.set_fiscal_year(static_cast<uint32_t>(year));
    request.set_municipality(municipality);
    request.set_member_kind(kind);
    request.set_by(v1::BREAKDOWN_SEX_AGE2);
    v1::QueryIndicatorsResponse response;
    EXPECT_TRUE(
        RENKEI_CALL(secretariat_, IndicatorService, QueryIndicators, request, &response).ok());
    return response;
  }
  v1::CheckReleaseResponse Checked(const v1::Round& round) {
    v1::CheckReleaseRequest request;
    request.set_round_id(DescriptorOf(round).round_id());
    v1::CheckReleaseResponse response;
    EXPECT_TRUE(RENKEI_CALL(secretariat_, ReleaseService, CheckRelease, request, &response).ok());
    response.clear_fiscal_year();
    response.clear_fixed();  // the first release fixes the layout of the series
    return response;
  }
  // What names the release itself is left out; everything else must be the same.
  static std::string Without(v1::Release release) {
    release.clear_number();
    release.clear_round_id();
    release.clear_round_digest();
    release.clear_fiscal_year();
    release.clear_layout_digest();
    release.clear_created_at();
    return release.SerializeAsString();
  }
  static std::string Without(v1::QueryIndicatorsResponse response) {
    response.clear_release_number();
    response.clear_release_sha256();
    for (v1::IndicatorRow& row : *response.mutable_row()) row.clear_fiscal_year();
    return response.SerializeAsString();
  }
  std::vector<std::string> AllEntries() { return Entries(""); }
  std::vector<std::string> Municipalities(const v1::Round& round) {
    const v1::RoundDescriptor d = DescriptorOf(round);
    std::vector<std::string> places = {d.municipality().begin(), d.municipality().end()};
    places.push_back("unknown");
    return places;
  }

  // The counts of the first member in the eight few cells, up and down, so that no margin moves.
  static void Movement(size_t member, v1::ContributionStatement* statement) {
    if (member != 0) return;
    for (const int g : {0, 1}) {
      for (const int s : {0, 1}) {
        for (const int b : {0, 1}) Move(g, s, b, (g + s + b) % 2 == 0 ? 1 : -1, statement);
      }
    }
  }
  static void ExpectFewCellsAreHidden(const v1::Release& release,
                                      const std::vector<std::string>& places) {
    int hidden = 0;
    for (const v1::ReleaseCell& cell : release.table(0).cell()) {
      const bool is_few = (cell.municipality() == places[0] || cell.municipality() == places[1]) &&
                          cell.sex() != v1::SEX_BOTH &&
                          cell.member_kind() == v1::MEMBER_KIND_UNSPECIFIED &&
                          (cell.age_band() == "40-44" || cell.age_band() == "45-49");
      hidden += is_few && cell.state() == v1::CELL_STATE_SUPPRESSED;
    }
    EXPECT_EQ(hidden, 8);
  }

  std::vector<Agent> agents_;
};

TEST_F(SideChannels, TwoReleasesThatDifferInHiddenCountsDifferInNothingElse) {
  const size_t before = AllEntries().size();
  const v1::Round first_round = Closed(kFirstYear);
  const v1::CheckReleaseResponse first_check = Checked(first_round);
  const v1::Release first = Released(first_round);
  const std::vector<std::string> places = Municipalities(first_round);
  const size_t between = AllEntries().size();
  ExpectFewCellsAreHidden(first, places);
  const v1::Round same_round = Closed(kSameYear, Movement);
  const v1::CheckReleaseResponse same_check = Checked(same_round);
  const v1::Release same = Released(same_round);
  const std::vector<std::string> entries = AllEntries();
  const v1::Round other_round =
      Closed(kOtherYear, [](size_t, v1::ContributionStatement* s) { Move(3, 1, 5, 7, s); });
  const v1::Release other = Released(other_round);

  // The release, its length, the answers, their order.
  EXPECT_EQ(Without(first), Without(same));
  EXPECT_NE(Without(first), Without(other));
  EXPECT_EQ(Get(1).sha256().size(), Get(2).sha256().size());
  for (const std::string& place : places) {
    for (const v1::MemberKind kind : {v1::MEMBER_KIND_UNSPECIFIED, v1::MEMBER_KIND_MUNICIPALITY}) {
      EXPECT_EQ(Without(Query(kFirstYear, place, kind)), Without(Query(kSameYear, place, kind)));
    }
  }
  EXPECT_EQ(first_check.SerializeAsString(), same_check.SerializeAsString());

  // The log: the same acts, as long.
  ASSERT_EQ(entries.size() - between, between - before);
  for (size_t i = before; i < between; ++i) {
    const std::string& one = entries[i];
    const std::string& two = entries[i + between - before];
    const auto type = [](const std::string& json) {
      const size_t at = json.find("\"t\":\"") + 5;
      return json.substr(at, json.find('"', at) - at);
    };
    EXPECT_EQ(type(one), type(two));
    EXPECT_EQ(one.size(), two.size()) << one << "\n" << two;
  }
}

// Of four hundred pairs of questions each comes out slower about as often.
TEST_F(SideChannels, AnswersTakeAsLong) {
  Released(Closed(kFirstYear));
  Released(Closed(kSameYear, Movement));
  const auto time_of = [&](int year) {
    const absl::Time start = absl::Now();
    Query(year, "", v1::MEMBER_KIND_UNSPECIFIED);
    return absl::Now() - start;
  };
  int first_slower = 0;
  constexpr int kPairs = 400;
  for (int i = 0; i < kPairs; ++i) {
    const bool is_first_first = i % 2 == 0;
    const absl::Duration one = time_of(is_first_first ? kFirstYear : kSameYear);
    const absl::Duration two = time_of(is_first_first ? kSameYear : kFirstYear);
    first_slower += is_first_first ? one > two : two > one;
  }
  std::cout << first_slower << " of " << kPairs << " times slower\n";
  // Six standard deviations of a fair coin.
  EXPECT_GT(first_slower, kPairs / 2 - 60);
  EXPECT_LT(first_slower, kPairs / 2 + 60);
}

// 403 and 404: who may not know gets one answer, whether or not there is such a release or round.
TEST_F(SideChannels, WhoMayNotKnowGetsOneAnswerForWhatIsThereAndWhatIsNot) {
  const v1::Round round = Closed(kFirstYear);
  Released(round);
  const Agent stranger = Enrol(v1::MEMBER_KIND_INSURER, "01130012", {"01130012"});
  const auto same = [](const grpc::Status& a, const grpc::Status& b) {
    EXPECT_EQ(a.error_code(), grpc::StatusCode::PERMISSION_DENIED) << a.error_message();
    EXPECT_EQ(a.error_code(), b.error_code());
    EXPECT_EQ(a.error_message(), b.error_message());
    EXPECT_EQ(a.error_details(), b.error_details());
  };
  const auto get = [&](uint64_t number) {
    v1::GetReleaseRequest request;
    request.set_number(number);
    v1::GetReleaseResponse response;
    return RENKEI_CALL(stranger.channel, ReleaseService, GetRelease, request, &response);
  };
  same(get(1), get(99));
  const auto query = [&](const std::string& area, uint32_t year, uint64_t number) {
    v1::QueryIndicatorsRequest request;
    request.set_area_code(area);
    request.set_fiscal_year(year);
    request.set_release_number(number);
    v1::QueryIndicatorsResponse response;
    return RENKEI_CALL(stranger.channel, IndicatorService, QueryIndicators, request, &response);
  };
  same(query("0604", kFirstYear, 0), query("0604", kOtherYear, 0));
  same(query("0604", kFirstYear, 1), query("0602", kFirstYear, 99));
  v1::ListReleasesRequest list;
  v1::ListReleasesResponse listed;
  EXPECT_TRUE(RENKEI_CALL(stranger.channel, ReleaseService, ListReleases, list, &listed).ok());
  EXPECT_EQ(listed.ByteSizeLong(), 0u);
}

// I18.
TEST_F(SideChannels, EveryReadPathYieldsTheSameCells) {
  const v1::Round round = Closed(kFirstYear);
  const v1::Release release = Released(round);
  std::vector<std::string> places = Municipalities(round);
  places.insert(places.begin(), "");
  size_t compared = 0, hidden = 0;
  for (const std::string& place : places) {
    for (int kind = 0; kind <= 3; ++kind) {
      const auto answer = Query(kFirstYear, place, static_cast<v1::MemberKind>(kind));
      EXPECT_EQ(answer.release_sha256(), Get(1).sha256());
      for (const v1::IndicatorRow& row : answer.row()) {
        const auto& cells = release.table(0).cell();
        const auto stored = std::find_if(cells.begin(), cells.end(), [&](const auto& cell) {
          return cell.municipality() == place && cell.member_kind() == kind &&
                 cell.sex() == row.cell().sex() && cell.age_band() == row.cell().age_band();
        });
        ASSERT_NE(stored, cells.end());
        EXPECT_EQ(stored->SerializeAsString(), row.cell().SerializeAsString());
        ++compared;
        hidden += stored->state() == v1::CELL_STATE_SUPPRESSED;
      }
    }
  }
  EXPECT_EQ(compared, static_cast<size_t>(release.table(0).cell_size()));
  EXPECT_GT(hidden, 0u);
}

// I15: a member's count that is hidden, since it alone counts there.
TEST_F(SideChannels, APlantedCountIsInNothingThatLeavesTheHub) {
  constexpr uint64_t kCanary = 70135907;
  testing::internal::CaptureStderr();
  testing::internal::CaptureStdout();
  const v1::Round round = Closed(kFirstYear, [](size_t member, v1::ContributionStatement* s) {
    const int at = Index(2, 0, 3);
    s->set_count(at, member == 0 ? kCanary : 0);
    s->set_count(at + 1, member == 0 ? kCanary : 0);
  });
  const v1::CheckReleaseResponse check = Checked(round);
  v1::ReleaseHead head;
  const grpc::Status made = MakeRelease(round, &head);
  std::vector<std::string> told = {check.SerializeAsString(), check.DebugString(),
                                   made.error_message(), made.error_details()};
  if (made.ok()) {
    told.push_back(Get(head.number()).release_bytes());
    v1::Release release;
    ASSERT_TRUE(release.ParseFromString(told.back()));
    told.push_back(release.DebugString());
  }
  for (const std::string& entry : AllEntries()) told.push_back(entry);
  server_.reset();
  told.push_back(testing::internal::GetCapturedStdout());
  told.push_back(testing::internal::GetCapturedStderr());
  for (const auto& file : fs::recursive_directory_iterator(dir_)) {
    if (!file.is_regular_file()) continue;
    std::ifstream in(file.path(), std::ios::binary);
    told.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
  std::string varint, little_endian;
  for (uint64_t left = kCanary; left != 0; left >>= 7) {
    varint.push_back(static_cast<char>((left & 0x7f) | (left > 0x7f ? 0x80 : 0)));
  }
  for (int byte = 0; byte < 8; ++byte) {
    little_endian.push_back(static_cast<char>(kCanary >> 8 * byte));
  }
  for (const std::string& text : told) {
    for (const std::string& form : {absl::StrCat(kCanary), varint, little_endian}) {
      EXPECT_EQ(text.find(form), std::string::npos) << text.substr(0, 80);
    }
  }
  EXPECT_TRUE(made.ok()) << made.error_message();
}

}  // namespace
}  // namespace renkei::hub
