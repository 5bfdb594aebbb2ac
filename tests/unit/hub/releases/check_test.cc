// What a check says of a table: a hold is an answer, and places and kinds have states, no figures.
#include "hub/releases/check.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>

#include "policy/base/error.h"
#include "policy/rules/policy_document.h"

namespace renkei::hub::releases {
namespace {

namespace base = policy::base;
namespace disclosure = policy::disclosure;
namespace tables = policy::tables;

using Answer = absl::StatusOr<disclosure::ProtectedTable<disclosure::ForRelease>>;

const policy::catalogue::Catalogue& Catalogue() {
  static const auto catalogue = *policy::catalogue::Catalogue::LoadBuiltIn();
  return *catalogue;
}

// Four insurers and four workplaces; of the second town few have the finding. Insurers have not
// collected the second measure.
Answer Protected(const policy::rules::WithheldLevels& withheld) {
  disclosure::ProtectRequest request;
  request.layout = std::make_shared<const tables::Layout>(
      *tables::Layout::Make("0604", base::FiscalYear(2011), {{"finding_bmi", 1}, {"finding_bp", 1}},
                            {"062031", "062049"}));
  request.policy = policy::rules::Policy::Default()->document();
  request.withheld = withheld;
  for (const std::string& town : request.layout->municipalities()) {
    request.population_persons[town] = 120000;
  }
  for (const tables::MeasureVersion& version : request.layout->measures()) {
    request.measures.push_back(*Catalogue().FindMeasure(version.id));
  }
  for (int i = 0; i < 8; ++i) {
    auto cube = std::make_shared<tables::Cube>(request.layout);
    const bool insurer = i % 2 == 0;
    for (int m = 0; m < 2; ++m) {
      if (m == 1 && insurer) {
        cube->collected()[1] = false;
        continue;
      }
      for (int g = 0; g < 3; ++g) {
        for (int s = 0; s < 2; ++s) {
          for (int b = 0; b < 7; ++b) {
            const bool few = g == 1 && s == 0 && b == 0;
            cube->counts()[request.layout->Index(m, g, s, b, 0)] = few ? 1 : 40;
            cube->counts()[request.layout->Index(m, g, s, b, 1)] = few ? 99 : 60;
          }
        }
      }
    }
    disclosure::PooledContribution c;
    c.member = base::MemberId("member/test/" + std::to_string(i));
    c.kind = insurer ? v1::MEMBER_KIND_INSURER : v1::MEMBER_KIND_WORKPLACE;
    c.cube = cube;
    c.allow_insurer_type_by_municipality = true;
    request.contributions.push_back(c);
  }
  return disclosure::Protect(request, std::vector<uint8_t>(32, 0));
}

v1::CheckReleaseResponse Described(const Answer& answer) {
  v1::CheckReleaseResponse response;
  const absl::Status status = AddFindings(answer, Catalogue(), &response);
  EXPECT_TRUE(status.ok()) << status;
  return response;
}

TEST(Check, AHoldIsAnAnswerAndEveryOtherFailureIsNot) {
  const v1::CheckReleaseResponse held = Described(base::MakeError(
      absl::StatusCode::kFailedPrecondition, v1::ERROR_REASON_HELD, "held", "", "", ""));
  EXPECT_TRUE(held.held());
  EXPECT_EQ(held.table_size(), 0);
  v1::CheckReleaseResponse response;
  EXPECT_EQ(AddFindings(absl::InvalidArgumentError("no"), Catalogue(), &response).code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_FALSE(response.held());
}

TEST(Check, SaysOfEachPlaceAndKindHowMuchIsShown) {
  const v1::CheckReleaseResponse response = Described(Protected({}));
  EXPECT_FALSE(response.held());
  ASSERT_EQ(response.table_size(), 2);
  EXPECT_FALSE(response.table(0).name_ja().empty());
  std::map<std::pair<std::string, int>, v1::SliceState> states[2];
  for (int t = 0; t < 2; ++t) {
    for (const v1::CheckedSlice& slice : response.table(t).slice()) {
      states[t][{slice.municipality(), slice.member_kind()}] = slice.state();
    }
    EXPECT_EQ(states[t].size(), 4u * 4);
  }
  EXPECT_EQ(response.table(0).slice(4).municipality_name(), "鶴岡市");
  const auto state = [&](int t, const char* town, v1::MemberKind kind) {
    return states[t].at({town, kind});
  };
  EXPECT_EQ(state(0, "062049", v1::MEMBER_KIND_INSURER), v1::SLICE_STATE_PARTLY_PROTECTED);
  EXPECT_EQ(state(0, "", v1::MEMBER_KIND_INSURER), v1::SLICE_STATE_SHOWN);
  EXPECT_EQ(state(1, "062031", v1::MEMBER_KIND_INSURER), v1::SLICE_STATE_NOTHING);
}

TEST(Check, TellsWhatTheLayoutHasNotFromWhatIsProtected) {
  policy::rules::WithheldLevels withheld;
  withheld.Add(v1::WITHHELD_LEVEL_KIND_BY_MUNICIPALITY);
  withheld.Add(v1::WITHHELD_LEVEL_FIVE_YEAR_BANDS);
  const v1::CheckReleaseResponse response = Described(Protected(withheld));
  for (const v1::CheckedSlice& slice : response.table(0).slice()) {
    const bool crosses =
        !slice.municipality().empty() && slice.member_kind() != v1::MEMBER_KIND_UNSPECIFIED;
    EXPECT_EQ(slice.state(), crosses ? v1::SLICE_STATE_WITHHELD : v1::SLICE_STATE_SHOWN)
        << slice.ShortDebugString();
  }
  EXPECT_EQ(response.table(0).loss(), v1::LOSS_CLASS_BELOW_1);
  EXPECT_EQ(response.table(0).reason_size(), 0);
}

}  // namespace
}  // namespace renkei::hub::releases
