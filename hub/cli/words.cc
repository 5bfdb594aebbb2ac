#include "hub/cli/words.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "policy/base/clock.h"
#include "policy/base/fiscal_year.h"
#include "policy/base/printable.h"
#include "policy/crypto/spiffe.h"

namespace renkei::hub::cli {

absl::StatusOr<v1::MemberKind> MemberKindFromWord(absl::string_view word) {
  if (word == "municipality") return v1::MEMBER_KIND_MUNICIPALITY;
  if (word == "insurer") return v1::MEMBER_KIND_INSURER;
  if (word == "workplace") return v1::MEMBER_KIND_WORKPLACE;
  return absl::InvalidArgumentError("the member kind is municipality, insurer or workplace");
}

absl::StatusOr<v1::Role> RoleFromWord(absl::string_view word) {
  if (word == "secretariat") return v1::ROLE_SECRETARIAT;
  if (word == "auditor") return v1::ROLE_AUDITOR;
  if (word == "operator") return v1::ROLE_OPERATOR;
  return absl::InvalidArgumentError("the role of a bundle is secretariat, auditor or operator");
}

absl::StatusOr<v1::Purpose> PurposeFromWord(absl::string_view word) {
  for (int value = 1; v1::Purpose_IsValid(value); ++value) {
    const auto purpose = static_cast<v1::Purpose>(value);
    const std::string name = v1::Purpose_Name(purpose).substr(sizeof("PURPOSE_") - 1);
    if (absl::AsciiStrToLower(name) == word) return purpose;
  }
  return absl::InvalidArgumentError(
      "the purpose is regional_planning, council_indicator, quality_improvement, academic_study or "
      "internal_dept_sharing");
}

std::string KindWord(v1::MemberKind kind) {
  const absl::string_view word = policy::crypto::MemberKindWord(kind);
  return word.empty() ? "all" : std::string(word);
}

std::string KindText(v1::MemberKind kind, const Session& session) {
  switch (kind) {
    case v1::MEMBER_KIND_MUNICIPALITY:
      return std::string(session.Say("市町村", "municipality"));
    case v1::MEMBER_KIND_INSURER:
      return std::string(session.Say("保険者", "insurer"));
    case v1::MEMBER_KIND_WORKPLACE:
      return std::string(session.Say("職場", "workplace"));
    default:
      return std::string(session.Say("全体", "all"));
  }
}

std::string StateText(v1::RoundState state, const Session& session) {
  switch (state) {
    case v1::ROUND_STATE_OPEN:
      return std::string(session.Say("受付中", "open"));
    case v1::ROUND_STATE_CLOSED:
      return std::string(session.Say("締切済", "closed"));
    case v1::ROUND_STATE_RELEASED:
      return std::string(session.Say("公表済", "released"));
    case v1::ROUND_STATE_HELD:
      return std::string(session.Say("保留", "held"));
    case v1::ROUND_STATE_FAILED:
      return std::string(session.Say("不成立", "failed"));
    default:
      return "?";
  }
}

std::string StateText(v1::MemberState state, const Session& session) {
  switch (state) {
    case v1::MEMBER_STATE_INVITED:
      return std::string(session.Say("招待中", "invited"));
    case v1::MEMBER_STATE_ENROLLED:
      return std::string(session.Say("登録済", "enrolled"));
    case v1::MEMBER_STATE_REVOKED:
      return std::string(session.Say("失効", "revoked"));
    default:
      return "?";
  }
}

std::string StateText(v1::AgreementState state, const Session& session) {
  switch (state) {
    case v1::AGREEMENT_STATE_PROPOSED:
      return std::string(session.Say("提案中", "proposed"));
    case v1::AGREEMENT_STATE_ACTIVE:
      return std::string(session.Say("有効", "active"));
    case v1::AGREEMENT_STATE_SUPERSEDED:
      return std::string(session.Say("旧版", "superseded"));
    case v1::AGREEMENT_STATE_ENDED:
      return std::string(session.Say("終了", "ended"));
    default:
      return "?";
  }
}

std::string ReasonText(v1::TableReason reason, const Session& session) {
  switch (reason) {
    case v1::TABLE_REASON_SMALL_COUNTS:
      return std::string(session.Say("少数", "small counts"));
    case v1::TABLE_REASON_TOO_FEW_MEMBERS:
      return std::string(session.Say("団体数不足", "too few members"));
    case v1::TABLE_REASON_AGREEMENT:
      return std::string(session.Say("協定", "agreement"));
    case v1::TABLE_REASON_POPULATION:
      return std::string(session.Say("人口規模", "population"));
    default:
      return "?";
  }
}

std::string LossText(v1::LossClass loss) {
  switch (loss) {
    case v1::LOSS_CLASS_BELOW_1:
      return "< 1 %";
    case v1::LOSS_CLASS_1_5:
      return "1-5 %";
    case v1::LOSS_CLASS_5_20:
      return "5-20 %";
    case v1::LOSS_CLASS_ABOVE_20:
      return "> 20 %";
    default:
      return "?";
  }
}

std::string LevelText(v1::WithheldLevel level, const Session& session) {
  switch (level) {
    case v1::WITHHELD_LEVEL_KIND_BY_MUNICIPALITY:
      return std::string(session.Say("市町村ごとの団体種別", "member kinds by municipality"));
    case v1::WITHHELD_LEVEL_FIVE_YEAR_BANDS:
      return std::string(session.Say("5歳階級(40-64、65-74、40-74は残る)",
                                     "5-year age bands (40-64, 65-74 and 40-74 remain)"));
    case v1::WITHHELD_LEVEL_AGE_BANDS:
      return std::string(session.Say("年齢階級(40-74は残る)", "age bands (40-74 remains)"));
    case v1::WITHHELD_LEVEL_SEX:
      return std::string(session.Say("男女別", "sexes"));
    case v1::WITHHELD_LEVEL_MEMBER_KIND:
      return std::string(session.Say("団体種別", "member kinds"));
    case v1::WITHHELD_LEVEL_MUNICIPALITY:
      return std::string(
          session.Say("市町村別(圏域全体は残る)", "municipalities (the area remains)"));
    default:
      return "?";
  }
}

std::string RoundingText(v1::Rounding rounding, const Session& session) {
  switch (rounding) {
    case v1::ROUNDING_UNSPECIFIED:
      return "";
    case v1::ROUNDING_UP_10:
      return std::string(session.Say(
          "人数はすべて10人単位に切り上げています(合計とは一致しません)。値と信頼区間は切り上げ後の"
          "人数から計算しています。",
          "all counts are rounded up to the next multiple of 10, so parts do not add up; values "
          "and "
          "intervals are computed from the rounded counts"));
    case v1::ROUNDING_SMALL_COUNT:
      return std::string(session.Say(
          "少ない人数は0または公表できる人数に置き換えており、合計も置き換え後のものです"
          "(少数の欄が対象者なしとなることがあります)。"
          "値と信頼区間は置き換え後の人数から計算しています。",
          "small counts were changed to 0 or to what may be shown, and all sums with them, so that "
          "few may be shown as nobody; values and intervals are computed from the changed counts"));
    default:
      return std::string(session.Say("人数は丸められています。", "counts are rounded"));
  }
}

std::string ReplacesText(const v1::ReleaseHead& head, const Session& session) {
  if (head.replaces().empty()) return "";
  const std::string numbers = absl::StrJoin(head.replaces(), ", ");
  return session.Chosen() == Language::kJapanese ? absl::StrCat("公表 ", numbers, " を置き換える")
                                                 : absl::StrCat("replaces release ", numbers);
}

std::string GroupingText(absl::string_view name, const Session& session) {
  return absl::StrCat(session.Say("市町村の組", "grouping"), " ", policy::base::Printable(name));
}

std::string LaneText(const v1::ReleaseHead& head, const Session& session) {
  return std::string(head.with_noise() ? session.Say("ノイズ付き", "with noise") : "");
}

std::string RevisionText(const v1::ReleaseHead& head, const Session& session) {
  return std::string(head.under_revision() ? session.Say("訂正待ち", "correction pending") : "");
}

std::string InstantText(const google::protobuf::Timestamp& instant) {
  if (instant.seconds() == 0) return "";
  return absl::FormatTime("%Y-%m-%d %H:%M", absl::FromUnixSeconds(instant.seconds()),
                          policy::base::Jst());
}

absl::StatusOr<google::protobuf::Timestamp> ParseInstant(const std::string& text) {
  absl::Time time;
  std::string error;
  if (const auto day = policy::base::ParseDay(text); day.has_value()) {
    time = absl::FromCivil(*day, policy::base::Jst());
  } else if (!absl::ParseTime(absl::RFC3339_full, text, &time, &error)) {
    return absl::InvalidArgumentError(
        "an instant is written 2012-04-01 (00:00 JST) or 2012-04-01T00:00:00+09:00");
  }
  google::protobuf::Timestamp out;
  out.set_seconds(absl::ToUnixSeconds(time));
  return out;
}

std::string ShortHex(absl::string_view digest) {
  return absl::BytesToHexString(digest.substr(0, 6));
}

}  // namespace renkei::hub::cli
