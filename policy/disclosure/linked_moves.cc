#include "policy/disclosure/linked_moves.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

#include "policy/disclosure/echelon.h"
#include "policy/disclosure/movement_parts.h"
#include "policy/disclosure/movement_program.h"

namespace renkei::policy::disclosure {
namespace {

// Where a row would break, moving costs more.
constexpr double kDear = 4;
constexpr size_t kMostMeasures = 8;
constexpr uint32_t kPrices = 8;

double Positive(int64_t distance) { return static_cast<double>(std::max<int64_t>(distance, 0)); }

// All alike, or one of a few fixed disorders.
double CostOf(uint32_t column, uint32_t prices) {
  if (prices == 0) return 1;
  return 1 + (std::rotr(column * 2654435761u, static_cast<int>(3 * prices)) & 7u);
}

}  // namespace

// The tables of one measure.
class LinkedMoves::Program {
 public:
  Program(const MeasureIntervals& intervals, const std::vector<uint32_t>& cell_of)
      : intervals_(intervals),
        check_(intervals.system),
        inner_count_(cell_of.size()),
        column_of_(intervals.system.cells.size(), kNone) {
    for (uint32_t v = 0; v < cell_of.size(); ++v) {
      if (!intervals.hidden[cell_of[v]]) continue;
      column_of_[cell_of[v]] = static_cast<uint32_t>(inner_.size());
      inner_.push_back(v);
      cells_.push_back(cell_of[v]);
    }
    std::vector<Row> rows;
    for (const Sum& sum : intervals.system.sums) {
      parts_of_.emplace(sum.cell, &sum.parts);
      if (intervals.hidden[sum.cell]) continue;
      Row row = OverColumns(sum.parts);
      if (!row.empty()) rows.push_back(std::move(row));
    }
    std::stable_sort(rows.begin(), rows.end(),
                     [](const Row& l, const Row& r) { return l.size() < r.size(); });
    Echelon echelon(static_cast<uint32_t>(inner_.size()));
    std::vector<ProgramRow> independent;
    for (Row& row : rows) {
      if (!echelon.Add(row)) continue;
      independent.push_back(Doubled(row));
      rows_.push_back(std::move(row));
    }
    program_ = std::make_unique<MovementProgram>(2 * inner_.size(), independent);
  }

  // A cheap change within the ends, of the cell by so much where there is a need. At other costs
  // halves often vanish.
  std::optional<Change> Move(Ends ends, const Ends& cheap, const Need* need) {
    const Ends allowed = ends;
    const auto sum = need != nullptr ? parts_of_.find(need->cell) : parts_of_.end();
    const bool is_of_sum = sum != parts_of_.end();
    if (need != nullptr && !is_of_sum) {
      const uint32_t column = column_of_[need->cell];
      if (column == kNone) return std::nullopt;
      int64_t& low = ends.low[inner_[column]];
      int64_t& high = ends.high[inner_[column]];
      if (need->distance < low || need->distance > high) return std::nullopt;
      low = high = need->distance;
    }
    for (uint32_t i = 0; i < inner_.size(); ++i) {
      program_->SetBounds(2 * i, Positive(ends.low[inner_[i]]), Positive(ends.high[inner_[i]]));
      program_->SetBounds(2 * i + 1, Positive(-ends.high[inner_[i]]),
                          Positive(-ends.low[inner_[i]]));
    }
    for (uint32_t prices = 0; prices < kPrices; ++prices) {
      Price(prices, ends, cheap);
      const MovementProgram::Outcome outcome =
          is_of_sum ? program_->SolveDualWith(Doubled(OverColumns(*sum->second)),
                                              static_cast<double>(need->distance))
                    : program_->SolveDual();
      if (outcome != MovementProgram::Outcome::kOptimal) return std::nullopt;
      std::optional<Change> change = Whole(need != nullptr && !is_of_sum ? need : nullptr);
      if (change.has_value() && IsWithin(*change, allowed)) return change;
    }
    return std::nullopt;
  }

  // Lines of the tables whose sum is shown, over inner cells.
  std::vector<Row> Lines() const {
    std::vector<Row> lines = rows_;
    for (Row& line : lines) {
      for (Term& t : line) t.variable = inner_[t.variable];
    }
    return lines;
  }

  // With sums; empty: the tables do not allow it.
  Movement MovementOf(const Change& change) {
    Movement movement;
    for (uint32_t i = 0; i < inner_.size(); ++i) {
      if (change[inner_[i]] != 0) movement.push_back({cells_[i], change[inner_[i]]});
    }
    return check_.WholeOf(intervals_.hidden, movement);
  }

 private:
  void Price(uint32_t prices, const Ends& ends, const Ends& cheap) {
    for (uint32_t i = 0; i < inner_.size(); ++i) {
      const double cost = CostOf(i, prices);
      const uint32_t v = inner_[i];
      program_->SetCost(2 * i, cheap.high[v] < ends.high[v] ? kDear * cost : cost);
      program_->SetCost(2 * i + 1, cheap.low[v] > ends.low[v] ? kDear * cost : cost);
    }
  }

  // Of the last solution, in whole numbers: all that moves, or what the cell of a need moves with.
  std::optional<Change> Whole(const Need* need) const {
    const double* y = program_->solution();
    std::vector<double> moved(inner_.size());
    for (uint32_t i = 0; i < inner_.size(); ++i) moved[i] = y[2 * i] - y[2 * i + 1];
    Change change(inner_count_, 0);
    bool is_met = need == nullptr;
    size_t in_parts = 0;
    for (const Movement& part : IntegralParts(rows_, cells_, moved)) {
      const bool has_need =
          need != nullptr && std::any_of(part.begin(), part.end(),
                                         [&](const Step& step) { return step.cell == need->cell; });
      in_parts += part.size();
      if (need != nullptr && !has_need) continue;
      is_met = true;
      for (const Step& step : part) change[inner_[column_of_[step.cell]]] = step.delta;
    }
    const auto moving = static_cast<size_t>(std::count_if(
        moved.begin(), moved.end(), [](double m) { return std::abs(m) > kSolverZero; }));
    if (!is_met || (need == nullptr && in_parts != moving)) return std::nullopt;
    return change;
  }
  bool IsWithin(const Change& change, const Ends& ends) const {
    for (size_t v = 0; v < change.size(); ++v) {
      if (change[v] < ends.low[v] || change[v] > ends.high[v]) return false;
    }
    return true;
  }

  static constexpr uint32_t kNone = ~uint32_t{0};
  Row OverColumns(const Row& parts) const {
    Row row;
    for (const Term& t : parts) {
      if (column_of_[t.variable] != kNone) row.push_back({column_of_[t.variable], t.coefficient});
    }
    std::sort(row.begin(), row.end(),
              [](const Term& l, const Term& r) { return l.variable < r.variable; });
    return row;
  }
  static ProgramRow Doubled(const Row& row) {
    ProgramRow out;
    for (const Term& t : row) {
      out.columns.insert(out.columns.end(), {2 * t.variable, 2 * t.variable + 1});
      out.coefficients.push_back(t.coefficient);
      out.coefficients.push_back(-t.coefficient);
    }
    return out;
  }

  const MeasureIntervals& intervals_;
  MovementCheck check_;
  size_t inner_count_;
  std::vector<uint32_t> column_of_;  // by cell
  std::vector<uint32_t> inner_;      // by column
  std::vector<uint32_t> cells_;      // by column, ascending
  std::vector<Row> rows_;            // over columns
  std::map<uint32_t, const Row*> parts_of_;
  std::unique_ptr<MovementProgram> program_;
};

// Two measures of a row that adds up: by what others moved, the change of the one gives that of the
// other, so that one block of columns stands for both.
class LinkedMoves::PairProgram {
 public:
  // The second moves as the first does, or (`sign` -1) the other way round.
  PairProgram(const std::vector<Row>& first, const std::vector<Row>& second, int sign, size_t inner)
      : inner_(static_cast<uint32_t>(inner)), sign_(sign) {
    std::vector<ProgramRow> rows;
    const auto add = [&](const Row& line, int times, bool with_moved) {
      ProgramRow& row = rows.emplace_back();
      for (const Term& t : line) {
        row.columns.insert(row.columns.end(), {2 * t.variable, 2 * t.variable + 1});
        row.coefficients.push_back(times * t.coefficient);
        row.coefficients.push_back(-times * t.coefficient);
        if (!with_moved) continue;
        row.columns.push_back(2 * inner_ + t.variable);
        row.coefficients.push_back(t.coefficient);
      }
    };
    for (const Row& line : first) add(line, 1, false);
    for (const Row& line : second) add(line, sign, true);
    program_ = std::make_unique<MovementProgram>(3 * inner, rows);
  }

  // `moved`: how far the second must move when the first stands still. Gives the first's change.
  std::optional<Change> Move(const Ends& first, const Ends& second, const Change& moved) {
    for (uint32_t v = 0; v < inner_; ++v) {
      const int64_t low =
          std::max(first.low[v], sign_ > 0 ? second.low[v] - moved[v] : moved[v] - second.high[v]);
      const int64_t high =
          std::min(first.high[v], sign_ > 0 ? second.high[v] - moved[v] : moved[v] - second.low[v]);
      if (low > high) return std::nullopt;
      program_->SetBounds(2 * v, Positive(low), Positive(high));
      program_->SetBounds(2 * v + 1, Positive(-high), Positive(-low));
      const auto fixed = static_cast<double>(moved[v]);
      program_->SetBounds(2 * inner_ + v, fixed, fixed);
    }
    for (uint32_t prices = 0; prices < kPrices; ++prices) {
      for (uint32_t i = 0; i < 2 * inner_; ++i) program_->SetCost(i, CostOf(i / 2, prices));
      if (program_->SolveDual() != MovementProgram::Outcome::kOptimal) return std::nullopt;
      const double* y = program_->solution();
      Change change(inner_);
      bool is_whole = true;
      for (uint32_t v = 0; v < inner_ && is_whole; ++v) {
        const double by = y[2 * v] - y[2 * v + 1];
        change[v] = std::llround(by);
        is_whole = std::abs(by - static_cast<double>(change[v])) < kSolverZero;
      }
      if (is_whole) return change;
    }
    return std::nullopt;
  }

 private:
  uint32_t inner_;
  int sign_;
  std::unique_ptr<MovementProgram> program_;
};

LinkedMoves::LinkedMoves(const LinkedGroup& group, int geographies, const IntervalsOf& intervals)
    : group_(group), intervals_(intervals) {
  const Remainder everywhere{{}, Slice{}, kSexGroups.size() - 1, {kAgeGroups.size() - 1}};
  ForEachInner(everywhere, geographies,
               [&](int g, int k, int s, int b) { cell_of_.push_back(InnerCellOf(g, k, s, b)); });
}

LinkedMoves::~LinkedMoves() = default;

LinkedMoves::Program& LinkedMoves::ProgramOf(int measure) {
  std::unique_ptr<Program>& program = programs_[measure];
  if (program == nullptr) program = std::make_unique<Program>(intervals_.at(measure), cell_of_);
  return *program;
}

bool LinkedMoves::Meet(int measure, const Need& need) {
  moved_.clear();
  const std::optional<Ends> ends = EndsOf(measure, /*with_all=*/false, nullptr);
  const std::optional<Ends> cheap = EndsOf(measure, /*with_all=*/true, nullptr);
  if (!ends.has_value() || !cheap.has_value()) return false;
  std::optional<Change> change = ProgramOf(measure).Move(*ends, *cheap, &need);
  if (!change.has_value()) return false;
  moved_.emplace(measure, *std::move(change));
  for (const LinkedRow* broken = BrokenRow(); broken != nullptr; broken = BrokenRow()) {
    if (moved_.size() == kMostMeasures || !Mend(*broken)) return false;
  }
  return Holds(measure, need);
}

// What the parts have more than their total.
int64_t LinkedMoves::MovedParts(const LinkedRow& row, size_t v, int but) const {
  const auto moved = [&](int measure) {
    const auto at = moved_.find(measure);
    return measure == but || at == moved_.end() ? int64_t{0} : at->second[v];
  };
  int64_t more = row.total >= 0 ? -moved(row.total) : 0;
  for (const int part : row.parts) more += moved(part);
  return more;
}

const LinkedRow* LinkedMoves::BrokenRow() const {
  for (const LinkedRow& row : group_.rows) {
    for (size_t v = 0; v < row.rest.size(); ++v) {
      if (row.IsSilent(v)) continue;
      const int64_t more = MovedParts(row, v, /*but=*/-1);
      if (row.IsExact(v) ? more != 0 : more > row.rest[v]) return &row;
    }
  }
  return nullptr;
}

bool LinkedMoves::Mend(const LinkedRow& row) {
  std::vector<int> measures = row.measures();
  std::reverse(measures.begin(), measures.end());  // the total first
  for (const int measure : measures) {
    if (moved_.contains(measure)) continue;
    for (const bool with_all : {true, false}) {
      const std::optional<Ends> ends = EndsOf(measure, with_all, &row);
      if (!ends.has_value()) continue;
      std::optional<Change> change = ProgramOf(measure).Move(*ends, *ends, nullptr);
      if (!change.has_value()) continue;
      moved_.emplace(measure, *std::move(change));
      return true;
    }
  }
  return row.adds_up && MendByTwo(row, measures);
}

bool LinkedMoves::MendByTwo(const LinkedRow& row, const std::vector<int>& measures) {
  for (const int first : measures) {
    for (const int second : measures) {
      if (second == first || moved_.contains(first) || moved_.contains(second)) continue;
      // A part less, or a total more.
      const int times = second == row.total ? 1 : -1;
      const int sign = times * (first == row.total ? -1 : 1);
      Change moved;
      for (size_t v = 0; v < cell_of_.size(); ++v) {
        moved.push_back(times * MovedParts(row, v, /*but=*/-1));
      }
      const std::optional<Ends> of_first = EndsOf(first, /*with_all=*/false, nullptr);
      const std::optional<Ends> of_second = EndsOf(second, /*with_all=*/false, nullptr);
      if (!of_first.has_value() || !of_second.has_value()) continue;
      std::unique_ptr<PairProgram>& pair = pairs_[{first, second}];
      if (pair == nullptr) {
        pair = std::make_unique<PairProgram>(ProgramOf(first).Lines(), ProgramOf(second).Lines(),
                                             sign, cell_of_.size());
      }
      std::optional<Change> change = pair->Move(*of_first, *of_second, moved);
      if (!change.has_value()) continue;
      for (size_t v = 0; v < moved.size(); ++v) moved[v] += sign * (*change)[v];
      moved_.emplace(first, *std::move(change));
      moved_.emplace(second, std::move(moved));
      return true;
    }
  }
  return false;
}

std::optional<LinkedMoves::Ends> LinkedMoves::EndsOf(int measure, bool with_all,
                                                     const LinkedRow* mended) const {
  const MeasureIntervals& own = intervals_.at(measure);
  Ends ends;
  for (const uint32_t c : cell_of_) {
    const IntervalCell& cell = own.system.cells[c];
    ends.low.push_back(own.hidden[c] ? cell.floor - cell.value : 0);
    ends.high.push_back(own.hidden[c] ? cell.cap - cell.value : 0);
  }
  for (const LinkedRow& row : group_.rows) {
    const std::vector<int> measures = row.measures();
    if (std::find(measures.begin(), measures.end(), measure) == measures.end()) continue;
    const bool others_can = std::any_of(measures.begin(), measures.end(), [&](int other) {
      return other != measure && !moved_.contains(other);
    });
    if (!with_all && others_can && &row != mended) continue;
    for (size_t v = 0; v < row.rest.size(); ++v) {
      if (row.IsSilent(v)) continue;
      const int64_t more = MovedParts(row, v, measure);
      if (row.total == measure) {
        ends.low[v] = std::max(ends.low[v], more - row.rest[v]);
        if (row.IsExact(v)) ends.high[v] = std::min(ends.high[v], more);
      } else {
        ends.high[v] = std::min(ends.high[v], row.rest[v] - more);
        if (row.IsExact(v)) ends.low[v] = std::max(ends.low[v], -more);
      }
    }
  }
  for (size_t v = 0; v < ends.low.size(); ++v) {
    const bool is_hidden = own.hidden[cell_of_[v]];
    if (ends.low[v] > ends.high[v] || (!is_hidden && (ends.low[v] > 0 || ends.high[v] < 0))) {
      return std::nullopt;
    }
  }
  return ends;
}

// No row is broken; every table allows its part, and the need is met.
bool LinkedMoves::Holds(int measure, const Need& need) {
  for (const auto& [moved, change] : moved_) {
    const bool stands_still =
        std::all_of(change.begin(), change.end(), [](int64_t c) { return c == 0; });
    const Movement whole = ProgramOf(moved).MovementOf(change);
    if (whole.empty() && !stands_still) return false;
    if (moved != measure) continue;
    const bool is_met = std::any_of(whole.begin(), whole.end(), [&](const Step& step) {
      return step.cell == need.cell &&
             (need.distance > 0 ? step.delta >= need.distance : step.delta <= need.distance);
    });
    if (!is_met) return false;
  }
  return true;
}

}  // namespace renkei::policy::disclosure
