#include "tests/bench/sql_of_measure.h"

#include <algorithm>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "policy/base/fiscal_year.h"

namespace renkei::tests::bench {
namespace {

using policy::catalogue::Catalogue;

class Translator {
 public:
  Translator(const Catalogue& catalogue, int fiscal_year)
      : catalogue_(catalogue),
        period_(policy::base::PeriodOf(policy::base::FiscalYear(fiscal_year))) {}

  // Columns that the conditions asked for so far read, one layer each, in the order of need.
  const std::vector<std::pair<std::string, std::string>>& layers() const { return layers_; }

  std::string Of(const v1::Condition& c) {
    switch (c.node_case()) {
      case v1::Condition::kCompare:
        return Compare(c.compare());
      case v1::Condition::kCode:
        return Code(c.code());
      case v1::Condition::kAll:
        return Join(c.all(), " AND ");
      case v1::Condition::kAny:
        return Join(c.any(), " OR ");
      case v1::Condition::kAnyMeasured: {
        std::vector<std::string> known, truth;
        for (const auto& part : c.any_measured().of()) {
          known.push_back(absl::StrCat(Of(part), " IS NULL"));
          truth.push_back(absl::StrCat("coalesce(", Of(part), ", false)"));
        }
        return absl::StrCat("(CASE WHEN ", absl::StrJoin(known, " AND "), " THEN NULL ELSE ",
                            absl::StrJoin(truth, " OR "), " END)");
      }
      case v1::Condition::kFirstMeasured: {
        std::vector<std::string> parts;
        for (const auto& part : c.first_measured().of()) parts.push_back(Of(part));
        return absl::StrCat("coalesce(", absl::StrJoin(parts, ", "), ")");
      }
      case v1::Condition::kNot:
        return absl::StrCat("(NOT ", Of(c.not_()), ")");
      case v1::Condition::kRef:
        return Named(c.ref());
      case v1::Condition::kClass:
        return Class(c.class_());
      case v1::Condition::kAtLeast: {
        std::vector<std::string> parts;
        for (const auto& part : c.at_least().of()) parts.push_back(absl::StrCat(Of(part), "::INT"));
        return absl::StrCat("((", absl::StrJoin(parts, " + "), ") >= ", c.at_least().count(), ")");
      }
      case v1::Condition::kAge:
        return absl::StrCat("(age BETWEEN ", c.age().from(), " AND ", c.age().to(), ")");
      case v1::Condition::kFact:
        return "true";  // everybody in the table was examined
      case v1::Condition::kMeasured:
        return absl::StrCat("(", c.measured(), " IS NOT NULL)");
      case v1::Condition::kCertain:
        return absl::StrCat("coalesce(", Of(c.certain()), ", false)");
      case v1::Condition::kGuarded:
        return absl::StrCat("(CASE WHEN ", Of(c.guarded().invalid_when()), " THEN NULL ELSE ",
                            Of(c.guarded().value()), " END)");
      case v1::Condition::kSex:
        return absl::StrCat("(sex = ", c.sex() == v1::SEX_MALE ? 1 : 2, ")");
      case v1::Condition::kPrevious:
      case v1::Condition::kAttendance:
      case v1::Condition::kAmount:
      case v1::Condition::NODE_NOT_SET:
        break;
    }
    std::abort();
  }

  // Counted in n where known, in k where true; unknown outside the population.
  std::string Of(const v1::Measure& measure) {
    if (!measure.has_population()) return Of(measure.numerator());
    return absl::StrCat("(CASE WHEN coalesce(", Of(measure.population()), ", false) THEN ",
                        Of(measure.numerator()), " END)");
  }

 private:
  std::string Compare(const v1::Comparison& c) const {
    const char* op = c.has_ge() ? ">=" : c.has_gt() ? ">" : c.has_le() ? "<=" : "<";
    const v1::Threshold& t = c.has_ge()   ? c.ge()
                             : c.has_gt() ? c.gt()
                             : c.has_le() ? c.le()
                                          : c.lt();
    if (!t.all().empty()) return absl::StrCat("(", c.item(), " ", op, " ", t.all(), ")");
    return absl::StrCat("(CASE WHEN sex = 1 THEN ", c.item(), " ", op, " ", t.male(), " ELSE ",
                        c.item(), " ", op, " ", t.female(), " END)");
  }

  std::string Code(const v1::CodeIn& c) const {
    const auto column = catalogue_.items().ColumnOf(c.item());
    const auto ordinal = catalogue_.items().ListOfPeriod(*column, period_);
    const auto& item = catalogue_.items().columns()[static_cast<size_t>(*column)];
    for (const auto& list : c.list()) {
      if (ordinal.has_value() && list.oid() == item.lists[static_cast<size_t>(*ordinal)].oid) {
        if (list.not_applicable()) return "NULL::BOOLEAN";
        return absl::StrCat("(", c.item(), " IN (", absl::StrJoin(list.code(), ", "), "))");
      }
    }
    return "NULL::BOOLEAN";
  }

  std::string Join(const v1::ConditionList& list, const char* word) {
    std::vector<std::string> parts;
    for (const auto& part : list.of()) parts.push_back(Of(part));
    return absl::StrCat("(", absl::StrJoin(parts, word), ")");
  }

  std::string Named(const std::string& id) {
    for (const auto& named : catalogue_.definitions().condition()) {
      if (named.id() != id) continue;
      return Layer("c_" + id, [&] { return Of(named.when()); });
    }
    std::abort();
  }

  // A column that is computed once, however often it is read.
  template <typename Expression>
  std::string Layer(const std::string& column, Expression expression) {
    for (const auto& layer : layers_) {
      if (layer.first == column) return column;
    }
    std::string sql = expression();
    layers_.emplace_back(column, std::move(sql));
    return column;
  }

  std::string Class(const v1::ClassIn& c) {
    const std::string column = Layer("k_" + c.classification(), [&] { return ClassNumber(c); });
    return absl::StrCat("(", column, " IN (", absl::StrJoin(c.is(), ", "), "))");
  }

  std::string ClassNumber(const v1::ClassIn& c) {
    for (const auto& table : catalogue_.definitions().classification()) {
      if (table.id() != c.classification()) continue;
      std::string sql = "(CASE";
      if (!table.coded_item().empty()) {
        absl::StrAppend(&sql, " WHEN ", table.coded_item(), " IS NOT NULL THEN ",
                        table.coded_item());
      }
      for (const auto& row : table.row()) {
        std::vector<std::string> parts;
        for (const auto& input : row.true_input()) parts.push_back(Named(input));
        for (const auto& input : row.false_input())
          parts.push_back(absl::StrCat("NOT ", Named(input)));
        if (row.has_count()) {
          std::vector<std::string> sum;
          for (const auto& input : row.count().of())
            sum.push_back(absl::StrCat(Named(input), "::INT"));
          parts.push_back(absl::StrCat(absl::StrJoin(sum, " + "), " >= ", row.count().at_least()));
        }
        if (parts.empty()) parts.push_back("true");
        absl::StrAppend(&sql, " WHEN ", absl::StrJoin(parts, " AND "), " THEN ", row.class_());
      }
      absl::StrAppend(&sql, " ELSE ", table.otherwise(), " END)");
      return sql;
    }
    std::abort();
  }

  const Catalogue& catalogue_;
  const int period_;
  std::vector<std::pair<std::string, std::string>> layers_;
};

bool IsCountable(const Catalogue& catalogue, const v1::Condition& c) {
  const auto all = [&catalogue](const auto& parts) {
    return std::all_of(parts.begin(), parts.end(), [&catalogue](const v1::Condition& part) {
      return IsCountable(catalogue, part);
    });
  };
  switch (c.node_case()) {
    case v1::Condition::kAll:
      return all(c.all().of());
    case v1::Condition::kAny:
      return all(c.any().of());
    case v1::Condition::kAnyMeasured:
      return all(c.any_measured().of());
    case v1::Condition::kFirstMeasured:
      return all(c.first_measured().of());
    case v1::Condition::kAtLeast:
      return all(c.at_least().of());
    case v1::Condition::kNot:
      return IsCountable(catalogue, c.not_());
    case v1::Condition::kCertain:
      return IsCountable(catalogue, c.certain());
    case v1::Condition::kGuarded:
      return IsCountable(catalogue, c.guarded().invalid_when()) &&
             IsCountable(catalogue, c.guarded().value());
    case v1::Condition::kRef:
      for (const auto& named : catalogue.definitions().condition()) {
        if (named.id() == c.ref()) return IsCountable(catalogue, named.when());
      }
      return false;
    case v1::Condition::kFact:
    case v1::Condition::kPrevious:
    case v1::Condition::kAttendance:
    case v1::Condition::kAmount:
    case v1::Condition::NODE_NOT_SET:
      return c.has_fact() && c.fact() == v1::FACT_EXAMINED;
    case v1::Condition::kCompare:
    case v1::Condition::kCode:
    case v1::Condition::kClass:
    case v1::Condition::kAge:
    case v1::Condition::kMeasured:
    case v1::Condition::kSex:
      return true;
  }
  return false;
}

}  // namespace

bool SqlCanCount(const Catalogue& catalogue, const v1::Measure& measure) {
  if (measure.family() != "checkup" || !measure.has_numerator() || measure.has_magnitude() ||
      measure.needs_guidance_file() || measure.needs_previous_guidance_file() ||
      measure.needs_claims_file() || measure.needs_absence_file()) {
    return false;
  }
  return IsCountable(catalogue, measure.numerator()) &&
         (!measure.has_population() || IsCountable(catalogue, measure.population()));
}

std::string SqlOfMeasures(const Catalogue& catalogue, const std::vector<std::string>& measures,
                          int fiscal_year) {
  Translator translator(catalogue, fiscal_year);
  std::string columns, counts;
  for (const std::string& id : measures) {
    absl::StrAppend(&columns, ",\n  ", translator.Of(*catalogue.FindMeasure(id)), " AS m_", id);
    absl::StrAppend(&counts, ", count(m_", id, "), count(*) FILTER (WHERE m_", id, ")");
  }
  std::string sql = absl::StrCat(
      "WITH l0 AS (SELECT * FROM (SELECT *, ", fiscal_year + 1,
      " - year(birth_date::DATE) - (month(birth_date::DATE) > 3)::INT AS age FROM exams) WHERE age "
      "BETWEEN 40 AND 74)");
  size_t layer = 0;
  for (const auto& [column, expression] : translator.layers()) {
    absl::StrAppend(&sql, ",\nl", layer + 1, " AS (SELECT *, ", expression, " AS ", column,
                    " FROM l", layer, ")");
    ++layer;
  }
  absl::StrAppend(&sql, ",\ne AS (SELECT sex, age", columns, "\nFROM l", layer,
                  ")\nSELECT sex - 1 AS s, (age - 40) // 5 AS b", counts);
  return absl::StrCat(sql, "\nFROM e GROUP BY s, b ORDER BY s, b");
}

}  // namespace renkei::tests::bench
