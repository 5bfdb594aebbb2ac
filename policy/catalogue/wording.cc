#include "policy/catalogue/wording.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "policy/catalogue/amount_rule.h"
#include "policy/catalogue/named_sources.h"

namespace renkei::policy::catalogue {
namespace {

class Words {
 public:
  Words(const Catalogue& catalogue, Language language)
      : catalogue_(catalogue), japanese_(language == Language::kJapanese) {}

  std::vector<std::string> lines;

  // From here on a named condition is no longer written out where it is referred to.
  void WriteNamesOnly() { names_only_ = true; }

  void Write(const v1::Condition& condition, int depth) {
    switch (condition.node_case()) {
      case v1::Condition::kCompare:
        return Line(depth, Comparison(condition.compare()));
      case v1::Condition::kCode:
        return Line(depth, Answer(condition.code()));
      case v1::Condition::kAll:
        return Parts(condition.all().of(), Say("次のすべて", "all of"), depth);
      case v1::Condition::kAny:
        return Parts(condition.any().of(), Say("次のいずれか", "any of"), depth);
      case v1::Condition::kAnyMeasured:
        return Parts(condition.any_measured().of(),
                     Say("測定されたもののいずれか", "any of what was measured"), depth);
      case v1::Condition::kFirstMeasured:
        return Parts(condition.first_measured().of(),
                     Say("最初に測定されたもの", "the first that was measured of"), depth);
      case v1::Condition::kAtLeast:
        return Parts(condition.at_least().of(),
                     absl::StrCat(Say("次のうち", "at least "), condition.at_least().count(),
                                  Say("つ以上", " of")),
                     depth);
      case v1::Condition::kNot:
        return Nested(condition.not_(), Say("次に当たらない", "not"), depth);
      case v1::Condition::kCertain:
        return Nested(condition.certain(), Say("確実に", "known to be so"), depth);
      case v1::Condition::kPrevious:
        return Nested(condition.previous(), Say("前年度に", "in the fiscal year before"), depth);
      case v1::Condition::kGuarded:
        Nested(condition.guarded().value(), Say("次の値", "the value"), depth);
        return Nested(condition.guarded().invalid_when(),
                      Say("ただし次の場合は不明とする", "but unknown where"), depth);
      case v1::Condition::kRef:
        return Named(condition.ref(), depth);
      case v1::Condition::kClass:
        return Line(depth, absl::StrCat(condition.class_().classification(),
                                        Say(" の区分が ", " gives class "),
                                        absl::StrJoin(condition.class_().is(), Say("、", ", "))));
      case v1::Condition::kAge:
        return Line(depth, absl::StrCat(Say("年度末年齢 ", "age at fiscal-year end "),
                                        condition.age().from(), Say("〜", " to "),
                                        condition.age().to(), Say("歳", "")));
      case v1::Condition::kFact:
        return Line(depth, Fact(condition.fact()));
      case v1::Condition::kSex:
        return Line(depth,
                    condition.sex() == v1::SEX_MALE ? Say("男性", "male") : Say("女性", "female"));
      case v1::Condition::kMeasured:
        return Line(depth,
                    absl::StrCat(Item(condition.measured()), Say(" の値がある", " has a value")));
      case v1::Condition::kAttendance:
        return Line(depth, Attendance(condition.attendance()));
      case v1::Condition::kAmount:
        return Line(depth, absl::StrCat(Amount(condition.amount().amount()),
                                        " >= ", condition.amount().at_least()));
      case v1::Condition::NODE_NOT_SET:
        break;
    }
  }

  std::string Say(const char* japanese, const char* english) const {
    return japanese_ ? japanese : english;
  }
  void Line(int depth, absl::string_view text) {
    lines.push_back(absl::StrCat(std::string(static_cast<size_t>(depth) * 2, ' '), text));
  }

  std::string Item(const std::string& item) const {
    const auto column = catalogue_.items().ColumnOf(item);
    if (!column.has_value() || !japanese_) return item;
    return absl::StrCat(catalogue_.items().columns()[static_cast<size_t>(*column)].name_ja, " (",
                        item, ")");
  }

  std::string Amount(const v1::Amount& amount) const {
    std::string text = Of(amount.of());
    std::vector<std::string> limits;
    for (const int type : amount.claim_type()) limits.push_back(ClaimType(type));
    if (amount.disease_code_size() != 0) {
      limits.push_back(absl::StrCat(Say("疾病分類 ", "disease class "),
                                    absl::StrJoin(amount.disease_code(), ", ")));
    }
    if (amount.month() != 0) {
      limits.push_back(absl::StrCat(Say("診療月 ", "month of service "), amount.month()));
    }
    for (const int cause : amount.cause()) {
      limits.push_back(
          absl::StrCat(Say("原因 ", "cause "),
                       v1::AbsenceCause_Name(static_cast<v1::AbsenceCause>(cause)).substr(14)));
    }
    if (amount.min_days() != 0) {
      limits.push_back(absl::StrCat(amount.min_days(), Say("日以上", " days and more")));
    }
    if (!limits.empty()) absl::StrAppend(&text, " (", absl::StrJoin(limits, Say("、", "; ")), ")");
    return text;
  }

 private:
  void Parts(const google::protobuf::RepeatedPtrField<v1::Condition>& parts,
             const std::string& head, int depth) {
    if (parts.size() == 1) return Write(parts[0], depth);
    Line(depth, absl::StrCat(head, Say("：", ":")));
    for (const v1::Condition& part : parts) Write(part, depth + 1);
  }
  void Nested(const v1::Condition& inner, const std::string& head, int depth) {
    Line(depth, absl::StrCat(head, Say("：", ":")));
    Write(inner, depth + 1);
  }
  void Named(const std::string& id, int depth) {
    Line(depth, absl::StrCat("[", id, "]"));
    if (names_only_) return;
    for (const v1::NamedCondition& named : catalogue_.definitions().condition()) {
      if (named.id() == id) Write(named.when(), depth + 1);
    }
  }

  std::string Comparison(const v1::Comparison& compare) const {
    const v1::Threshold* threshold = &compare.ge();
    const char* sign = ">=";
    if (compare.has_gt()) {
      threshold = &compare.gt();
      sign = ">";
    } else if (compare.has_le()) {
      threshold = &compare.le();
      sign = "<=";
    } else if (compare.has_lt()) {
      threshold = &compare.lt();
      sign = "<";
    }
    const std::string limit =
        !threshold->all().empty()
            ? threshold->all()
            : absl::StrCat(threshold->male(), Say("（男性）", " (male)"), " / ",
                           threshold->female(), Say("（女性）", " (female)"));
    return absl::StrCat(Item(compare.item()), " ", sign, " ", limit,
                        compare.unit().empty() ? "" : " ", compare.unit());
  }

  std::string Answer(const v1::CodeIn& code) const {
    std::vector<std::string> lists;
    for (const v1::CodeIn::List& list : code.list()) {
      if (list.not_applicable()) {
        lists.push_back(absl::StrCat(Say("コード表 ", "list "), list.oid(),
                                     Say(" の回答は不明とする", " says nothing")));
      } else {
        lists.push_back(absl::StrCat(Say("コード表 ", "code "),
                                     japanese_ ? absl::StrCat(list.oid(), " のコード ") : "",
                                     absl::StrJoin(list.code(), "/"),
                                     japanese_ ? "" : absl::StrCat(" of list ", list.oid())));
      }
    }
    return absl::StrCat(Item(code.item()), Say("：", ": "), absl::StrJoin(lists, Say("、", "; ")));
  }

  std::string Fact(v1::Fact fact) const {
    switch (fact) {
      case v1::FACT_ELIGIBLE:
        return Say("年度を通じて加入し、除外されていない",
                   "insured the whole fiscal year, not excluded");
      case v1::FACT_EXAMINED:
        return Say("年度内に健診を受けた", "examined in the fiscal year");
      case v1::FACT_GUIDANCE_STARTED:
        return Say("初回面接の日付がある", "guidance: first interview dated");
      case v1::FACT_GUIDANCE_COMPLETED:
        return Say("保健指導を終了した", "guidance completed");
      case v1::FACT_INSURED_APRIL_1:
        return Say("4月1日に加入している", "insured on 1 April");
      case v1::FACT_ON_ROSTER:
        return Say("年度内のいずれかの日に加入している", "insured at any time of the fiscal year");
      default:
        return Say("不明な事実", "unknown fact");
    }
  }

  std::string Attendance(const v1::AttendanceIn& attendance) const {
    const std::string what =
        attendance.fact() == v1::FACT_ELIGIBLE ? Say("対象", "eligible") : Say("受診", "examined");
    std::string text =
        japanese_ ? absl::StrCat(attendance.from_years_ago(), "〜", attendance.to_years_ago(),
                                 "年前のうち", what, "の年が", attendance.at_least(), "〜",
                                 attendance.at_most(), "回")
                  : absl::StrCat(what, " in ", attendance.at_least(), " to ", attendance.at_most(),
                                 " of the years ", attendance.from_years_ago(), " to ",
                                 attendance.to_years_ago(), " years ago");
    if (attendance.since_record()) {
      absl::StrAppend(&text, Say("（記録のある年のみ）", " (years on record only)"));
    }
    return text;
  }

  std::string Of(v1::AmountOf of) const {
    switch (of) {
      case v1::AMOUNT_OF_COST_YEN:
        return Say("医療費（円）", "cost in yen");
      case v1::AMOUNT_OF_CLAIMS:
        return Say("レセプト件数", "receipts");
      case v1::AMOUNT_OF_CLAIM_DAYS:
        return Say("診療実日数", "days of care");
      case v1::AMOUNT_OF_ABSENCE_EPISODES:
        return Say("休務件数", "absence episodes");
      case v1::AMOUNT_OF_ABSENCE_DAYS:
        return Say("休務日数", "days of absence");
      default:
        return Say("不明な量", "unknown amount");
    }
  }
  std::string ClaimType(int type) const {
    switch (type) {
      case v1::CLAIM_TYPE_INPATIENT:
        return Say("医科入院", "inpatient");
      case v1::CLAIM_TYPE_OUTPATIENT:
        return Say("医科外来", "outpatient");
      case v1::CLAIM_TYPE_DENTAL:
        return Say("歯科", "dental");
      default:
        return Say("調剤", "pharmacy");
    }
  }

  const Catalogue& catalogue_;
  const bool japanese_;
  bool names_only_ = false;
};

std::string Years(const v1::Measure& measure, const Words& words) {
  const std::string from =
      measure.from_fiscal_year() == 0 ? "" : absl::StrCat(measure.from_fiscal_year());
  const std::string to =
      measure.to_fiscal_year() == 0 ? "" : absl::StrCat(measure.to_fiscal_year());
  return absl::StrCat(words.Say("年度: ", "Fiscal years: "), from, words.Say("〜", " to "),
                      to.empty() ? words.Say("", "now") : to);
}

}  // namespace

std::vector<std::string> DescribeCondition(const v1::Condition& condition,
                                           const Catalogue& catalogue, Language language) {
  Words words(catalogue, language);
  words.Write(condition, 0);
  return std::move(words.lines);
}

std::vector<std::string> DescribeMeasure(const v1::Measure& measure, const Catalogue& catalogue,
                                         Language language) {
  Words words(catalogue, language);
  words.Line(0, absl::StrCat(measure.id(), "@", measure.version(), "  ",
                             words.Say(measure.name_ja().c_str(), measure.name_en().c_str())));
  words.Line(0, Years(measure, words));
  std::vector<std::string> reads;
  if (const v1::FamilyRule* family = catalogue.FindFamily(measure.family()); family != nullptr) {
    for (const int category : family->reads()) {
      reads.push_back(v1::DataCategory_Name(static_cast<v1::DataCategory>(category)).substr(14));
    }
  }
  words.Line(0, absl::StrCat(words.Say("同意の区分: ", "Needs permission for: "),
                             absl::StrJoin(reads, ", "), " (", measure.family(), ")"));
  words.Line(0, words.Say("対象者：", "Whom it counts:"));
  words.Write(measure.population(), 1);
  if (measure.has_magnitude()) {
    const v1::Magnitude& magnitude = measure.magnitude();
    words.Line(0, words.Say("合計するもの：", "What it sums:"));
    words.Line(1, magnitude.has_amount() ? words.Amount(magnitude.amount())
                                         : words.Item(magnitude.item()));
    if (magnitude.cap() != 0) {
      words.Line(1, absl::StrCat(words.Say("1人の上限 ", "at most, per person: "), magnitude.cap(),
                                 " ", magnitude.unit()));
    }
    if (magnitude.has_persons()) {
      words.Line(0, words.Say("割る人数：", "Persons that divide it:"));
      words.Write(magnitude.persons(), 1);
    }
  } else {
    words.Line(0, words.Say("該当（分かる人だけを分母に入れる）：",
                            "With the finding (only whoever is known enters n):"));
    words.Write(measure.numerator(), 1);
  }
  words.Line(0, absl::StrCat(words.Say("出典: ", "Source: "), measure.source()));
  // Whatever a classification reads stands here with its thresholds; each condition once.
  words.WriteNamesOnly();
  for (const NamedSource& named : SourcesOf(measure, catalogue)) {
    words.Line(1, absl::StrCat(named.id, words.Say("：", ": "), named.source));
    if (named.condition != nullptr) words.Write(named.condition->when(), 2);
  }
  if (!measure.note().empty()) {
    words.Line(0, absl::StrCat(words.Say("確度・注記: ", "Certainty, note: "), measure.note()));
  }
  return std::move(words.lines);
}

std::vector<std::string> DescribeDerived(const v1::DerivedIndicator& indicator, Language language) {
  const bool japanese = language == Language::kJapanese;
  std::string rule;
  switch (indicator.rule_case()) {
    case v1::DerivedIndicator::kDirectRate:
      rule = absl::StrCat(japanese ? "直接法、基準人口 " : "direct standardisation, weights ",
                          indicator.direct_rate().standard_population());
      break;
    case v1::DerivedIndicator::kStandardisedRatio:
      rule = japanese ? "間接法、Byarの95%区間" : "indirect standardisation, Byar's 95 % interval";
      break;
    case v1::DerivedIndicator::kDecline:
      rule = absl::StrCat(japanese ? "基準年度からの減少率、基準年度 "
                                   : "decline of the standardised rate since fiscal year ",
                          indicator.decline().base_fiscal_year());
      break;
    case v1::DerivedIndicator::RULE_NOT_SET:
      break;
  }
  return {absl::StrCat(indicator.id(), "@", indicator.version(), "  ",
                       japanese ? indicator.name_ja() : indicator.name_en()),
          absl::StrCat(japanese ? "ハブが公表値から計算する: "
                                : "Computed at the hub from released counts: ",
                       rule),
          absl::StrCat(japanese ? "入力: " : "Input: ",
                       indicator.input().empty()
                           ? (japanese ? "人数を数える指標" : "any measure that counts persons")
                           : absl::StrJoin(indicator.input(), ", ")),
          absl::StrCat(japanese ? "出典: " : "Source: ", indicator.source()),
          absl::StrCat(japanese ? "確度・注記: " : "Certainty, note: ", indicator.note())};
}

}  // namespace renkei::policy::catalogue
