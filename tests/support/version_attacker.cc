#include "tests/support/version_attacker.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <map>
#include <numeric>
#include <set>
#include <utility>

#include "ClpSimplex.hpp"
#include "CoinPackedMatrix.hpp"

namespace renkei::tests {
namespace {

using policy::disclosure::IntervalCell;
using policy::disclosure::Term;

// Coefficient of each unknown.
using Sum = std::map<uint32_t, double>;

struct ShownSum {
  Sum unknowns;
  double value = 0;
};

}  // namespace

class VersionAttacker::Reader {
 public:
  Reader(const std::vector<PublishedTable>& tables, uint32_t bands, int64_t floor)
      : tables_(tables), floor_(static_cast<double>(floor)) {
    NameUnknowns(bands);
    std::vector<ShownSum> shown;
    for (size_t t = 0; t < tables.size(); ++t) {
      for (uint32_t c = 0; c < tables[t].hidden.size(); ++c) {
        if (tables[t].hidden[c]) continue;
        shown.push_back({SumOf(t, c), static_cast<double>(tables[t].table->cells.cells[c].value)});
      }
    }
    SubstituteKnown(&shown);
    SubtractParts(&shown);
    SubstituteKnown(&shown);
    BuildPrograms(shown);
  }

  Sum SumOf(size_t version, uint32_t cell) const {
    Sum sum;
    for (const Term& t : tables_[version].table->linear.cells[cell].row) {
      sum[unknown_of_[version][t.variable]] += t.coefficient;
    }
    return sum;
  }

  ReaderInterval RangeOf(const Sum& sum) {
    ReaderInterval range;
    std::map<uint32_t, Sum> by_program;
    for (const auto& [unknown, coefficient] : sum) {
      if (coefficient == 0) continue;
      if (const auto known = known_.find(unknown); known != known_.end()) {
        range.low += coefficient * known->second;
        range.high += coefficient * known->second;
      } else {
        by_program[program_of_[unknown]][unknown] = coefficient;
      }
    }
    for (const auto& [program, part] : by_program) {
      range.low += Least(program, part, 1);
      range.high -= Least(program, part, -1);
    }
    return range;
  }

 private:
  void NameUnknowns(uint32_t bands) {
    for (size_t t = 0; t < tables_.size(); ++t) {
      const uint32_t inner = tables_[t].table->linear.variables;
      std::vector<bool> is_new(inner, t == 0);
      for (const uint32_t area : tables_[t].corrected_areas) {
        for (uint32_t i = 0; i < 2 * bands; ++i) is_new[area * 2 * bands + i] = true;
      }
      std::vector<uint32_t> of_version(inner);
      for (uint32_t v = 0; v < inner; ++v) {
        of_version[v] = is_new[v] ? unknowns_++ : unknown_of_.back()[v];
      }
      unknown_of_.push_back(std::move(of_version));
    }
  }

  void SubstituteKnown(std::vector<ShownSum>* shown) {
    for (bool found = true; found;) {
      found = false;
      for (ShownSum& sum : *shown) {
        std::erase_if(sum.unknowns, [&](const auto& term) {
          const auto known = known_.find(term.first);
          if (known == known_.end()) return false;
          sum.value -= term.second * known->second;
          return true;
        });
        if (sum.unknowns.size() != 1) continue;
        const auto& [unknown, coefficient] = *sum.unknowns.begin();
        known_[unknown] = sum.value / coefficient;
        found = true;
      }
    }
  }

  // Takes the largest shown parts off each sum, so that a total of shown totals connects nothing.
  static void SubtractParts(std::vector<ShownSum>* shown) {
    std::stable_sort(shown->begin(), shown->end(), [](const ShownSum& a, const ShownSum& b) {
      return a.unknowns.size() < b.unknowns.size();
    });
    const std::vector<ShownSum> whole = *shown;
    std::map<uint32_t, std::vector<size_t>> sums_with;
    for (size_t s = 0; s < whole.size(); ++s) {
      Sum& rest = (*shown)[s].unknowns;
      // Parts that overlap with what is left, the largest first.
      std::set<size_t, std::greater<>> parts;
      for (const auto& [unknown, coefficient] : rest) {
        parts.insert(sums_with[unknown].begin(), sums_with[unknown].end());
      }
      for (const size_t p : parts) {
        const Sum& part = whole[p].unknowns;
        const bool is_part = std::includes(rest.begin(), rest.end(), part.begin(), part.end());
        if (!is_part) continue;
        for (const auto& [unknown, coefficient] : part) rest.erase(unknown);
        (*shown)[s].value -= whole[p].value;
      }
      for (const auto& [unknown, coefficient] : whole[s].unknowns) sums_with[unknown].push_back(s);
    }
  }

  // Unknowns that no shown sum connects are in programs of their own.
  void BuildPrograms(const std::vector<ShownSum>& shown) {
    std::vector<uint32_t> root(unknowns_);
    std::iota(root.begin(), root.end(), 0u);
    const auto find = [&root](uint32_t u) {
      while (root[u] != u) u = root[u] = root[root[u]];
      return u;
    };
    for (const ShownSum& sum : shown) {
      for (const auto& [unknown, coefficient] : sum.unknowns) {
        root[find(unknown)] = find(sum.unknowns.begin()->first);
      }
    }
    std::map<uint32_t, uint32_t> program_of_root;
    std::vector<uint32_t> columns;
    std::vector<std::vector<const ShownSum*>> sums;
    program_of_.assign(unknowns_, kFree);
    column_of_.resize(unknowns_);
    for (const ShownSum& sum : shown) {
      if (sum.unknowns.empty()) continue;
      const uint32_t fresh = static_cast<uint32_t>(columns.size());
      const auto at = program_of_root.try_emplace(find(sum.unknowns.begin()->first), fresh);
      const uint32_t program = at.first->second;
      if (at.second) {
        columns.push_back(0);
        sums.emplace_back();
      }
      sums[program].push_back(&sum);
      for (const auto& [unknown, coefficient] : sum.unknowns) {
        if (program_of_[unknown] != kFree) continue;
        program_of_[unknown] = program;
        column_of_[unknown] = columns[program]++;
      }
    }
    for (size_t p = 0; p < columns.size(); ++p) programs_.push_back(Program(columns[p], sums[p]));
  }

  std::unique_ptr<ClpSimplex> Program(uint32_t columns, const std::vector<const ShownSum*>& sums) {
    std::vector<int> row_index;
    std::vector<int> column_index;
    std::vector<double> element;
    std::vector<double> value;
    for (const ShownSum* sum : sums) {
      for (const auto& [unknown, coefficient] : sum->unknowns) {
        row_index.push_back(static_cast<int>(value.size()));
        column_index.push_back(static_cast<int>(column_of_[unknown]));
        element.push_back(coefficient);
      }
      value.push_back(sum->value);
    }
    CoinPackedMatrix matrix(/*colordered=*/true, row_index.data(), column_index.data(),
                            element.data(), static_cast<CoinBigIndex>(element.size()));
    matrix.setDimensions(static_cast<int>(value.size()), static_cast<int>(columns));
    const std::vector<double> least(columns, floor_);
    const std::vector<double> most(columns, COIN_DBL_MAX);
    const std::vector<double> costs(columns, 0.0);
    auto program = std::make_unique<ClpSimplex>();
    program->setLogLevel(0);
    program->loadProblem(matrix, least.data(), most.data(), costs.data(), value.data(),
                         value.data());
    return program;
  }

  // The least of `sign` times the sum.
  double Least(uint32_t program, const Sum& sum, double sign) {
    if (program == kFree) {
      double least = 0;
      for (const auto& [unknown, coefficient] : sum) {
        if (sign * coefficient < 0) return -std::numeric_limits<double>::infinity();
        least += sign * coefficient * floor_;
      }
      return least;
    }
    ClpSimplex& model = *programs_[program];
    for (const auto& [unknown, coefficient] : sum) {
      model.setObjectiveCoefficient(static_cast<int>(column_of_[unknown]), sign * coefficient);
    }
    model.primal();
    const double least =
        model.status() == 0 ? model.objectiveValue() : -std::numeric_limits<double>::infinity();
    for (const auto& [unknown, coefficient] : sum) {
      model.setObjectiveCoefficient(static_cast<int>(column_of_[unknown]), 0);
    }
    return least;
  }

  const std::vector<PublishedTable> tables_;
  const double floor_;
  static constexpr uint32_t kFree = ~uint32_t{0};  // in no shown sum
  uint32_t unknowns_ = 0;
  std::vector<std::vector<uint32_t>> unknown_of_;  // version -> inner count
  std::map<uint32_t, double> known_;
  std::vector<uint32_t> program_of_;
  std::vector<uint32_t> column_of_;
  std::vector<std::unique_ptr<ClpSimplex>> programs_;
};

VersionAttacker::VersionAttacker(const std::vector<PublishedTable>& tables, uint32_t bands,
                                 int64_t floor)
    : reader_(std::make_unique<Reader>(tables, bands, floor)) {}

VersionAttacker::~VersionAttacker() = default;

ReaderInterval VersionAttacker::Of(size_t version, uint32_t cell) {
  return reader_->RangeOf(reader_->SumOf(version, cell));
}

ReaderInterval VersionAttacker::OfChange(size_t older, size_t newer, uint32_t cell) {
  Sum change = reader_->SumOf(newer, cell);
  for (const auto& [unknown, coefficient] : reader_->SumOf(older, cell)) {
    change[unknown] -= coefficient;
  }
  return reader_->RangeOf(change);
}

bool VersionAttacker::IsAsBefore(size_t version, uint32_t cell) const {
  return reader_->SumOf(version, cell) == reader_->SumOf(version - 1, cell);
}

Disclosed AttackVersions(const std::vector<PublishedTable>& tables, uint32_t bands, int64_t floor) {
  VersionAttacker attacker(tables, bands, floor);
  Disclosed disclosed;
  for (size_t t = 0; t < tables.size(); ++t) {
    for (uint32_t c = 0; c < tables[t].hidden.size(); ++c) {
      const IntervalCell& cell = tables[t].table->cells.cells[c];
      if (!cell.is_protected) continue;
      if (t > 0 && attacker.IsAsBefore(t, c)) continue;
      ++disclosed.primaries;
      const ReaderInterval range = attacker.Of(t, c);
      const bool reaches = range.low < static_cast<double>(cell.need_low) + 0.5 &&
                           range.high > static_cast<double>(cell.need_high) - 0.5;
      // Where nothing is asked but that it is not exact, the interval is its value.
      if (range.IsExact()) {
        ++disclosed.exact;
      } else if (!reaches) {
        ++disclosed.narrow;
      }
    }
  }
  return disclosed;
}

}  // namespace renkei::tests
