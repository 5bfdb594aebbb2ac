// A part of a cell system, cut out for a search of its own.
#include "policy/disclosure/system_part.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/unit/policy/disclosure/interval_reference.h"

namespace renkei::policy::disclosure {
namespace {

TEST(SystemParts, KeepWhatIsKnownOfTheirCellsAndLetTheRestStandStill) {
  CellSystem system = TotalAndParts({9, 5, 4});
  system.cells.emplace_back().value = 7;
  system.equations.push_back({{3, 1}, {0, 1}});
  const std::vector<Attacker> attackers = {{{KnownCell(0, 9)}},
                                           {{KnownCell(0, 9), KnownCell(2, 4)}}};
  SystemParts parts(system, attackers);
  for (int twice = 0; twice < 2; ++twice) {
    const SystemPart part = parts.Of({1, 2});
    ASSERT_EQ(part.system.cells.size(), 2u);
    EXPECT_EQ(part.system.cells[1].value, 4);
    EXPECT_EQ(part.system.equations, (std::vector<Row>{{{0, 1}, {1, 1}}}));
    ASSERT_EQ(part.attackers.size(), 1u);
    EXPECT_EQ(part.attackers[0].views, (std::vector<View>{KnownCell(1, 4)}));
  }
}

}  // namespace
}  // namespace renkei::policy::disclosure
