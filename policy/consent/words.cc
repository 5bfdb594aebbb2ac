#include "policy/consent/words.h"

#include "policy/base/clock.h"
#include "policy/base/fiscal_year.h"

namespace renkei::policy::consent {
namespace {

constexpr Word<EventType> kEvents[] = {
    {"given", "同意", EventType::kGiven},
    {"refused", "不同意", EventType::kRefused},
    {"renewed", "同意の更新", EventType::kRenewed},
    {"withdrawn", "撤回", EventType::kWithdrawn},
    {"opted_out", "利用停止の求め", EventType::kOptedOut},
    {"notice_given", "通知", EventType::kNoticeGiven},
    {"expired", "満了", EventType::kExpired},
    {"invalidated", "無効", EventType::kInvalidated},
    {"corrected", "訂正", EventType::kCorrected},
};
constexpr Word<v1::LegalBasis> kBases[] = {
    {"consent", "本人の同意", v1::LEGAL_BASIS_CONSENT},
    {"statute", "法令", v1::LEGAL_BASIS_STATUTE},
    {"opt_out_notice", "オプトアウト通知", v1::LEGAL_BASIS_OPT_OUT_NOTICE},
    {"joint_use", "共同利用", v1::LEGAL_BASIS_JOINT_USE},
    {"stat_69_2_4", "個人情報保護法69条2項4号（統計）", v1::LEGAL_BASIS_STAT_69_2_4},
    {"anon_processed", "匿名加工情報", v1::LEGAL_BASIS_ANON_PROCESSED},
};
constexpr Word<v1::Purpose> kPurposes[] = {
    {"regional_planning", "地域の計画", v1::PURPOSE_REGIONAL_PLANNING},
    {"council_indicator", "協議会の指標", v1::PURPOSE_COUNCIL_INDICATOR},
    {"quality_improvement", "質の改善", v1::PURPOSE_QUALITY_IMPROVEMENT},
    {"academic_study", "学術研究", v1::PURPOSE_ACADEMIC_STUDY},
    {"internal_dept_sharing", "庁内・社内の共有", v1::PURPOSE_INTERNAL_DEPT_SHARING},
};
constexpr Word<v1::DataCategory> kCategories[] = {
    {"exam_result", "健診結果", v1::DATA_CATEGORY_EXAM_RESULT},
    {"questionnaire", "問診", v1::DATA_CATEGORY_QUESTIONNAIRE},
    {"guidance", "保健指導", v1::DATA_CATEGORY_GUIDANCE},
    {"claims", "レセプト", v1::DATA_CATEGORY_CLAIMS},
    {"workplace_exam", "事業主健診", v1::DATA_CATEGORY_WORKPLACE_EXAM},
    {"absence", "休業", v1::DATA_CATEGORY_ABSENCE},
    {"stress_check_group", "ストレスチェック集団分析", v1::DATA_CATEGORY_STRESS_CHECK_GROUP},
};
constexpr Word<Grantor> kGrantors[] = {
    {"self", "本人", Grantor::kSelf},
    {"guardian", "親権者・未成年後見人", Grantor::kGuardian},
    {"adult_guardian", "成年後見人", Grantor::kAdultGuardian},
    {"poa", "代理人", Grantor::kPowerOfAttorney},
};

}  // namespace

template <>
std::span<const Word<EventType>> Words() {
  return kEvents;
}
template <>
std::span<const Word<Grantor>> Words() {
  return kGrantors;
}
template <>
std::span<const Word<v1::LegalBasis>> Words() {
  return kBases;
}
template <>
std::span<const Word<v1::Purpose>> Words() {
  return kPurposes;
}
template <>
std::span<const Word<v1::DataCategory>> Words() {
  return kCategories;
}

std::optional<absl::Time> ParseInstant(absl::string_view text) {
  if (const std::optional<absl::CivilDay> day = base::ParseDay(text)) {
    return absl::FromCivil(*day, base::Jst());
  }
  // absl accepts more than RFC 3339 does: infinite times and spaces.
  if (text.size() < 20 || text[4] != '-' || text[10] != 'T' || text.find(' ') != text.npos) {
    return std::nullopt;
  }
  if (!base::ParseDay(text.substr(0, 10))) return std::nullopt;
  absl::Time time;
  if (!absl::ParseTime(absl::RFC3339_full, text, &time, nullptr)) return std::nullopt;
  return time;
}

bool NamesText(absl::string_view text_ref) {
  const size_t at = text_ref.find('@');
  return at != text_ref.npos && at > 0 && at + 1 < text_ref.size();
}

}  // namespace renkei::policy::consent
