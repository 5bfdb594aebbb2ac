#include "tests/synth/table.h"

#include <map>
#include <tuple>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "policy/base/files.h"
#include "policy/base/status.h"

namespace renkei::tests::synth {
namespace {

constexpr absl::string_view kIndicators[kCountCount] = {
    "finding_waist", "finding_bmi", "finding_bp",   "finding_glu",          "finding_lipid",
    "q_smoke",       "mets_rate",   "premets_rate", "guidance_active_rate", "guidance_motiv_rate",
    "tier_medicated"};

// Share of examinees with a lipid finding, in per mille: falls with age in men, rises in women.
constexpr int kLipidPermille[2][kBandCount] = {{370, 360, 345, 320, 285, 250, 225},
                                               {90, 105, 125, 145, 160, 175, 185}};

struct Line {
  int n = 0;
  int low = 0;
  int high = 0;
  int k = -1;
};
using Key = std::tuple<std::string, std::string, std::string>;

absl::Status Bad(size_t line, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("table of counts, line ", line, ": ", what));
}

absl::StatusOr<std::map<Key, Line>> ParseLines(absl::string_view csv) {
  std::map<Key, Line> lines;
  size_t number = 0;
  for (absl::string_view text : absl::StrSplit(csv, '\n')) {
    if (++number == 1 || text.empty()) continue;
    const std::vector<std::string> f = absl::StrSplit(text, ',');
    if (f.size() != 9) return Bad(number, "expected 9 fields");
    Line line;
    if (!absl::SimpleAtoi(f[3], &line.n)) return Bad(number, "n is not a number");
    if (!f[5].empty() && !absl::SimpleAtoi(f[5], &line.low)) return Bad(number, "bad k_lo");
    if (!f[6].empty() && !absl::SimpleAtoi(f[6], &line.high)) return Bad(number, "bad k_hi");
    if (!f[7].empty() && !absl::SimpleAtoi(f[7], &line.k)) return Bad(number, "bad k");
    if (!lines.emplace(Key{f[0], f[1], f[2]}, line).second) return Bad(number, "row repeated");
  }
  return lines;
}

void SpreadLipid(Table* table) {
  const int target = (table->lipid_low + table->lipid_high) / 2;
  int64_t weight_sum = 0;
  const auto weight = [](const Cell& c) {
    return int64_t{c.examined} * kLipidPermille[c.sex == Sex::kMale ? 0 : 1][c.band];
  };
  for (const Cell& c : table->cells) weight_sum += weight(c);
  // Cumulative rounding keeps the sum exact.
  int64_t so_far = 0;
  int given = 0;
  for (Cell& c : table->cells) {
    so_far += weight(c);
    const int upto = static_cast<int>((2 * so_far * target + weight_sum) / (2 * weight_sum));
    c.counts[static_cast<int>(Count::kLipid)] = upto - given;
    given = upto;
  }
}

}  // namespace

absl::string_view IndicatorOf(Count count) { return kIndicators[static_cast<int>(count)]; }

const Cell& Table::At(Sex sex, int band) const {
  return cells[(sex == Sex::kMale ? 0 : kBandCount) + band];
}

absl::StatusOr<Table> ParseTable(absl::string_view csv) {
  RENKEI_ASSIGN_OR_RETURN(const auto lines, ParseLines(csv));
  const auto find = [&](const std::string& sex, const std::string& band,
                        absl::string_view indicator) -> absl::StatusOr<Line> {
    const auto it = lines.find(Key{sex, band, std::string(indicator)});
    if (it == lines.end()) {
      return absl::InvalidArgumentError(
          absl::StrCat("table of counts: no row ", sex, ",", band, ",", indicator));
    }
    return it->second;
  };
  Table table;
  for (const Sex sex : {Sex::kMale, Sex::kFemale}) {
    const std::string name = sex == Sex::kMale ? "male" : "female";
    Cell sum;
    for (int band = 0; band < kBandCount; ++band) {
      Cell cell{.sex = sex, .band = band};
      const std::string label = absl::StrCat(40 + 5 * band, "-", 44 + 5 * band);
      RENKEI_ASSIGN_OR_RETURN(const Line rate, find(name, label, "checkup_rate"));
      cell.eligible = rate.n;
      cell.examined = rate.k;
      sum.eligible += rate.n;
      sum.examined += rate.k;
      for (int c = 0; c < kCountCount; ++c) {
        if (c == static_cast<int>(Count::kLipid)) continue;
        RENKEI_ASSIGN_OR_RETURN(const Line line, find(name, label, kIndicators[c]));
        if (line.n != cell.examined || line.k < 0 || line.k > line.n) {
          return absl::InvalidArgumentError(absl::StrCat("table of counts: impossible row ", name,
                                                         ",", label, ",", kIndicators[c]));
        }
        cell.counts[c] = line.k;
        sum.counts[c] += line.k;
      }
      table.cells.push_back(cell);
    }
    for (int c = 0; c < kCountCount; ++c) {
      if (c == static_cast<int>(Count::kLipid)) continue;
      RENKEI_ASSIGN_OR_RETURN(const Line line, find(name, "subtotal", kIndicators[c]));
      if (line.k != sum.counts[c] || line.n != sum.examined) {
        return absl::InvalidArgumentError(absl::StrCat("table of counts: subtotal ", name, ",",
                                                       kIndicators[c], " is not the sum"));
      }
    }
  }
  RENKEI_ASSIGN_OR_RETURN(const Line lipid, find("both", "total", "finding_lipid"));
  table.lipid_low = lipid.low;
  table.lipid_high = lipid.high;
  SpreadLipid(&table);
  return table;
}

absl::StatusOr<Table> LoadTable(const std::string& path) {
  RENKEI_ASSIGN_OR_RETURN(const std::string text, policy::base::ReadFile(path, 1 << 20));
  return ParseTable(text);
}

}  // namespace renkei::tests::synth
