#include "tests/support/interval_attacker.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <map>

#include "Cbc_C_Interface.h"
#include "ClpSimplex.hpp"

namespace renkei::tests {
namespace {

constexpr double kTolerance = 1e-6;
constexpr size_t kMostSolutions = 1000;

[[noreturn]] void Fail(const char* what) {
  std::fprintf(stderr, "interval attacker: %s\n", what);
  std::abort();
}

double Lower(const Range& range) {
  return range.low <= -kEndless ? -COIN_DBL_MAX : static_cast<double>(range.low);
}
double Upper(const Range& range) {
  return range.high >= kEndless ? COIN_DBL_MAX : static_cast<double>(range.high);
}

}  // namespace

// Unknowns that sums connect.
class IntervalAttacker::Component {
 public:
  void AddUnknown(uint32_t unknown, const Range& range) {
    column_.emplace(unknown, static_cast<int>(ranges_.size()));
    ranges_.push_back(range);
  }
  void AddSum(const Evidence::Seen& seen) { sums_.push_back(seen); }

  void Suppose(uint32_t unknown, int64_t value) {
    if (model_ == nullptr) Build();
    const int column = column_.at(unknown);
    const auto known = static_cast<double>(value);
    model_->setColumnBounds(column, known, known);
    supposed_.push_back(column);
    std::erase_if(fitting_, [&](size_t s) {
      return std::abs(solutions_[s][static_cast<size_t>(column)] - known) > kTolerance;
    });
  }
  void SupposeNothing() {
    for (const int column : supposed_) {
      const Range& range = ranges_[static_cast<size_t>(column)];
      model_->setColumnBounds(column, Lower(range), Upper(range));
    }
    supposed_.clear();
    fitting_.clear();
    for (size_t s = 0; s < solutions_.size(); ++s) fitting_.push_back(s);
  }

  // The smallest value of a sum (sign 1), or the largest (-1).
  double Extreme(const UnknownSum& sum, double sign) {
    if (model_ == nullptr) Build();
    for (const auto& [unknown, coefficient] : sum) {
      model_->setObjectiveCoefficient(column_.at(unknown), sign * static_cast<double>(coefficient));
    }
    model_->primal();
    if (model_->status() == 2) {
      // Without end in this direction.
      Forget(sum);
      return sign > 0 ? -COIN_DBL_MAX : COIN_DBL_MAX;
    }
    if (model_->status() != 0) Fail("the evidence is that of no table");
    const double* solution = model_->primalColumnSolution();
    const std::vector<double> found(solution, solution + ranges_.size());
    Forget(sum);
    if (solutions_.size() < kMostSolutions) {
      fitting_.push_back(solutions_.size());
      solutions_.push_back(found);
    }
    return ValueIn(sum, found);
  }
  // The same over the solutions so far.
  double ExtremeSoFar(const UnknownSum& sum, double sign) const {
    double best = sign * COIN_DBL_MAX;
    for (const size_t s : fitting_) {
      best = sign * std::min(sign * best, sign * ValueIn(sum, solutions_[s]));
    }
    return best;
  }

  int64_t WholeExtreme(const UnknownSum& sum, int64_t sign) const {
    Cbc_Model* model = Cbc_newModel();
    std::map<int, double> cost;
    for (const auto& [unknown, coefficient] : sum) {
      cost[column_.at(unknown)] = static_cast<double>(sign * coefficient);
    }
    for (size_t c = 0; c < ranges_.size(); ++c) {
      Cbc_addCol(model, "", Lower(ranges_[c]), Upper(ranges_[c]), cost[static_cast<int>(c)],
                 /*isInteger=*/1, 0, nullptr, nullptr);
    }
    for (const Evidence::Seen& seen : sums_) {
      std::vector<int> columns;
      std::vector<double> coefficients;
      for (const auto& [unknown, coefficient] : seen.sum) {
        columns.push_back(column_.at(unknown));
        coefficients.push_back(static_cast<double>(coefficient));
      }
      const int terms = static_cast<int>(columns.size());
      Cbc_addRow(model, "", terms, columns.data(), coefficients.data(), 'G', Lower(seen.range));
      if (seen.range.high < kEndless) {
        Cbc_addRow(model, "", terms, columns.data(), coefficients.data(), 'L', Upper(seen.range));
      }
    }
    Cbc_setParameter(model, "logLevel", "0");
    Cbc_solve(model);
    if (Cbc_isProvenOptimal(model) == 0) Fail("no table of whole numbers is proven to be extreme");
    const double value = Cbc_getObjValue(model);
    Cbc_deleteModel(model);
    return sign * std::llround(value);
  }

 private:
  void Build() {
    model_ = std::make_unique<ClpSimplex>();
    model_->setLogLevel(0);
    for (const Range& range : ranges_) {
      model_->addColumn(0, nullptr, nullptr, Lower(range), Upper(range), 0);
    }
    for (const Evidence::Seen& seen : sums_) {
      std::vector<int> columns;
      std::vector<double> coefficients;
      for (const auto& [unknown, coefficient] : seen.sum) {
        columns.push_back(column_.at(unknown));
        coefficients.push_back(static_cast<double>(coefficient));
      }
      model_->addRow(static_cast<int>(columns.size()), columns.data(), coefficients.data(),
                     Lower(seen.range), Upper(seen.range));
    }
  }
  void Forget(const UnknownSum& sum) {
    for (const auto& [unknown, coefficient] : sum) {
      model_->setObjectiveCoefficient(column_.at(unknown), 0);
    }
  }
  double ValueIn(const UnknownSum& sum, const std::vector<double>& solution) const {
    double value = 0;
    for (const auto& [unknown, coefficient] : sum) {
      value +=
          static_cast<double>(coefficient) * solution[static_cast<size_t>(column_.at(unknown))];
    }
    return value;
  }

  std::map<uint32_t, int> column_;
  std::vector<Range> ranges_;
  std::vector<Evidence::Seen> sums_;
  std::unique_ptr<ClpSimplex> model_;
  std::vector<std::vector<double>> solutions_;
  std::vector<size_t> fitting_;  // those in which the supposed unknowns have their values
  std::vector<int> supposed_;    // columns
};

IntervalAttacker::IntervalAttacker(const Evidence& evidence)
    : open_(SolveLines(evidence)), component_of_(evidence.unknowns.size(), nullptr) {
  std::map<uint32_t, Component*> numbered;
  for (uint32_t u = 0; u < component_of_.size(); ++u) {
    if (open_.solved[u].has_value()) continue;
    Component*& component = numbered[open_.component[u]];
    if (component == nullptr) {
      components_.push_back(std::make_unique<Component>());
      component = components_.back().get();
    }
    component->AddUnknown(u, open_.ranges[u]);
    component_of_[u] = component;
  }
  for (const Evidence::Seen& seen : open_.sums) {
    component_of_[seen.sum.front().first]->AddSum(seen);
  }
}

IntervalAttacker::~IntervalAttacker() = default;

// Components do not know of each other: the extremes of a sum are those of its parts.
IntervalAttacker::Split IntervalAttacker::SplitOf(const UnknownSum& sum) {
  Split split;
  UnknownSum rest;
  split.constant = open_.SolvedPart(sum, &rest);
  std::map<Component*, UnknownSum> parts;
  for (const auto& term : rest) parts[component_of_[term.first]].push_back(term);
  split.parts = {parts.begin(), parts.end()};
  return split;
}

void IntervalAttacker::Suppose(const std::vector<std::pair<uint32_t, int64_t>>& known) {
  for (Component* component : supposed_) component->SupposeNothing();
  supposed_.clear();
  for (const auto& [unknown, value] : known) {
    Component* component = component_of_[unknown];
    if (component == nullptr) continue;
    component->Suppose(unknown, value);
    supposed_.push_back(component);
  }
}

Interval IntervalAttacker::Of(const UnknownSum& sum) {
  const Split split = SplitOf(sum);
  Interval interval{static_cast<double>(split.constant), static_cast<double>(split.constant)};
  for (const auto& [component, part] : split.parts) {
    interval.low += component->Extreme(part, 1);
    interval.high += component->Extreme(part, -1);
  }
  return interval;
}

bool IntervalAttacker::IsNarrow(const Target& target) {
  const Split split = SplitOf(target.sum);
  for (const double sign : {1.0, -1.0}) {
    const auto want = static_cast<double>(sign > 0 ? target.low : target.high);
    const auto reaches = [&](bool anew) {
      auto sum = static_cast<double>(split.constant);
      for (const auto& [component, part] : split.parts) {
        sum += anew ? component->Extreme(part, sign) : component->ExtremeSoFar(part, sign);
      }
      return sign * sum <= sign * want + kTolerance;
    };
    if (!reaches(/*anew=*/false) && !reaches(/*anew=*/true)) return true;
  }
  return false;
}

Range IntervalAttacker::WholeRangeOf(const UnknownSum& sum) {
  const Split split = SplitOf(sum);
  Range range{split.constant, split.constant};
  for (const auto& [component, part] : split.parts) {
    range.low += component->WholeExtreme(part, 1);
    range.high += component->WholeExtreme(part, -1);
  }
  return range;
}

}  // namespace renkei::tests
