// What a council waits for: a release of five municipalities and nine members as `Protect` makes
// it, with the audits against the public, members and single persons, of twelve indicators: four
// alone, two pairs of a finding and a part of it, and a chain of four. Counts are drawn.
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "policy/disclosure/protect.h"
#include "policy/rules/policy_document.h"
#include "tests/bench/disclosure_run.h"
#include "tests/support/flags.h"

namespace renkei::tests::bench {
namespace {

using namespace policy::disclosure;  // NOLINT: the figures are about nothing else
namespace base = policy::base;
namespace rules = policy::rules;
namespace tables = policy::tables;

constexpr uint64_t kSeed = 1;
constexpr double kDeadline = 540;  // seconds, of the call that makes a release
constexpr const char* kMunicipalities[] = {"062031", "062049", "064262", "064289", "064611"};
constexpr int64_t kPersonsInHundred[] = {100, 80, 6, 18, 12};  // of the largest
// Of each indicator the one that it is a part of; -1: none.
constexpr int kTotals[] = {-1, -1, -1, -1, -1, 4, -1, 6, -1, 8, 9, 10};

class Council {
 public:
  Council() : random_(kSeed) {
    std::vector<tables::MeasureVersion> versions;
    for (size_t m = 0; m < std::size(kTotals); ++m) {
      versions.push_back({IdOf(m), 1});
      v1::Measure& measure = request_.measures.emplace_back();
      measure.set_id(IdOf(m));
      measure.set_version(1);
      if (kTotals[m] < 0) continue;
      v1::Relation& relation = request_.relations.emplace_back();
      relation.set_total(IdOf(static_cast<size_t>(kTotals[m])));
      relation.add_part(IdOf(m));
      relation.set_rest_unpublished(true);
    }
    request_.layout = std::make_shared<const tables::Layout>(
        *tables::Layout::Make("0604", base::FiscalYear(2011), versions,
                              {std::begin(kMunicipalities), std::end(kMunicipalities)}));
    request_.policy = rules::Policy::Default()->document();
    constexpr int kPlaces = static_cast<int>(std::size(kMunicipalities));
    for (int g = 0; g < kPlaces; ++g) {
      request_.population_persons[kMunicipalities[g]] = 1000 * kPersonsInHundred[g];
      AddMember(v1::MEMBER_KIND_MUNICIPALITY, g, g, 1);
    }
    AddMember(v1::MEMBER_KIND_INSURER, 0, kPlaces - 1, 1);
    AddMember(v1::MEMBER_KIND_INSURER, 0, kPlaces - 1, 6);
    AddMember(v1::MEMBER_KIND_WORKPLACE, 0, kPlaces - 1, 10);
    AddMember(v1::MEMBER_KIND_WORKPLACE, 0, kPlaces - 1, 13);
  }
  const ProtectRequest& request() const { return request_; }

 private:
  static std::string IdOf(size_t m) { return absl::StrCat("finding_", m); }

  // With persons in some of the municipalities, fewer by `share`.
  void AddMember(v1::MemberKind kind, int first, int last, int64_t share) {
    auto cube = std::make_shared<tables::Cube>(request_.layout);
    for (int g = first; g <= last; ++g) {
      for (int s = 0; s < tables::kSexes; ++s) {
        for (int b = 0; b < tables::kBands; ++b) {
          const int64_t n =
              (300 + static_cast<int64_t>(random_() % 500)) * kPersonsInHundred[g] / (100 * share);
          std::vector<int64_t> x;
          for (const int total : kTotals) {
            const int64_t of = total < 0 ? n : x[static_cast<size_t>(total)];
            x.push_back(Successes(of, total < 0 ? 100 + 20 * static_cast<uint64_t>(b) : 600));
            const int m = static_cast<int>(x.size()) - 1;
            cube->counts()[request_.layout->Index(m, g, s, b, 0)] = x.back();
            cube->counts()[request_.layout->Index(m, g, s, b, 1)] = n - x.back();
          }
        }
      }
    }
    PooledContribution member;
    member.member = base::MemberId(absl::StrCat("member/test/", request_.contributions.size()));
    member.kind = kind;
    member.cube = std::move(cube);
    member.allow_insurer_type_by_municipality = true;
    member.allow_member_level_display = true;
    request_.contributions.push_back(std::move(member));
  }
  // Of so many persons, each with the same chance.
  int64_t Successes(int64_t of, uint64_t in_thousand) {
    int64_t sum = 0;
    for (int64_t i = 0; i < of; ++i) sum += random_() % 1000 < in_thousand;
    return sum;
  }

  std::mt19937_64 random_;
  ProtectRequest request_;
};

}  // namespace

std::vector<Figure> DisclosureOfRelease() {
  Say("disclosure: a release of a council");
  const Council council;
  const double start = Seconds();
  const auto table = Protect(council.request(), std::vector<uint8_t>(32, 1));
  const double seconds = Seconds() - start;
  RequireEqual("disclosure_release: the release is made", table.ok());
  size_t shown = 0;
  size_t cells = 0;
  for (const ProtectedMeasure& measure : table->measures()) {
    for (const ProtectedCell& cell : measure.cells) {
      shown += cell.state == v1::CELL_STATE_PUBLISHED;
      ++cells;
    }
  }
  return {MakeFigure("disclosure_release", seconds, "s", absl::StrFormat("<=%.0f", kDeadline),
                     seconds <= kDeadline, "",
                     absl::StrFormat("5 municipalities, 9 members, 12 indicators of which 8 are "
                                     "linked, seed %d; %d of %d cells shown",
                                     kSeed, shown, cells))};
}

}  // namespace renkei::tests::bench
