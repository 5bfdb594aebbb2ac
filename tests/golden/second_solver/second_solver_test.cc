// Audit programs solved by CLP and by another program, GLPK's glpsol: both must reach as far (I11).
// A thousand with RENKEI_FULL=1 (`bash tests/run.sh --full`), else fifty. GLPK (GPL) runs as a
// process of its own and is linked into nothing.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "policy/disclosure/greedy.h"
#include "policy/disclosure/hidden_components.h"
#include "policy/disclosure/movement_program.h"
#include "tests/support/full_run.h"
#include "tests/support/national_table.h"

namespace renkei::policy::disclosure {
namespace {

using tests::Knowledge;
using tests::NationalTable;

// How far one cell of a component can move towards a need.
struct AuditProgram {
  std::vector<Row> rows;            // over positions in the component
  std::vector<IntervalCell> cells;  // of the component
  uint32_t target = 0;              // position
  int64_t distance = 0;             // never 0
  bool HasCap(size_t i) const { return cells[i].cap < kNoCap; }
  int64_t Lower(size_t i) const {
    const int64_t lower = cells[i].floor - cells[i].value;
    return i == target && distance < 0 ? std::max(lower, distance) : lower;
  }
  int64_t Upper(size_t i) const {
    const int64_t upper = HasCap(i) ? cells[i].cap - cells[i].value : kNoCap;
    return i == target && distance > 0 ? std::min(upper, distance) : upper;
  }
};

double ReachByClp(const AuditProgram& program) {
  MovementProgram clp(program.cells.size(), ProgramRowsOf(program.rows));
  for (uint32_t i = 0; i < program.cells.size(); ++i) {
    const int64_t upper = program.Upper(i);
    clp.SetBounds(i, static_cast<double>(program.Lower(i)),
                  upper >= kNoCap ? kInfinity : static_cast<double>(upper));
  }
  clp.SetCost(program.target, program.distance > 0 ? -1 : 1);
  EXPECT_EQ(clp.SolvePrimal(), MovementProgram::Outcome::kOptimal);
  return clp.solution()[program.target];
}

// In CPLEX's text form.
void Write(const AuditProgram& program, const std::string& path) {
  std::ofstream out(path);
  out << (program.distance > 0 ? "Maximize" : "Minimize") << "\n y" << program.target
      << "\nSubject To\n";
  for (size_t r = 0; r < program.rows.size(); ++r) {
    out << " r" << r << ":";
    for (const Term& t : program.rows[r]) {
      out << (t.coefficient < 0 ? " - " : " + ") << std::abs(t.coefficient) << " y" << t.variable;
    }
    out << " = 0\n";
  }
  out << "Bounds\n";
  for (size_t i = 0; i < program.cells.size(); ++i) {
    out << " y" << i << " >= " << program.Lower(i) << "\n";
    if (program.Upper(i) < kNoCap) out << " y" << i << " <= " << program.Upper(i) << "\n";
  }
  out << "End\n";
}

std::optional<double> ReachByGlpk(const AuditProgram& program, const std::string& folder) {
  const std::string lp = folder + "/audit.lp";
  const std::string answer = folder + "/answer.txt";
  Write(program, lp);
  std::filesystem::remove(answer);
  const std::string command = absl::StrCat("glpsol --lp ", lp, " --write ", answer, " >/dev/null");
  if (std::system(command.c_str()) != 0) return std::nullopt;
  // "s bas ROWS COLUMNS PRIMAL DUAL OBJECTIVE", f: feasible.
  std::ifstream in(answer);
  for (std::string word; in >> word;) {
    if (word != "s") {
      std::getline(in, word);
      continue;
    }
    std::string kind;
    std::string primal;
    std::string dual;
    int rows = 0;
    int columns = 0;
    double objective = 0;
    if (!(in >> kind >> rows >> columns >> primal >> dual >> objective)) return std::nullopt;
    if (kind != "bas" || primal != "f" || dual != "f") return std::nullopt;
    return objective;
  }
  return std::nullopt;
}

// One per end of each protected cell, of the pattern that the greedy step leaves.
std::vector<AuditProgram> AuditPrograms() {
  const NationalTable table = ReadNationalTable("disclosure_common.csv", 0, 1, Knowledge::kPublic);
  const std::vector<bool> hidden = SuppressGreedily(table.linear).hidden;
  std::vector<AuditProgram> programs;
  for (const HiddenComponent& component : ComponentsOf(table.cells, hidden).components) {
    AuditProgram program;
    for (const uint32_t c : component.cells) {
      program.cells.push_back(table.cells.cells[c]);
    }
    program.rows = component.rows;
    for (program.target = 0; program.target < program.cells.size(); ++program.target) {
      const IntervalCell& cell = program.cells[program.target];
      if (!cell.is_protected) continue;
      for (const int64_t end : {cell.need_low, cell.need_high}) {
        program.distance = end - cell.value;
        if (program.distance != 0) programs.push_back(program);
      }
    }
  }
  return programs;
}

TEST(SecondSolver, ReachesAsFarAsTheAuditsOwn) {
  const size_t wanted = tests::IsFullRun() ? 1000 : 50;
  const std::vector<AuditProgram> programs = AuditPrograms();
  ASSERT_GE(programs.size(), wanted);
  char folder[] = "/tmp/renkei_second_solver_XXXXXX";
  ASSERT_NE(mkdtemp(folder), nullptr);
  size_t narrow = 0;
  for (size_t i = 0; i < wanted; ++i) {
    const AuditProgram& program = programs[i * programs.size() / wanted];
    const double ours = ReachByClp(program);
    const std::optional<double> theirs = ReachByGlpk(program, folder);
    ASSERT_TRUE(theirs.has_value()) << "program " << i;
    EXPECT_NEAR(ours, *theirs, 0.5) << "program " << i;
    narrow += std::abs(*theirs) < std::abs(static_cast<double>(program.distance)) - 0.5;
  }
  std::filesystem::remove_all(folder);
  std::cout << wanted << " audit programs, " << narrow << " of them too narrow\n";
  EXPECT_GT(narrow, 0u);
  EXPECT_LT(narrow, wanted);
}

}  // namespace
}  // namespace renkei::policy::disclosure
