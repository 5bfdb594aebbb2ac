#include "tests/support/national_table.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "policy/base/bytes.h"
#include "policy/crypto/hash.h"
#include "tests/support/table_attackers.h"

namespace renkei::tests {
namespace {

using policy::disclosure::IntervalCell;
using policy::disclosure::Row;
using policy::disclosure::SystemCell;

constexpr int64_t kMinCell = 10;

struct Group {
  std::string name;
  std::vector<uint32_t> members;
  uint32_t level;
  uint32_t region = 0;  // of places: the prefecture, 47 for the nation
  double cost = 1;
};

uint64_t TieOf(const std::string& name, uint8_t key_byte) {
  const std::vector<uint8_t> key(32, key_byte);
  const policy::crypto::Digest prf = policy::crypto::HmacSha256(key, policy::base::AsBytes(name));
  uint64_t tie = 0;
  for (size_t i = 0; i < 8; ++i) tie = tie << 8 | prf[i];
  return tie;
}

// Costs of privacy 4.6, shaken by the sealed key so that nobody can replay the choice (A24).
double CostOf(const Group& place, int64_t x, uint64_t tie) {
  const double shaken = 1 + 0.1 * static_cast<double>(tie >> 11) / 9007199254740992.0;
  return place.cost * (1 + std::log(1 + static_cast<double>(x))) * shaken;
}

}  // namespace

NationalTable ReadNationalTable(const std::string& file, uint8_t key_byte, int64_t floor,
                                Knowledge knowledge, Shape shape) {
  return MakeTable(ReadTableCounts(file), key_byte, floor, knowledge, shape);
}

NationalTable MakeTable(const TableCounts& counts, uint8_t key_byte, int64_t floor,
                        Knowledge knowledge, Shape shape) {
  std::vector<Group> places;
  Group nation{"nation", {}, 0, static_cast<uint32_t>(counts.prefectures.size()), 100};
  uint32_t region = 0;
  std::vector<std::vector<uint32_t>> lines;  // of places: whole, then parts
  std::vector<uint32_t> nation_line;
  for (const auto& [name, members] : counts.prefectures) {
    const uint32_t prefecture = static_cast<uint32_t>(places.size());
    places.push_back({name, members, 1, region, 5});
    nation_line.push_back(prefecture);
    std::vector<uint32_t> line = {prefecture};
    for (const uint32_t area : members) {
      line.push_back(static_cast<uint32_t>(places.size()));
      places.push_back({counts.areas[area], {area}, 2, region, 1});
      nation.members.push_back(area);
    }
    lines.push_back(std::move(line));
    ++region;
  }
  if (counts.prefectures.size() > 1) {
    std::sort(nation.members.begin(), nation.members.end());
    nation_line.insert(nation_line.begin(), static_cast<uint32_t>(places.size()));
    lines.push_back(std::move(nation_line));
    places.push_back(nation);
  }
  const std::vector<Group> sexes = {{"both", {0, 1}, 0}, {"m", {0}, 1}, {"f", {1}, 1}};
  std::vector<Group> ages = {{"all", {}, 0}};
  for (uint32_t a = 0; a < counts.bands; ++a) ages[0].members.push_back(a);
  for (uint32_t a = 0; a < counts.bands; ++a) ages.push_back({absl::StrCat(40 + 5 * a), {a}, 1});
  const uint32_t under_65 = counts.bands_under_65;
  // A band that is a group by itself is printed once.
  const bool has_groups = shape == Shape::kFull && under_65 > 1 && counts.bands > under_65 + 1;
  if (has_groups) {
    ages.push_back({"40-64", {}, 1});
    ages.push_back({"65-74", {}, 1});
    for (uint32_t a = 0; a < counts.bands; ++a) {
      ages[counts.bands + (a < under_65 ? 1 : 2)].members.push_back(a);
    }
  }

  NationalTable table;
  table.linear.variables = static_cast<uint32_t>(counts.inner.size());
  for (const Group& place : places) {
    for (const Group& sex : sexes) {
      for (const Group& age : ages) {
        SystemCell cell;
        int64_t x = 0;
        int64_t n = 0;
        int64_t cells_without = 0;
        for (const uint32_t p : place.members) {
          for (const uint32_t s : sex.members) {
            for (const uint32_t a : age.members) {
              const uint32_t v = (p * 2 + s) * counts.bands + a;
              x += counts.inner[v];
              n += counts.persons[v];
              cells_without += counts.persons[v] > counts.inner[v];
              if (counts.inner[v] != 0) cell.row.push_back({v, 1});  // zeros are shown
            }
          }
        }
        std::sort(cell.row.begin(), cell.row.end(),
                  [](const auto& l, const auto& r) { return l.variable < r.variable; });
        const bool has_small_rest = shape == Shape::kFull && x < n && n - x < kMinCell;
        cell.primary = (x > 0 && x < kMinCell) || has_small_rest;
        cell.level = place.level + sex.level + age.level;
        cell.magnitude = policy::disclosure::LogClass(x);
        cell.tie = TieOf(absl::StrCat(place.name, "|", sex.name, "|", age.name), key_byte);

        IntervalCell interval;
        interval.value = x;
        interval.floor = std::min(floor, x);
        interval.need_low = interval.need_high = x;
        interval.is_protected = cell.primary;
        if (shape == Shape::kFull) interval.cap = x < n ? n - floor : n;
        if (x > 0 && x < kMinCell) {
          const int64_t inner_cells = static_cast<int64_t>(cell.row.size());
          interval.need_low =
              floor == 0 ? std::min<int64_t>(x, 1) : std::min(x, std::max<int64_t>(1, inner_cells));
          interval.need_high = std::min(kMinCell - 1, interval.cap);
        }
        if (has_small_rest) {
          const int64_t rest = n - x;
          interval.need_high =
              std::max(interval.need_high, n - std::min(rest, std::max<int64_t>(1, cells_without)));
          interval.need_low =
              std::min(interval.need_low, std::max(interval.floor, n - (kMinCell - 1)));
        }
        interval.may_hide = x > 0;
        interval.cost = CostOf(place, x, cell.tie);
        interval.region = place.region;
        table.cells.cells.push_back(interval);
        table.linear.cells.push_back(std::move(cell));
      }
    }
  }
  if (knowledge == Knowledge::kMembers || knowledge == Knowledge::kMembersAndSingletons) {
    AddMembers(counts, kMinCell, &table);
  }
  if (knowledge == Knowledge::kSingletons || knowledge == Knowledge::kMembersAndSingletons) {
    AddSingletons(counts, &table);
  }
  const uint32_t age_groups = static_cast<uint32_t>(ages.size());
  const auto index_of = [&](uint32_t place, uint32_t sex, uint32_t age) {
    return (place * 3 + sex) * age_groups + age;
  };
  for (uint32_t s = 0; s < 3; ++s) {
    for (uint32_t a = 0; a < age_groups; ++a) {
      for (const std::vector<uint32_t>& line : lines) {
        Row row;
        for (const uint32_t p : line) row.push_back({index_of(p, s, a), p == line[0] ? -1 : 1});
        table.cells.equations.push_back(std::move(row));
      }
    }
  }
  for (uint32_t p = 0; p < places.size(); ++p) {
    for (uint32_t a = 0; a < age_groups; ++a) {
      table.cells.equations.push_back(
          {{index_of(p, 0, a), -1}, {index_of(p, 1, a), 1}, {index_of(p, 2, a), 1}});
    }
    for (uint32_t s = 0; s < 3; ++s) {
      const auto add_ages = [&](uint32_t whole, uint32_t from, uint32_t to) {
        Row row = {{index_of(p, s, whole), -1}};
        for (uint32_t a = from; a <= to; ++a) row.push_back({index_of(p, s, a), 1});
        table.cells.equations.push_back(std::move(row));
      };
      if (has_groups) {
        add_ages(counts.bands + 1, 1, under_65);
        add_ages(counts.bands + 2, under_65 + 1, counts.bands);
        add_ages(0, counts.bands + 1, counts.bands + 2);
      } else {
        add_ages(0, 1, counts.bands);
      }
    }
  }
  return table;
}

}  // namespace renkei::tests
