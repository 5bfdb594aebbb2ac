#include "agents/app/agreement_words.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "policy/base/clock.h"
#include "policy/base/printable.h"
#include "policy/consent/basis.h"
#include "policy/consent/words.h"

namespace renkei::agents::app {
namespace consent = renkei::policy::consent;
namespace {

const char* GeographyWord(v1::FinestGeography geography, bool ja) {
  if (geography == v1::FINEST_GEOGRAPHY_AREA) return ja ? "圏域全体" : "whole area";
  return ja ? "市町村" : "municipality";
}

const char* AgeWord(v1::FinestAge age, bool ja) {
  switch (age) {
    case v1::FINEST_AGE_TWO_BANDS:
      return ja ? "40-64歳と65-74歳" : "ages 40-64 and 65-74";
    case v1::FINEST_AGE_ALL:
      return ja ? "40-74歳をまとめて" : "ages 40-74 together";
    default:
      return ja ? "5歳階級" : "5-year ages";
  }
}

const char* SideWord(v1::Role role, bool ja) {
  if (role == v1::ROLE_MEMBER_AGENT) return ja ? "この団体" : "this member";
  return ja ? "事務局" : "the secretariat";
}

const char* YesWord(bool yes, bool ja) {
  if (ja) return yes ? "可" : "不可";
  return yes ? "yes" : "no";
}

// A line for each thing that an agreement says.
class Lines {
 public:
  explicit Lines(bool japanese) : japanese_(japanese) {}
  void Add(const char* ja, const char* en, absl::string_view text) {
    if (japanese_) {
      absl::StrAppend(&out_, "  ", ja, "：", text, "\n");
    } else {
      absl::StrAppend(&out_, absl::StrFormat("  %-13s", en), text, "\n");
    }
  }
  const std::string& text() const { return out_; }

 private:
  bool japanese_;
  std::string out_;
};

std::string BasisText(const v1::DataUseAgreement::BasisLine& line, bool ja) {
  std::vector<absl::string_view> categories;
  for (const int c : line.category()) {
    categories.push_back(consent::WordOf(static_cast<v1::DataCategory>(c), ja));
  }
  const absl::string_view basis = consent::WordOf(line.basis(), ja);
  const std::string article = policy::base::Printable(line.article());
  if (ja) {
    return absl::StrCat(
        basis, "、対象: ", categories.empty() ? "すべての情報" : absl::StrJoin(categories, "、"),
        article.empty() ? "" : absl::StrCat("（", article, "）"));
  }
  return absl::StrCat(basis, " for ",
                      categories.empty() ? "all data" : absl::StrJoin(categories, ", "),
                      article.empty() ? "" : absl::StrCat(" (", article, ")"));
}

// Under which limits counts may be shown.
void AddLimits(const v1::DataUseAgreement& terms, bool ja, Lines* lines) {
  lines->Add("人数", "counts",
             terms.exact_inner_cells()
                 ? (ja ? "hub は市町村・性別・5歳階級ごとの正確な人数を受け取る。hub "
                         "の機械を運用する者は、それを読むことができる"
                       : "the hub receives exact counts per municipality, sex and 5-year age; "
                         "whoever operates the hub's machine could read them")
                 : (ja ? "正確な人数を出すことはできない。このエージェントは、この協定では集計"
                         "を送れない"
                       : "exact counts may NOT leave; this agent cannot contribute under it"));
  lines->Add("表示", "display",
             absl::StrCat(ja ? "市町村ごとの団体種別 " : "insurer kind by municipality: ",
                          YesWord(terms.allow_insurer_type_by_municipality(), ja),
                          ja ? "、この団体だけの表 " : "; this member's own tables: ",
                          YesWord(terms.allow_member_level_display(), ja)));
  lines->Add("最も細かい区分", "finest",
             absl::StrCat(GeographyWord(terms.finest_geography(), ja), ja ? "、" : ", ",
                          AgeWord(terms.finest_age(), ja)));
  if (!terms.council().empty()) {
    lines->Add("協議会", "councils", absl::StrJoin(terms.council(), ja ? "、" : ", "));
  }
  if (terms.min_cell_persons() > 0) {
    lines->Add("最小の人数", "min cell",
               absl::StrCat(terms.min_cell_persons(), ja ? "人" : " persons"));
  }
  if (terms.min_contributors() > 0) {
    lines->Add("最小の団体数", "min members", absl::StrCat(terms.min_contributors()));
  }
  if (terms.dominance_percent() > 0) {
    lines->Add("占有", "dominance",
               ja ? absl::StrCat("一つの団体は合計の ", terms.dominance_percent(), " % まで")
                  : absl::StrCat("no member more than ", terms.dominance_percent(), " % of a sum"));
  }
}

// Where the agent's own configuration says otherwise.
void AddNotes(const v1::DataUseAgreement& terms, const v1::AgentConfig& config, bool ja,
              Lines* lines) {
  const absl::StatusOr<consent::BasisTable> own = consent::BasisTable::FromConfig(config);
  const absl::StatusOr<consent::BasisTable> agreed = consent::BasisTable::FromAgreement(terms);
  if (!own.ok() || !agreed.ok()) return;
  for (size_t c = 1; c < consent::kCategoryCount; ++c) {
    const auto category = static_cast<v1::DataCategory>(c);
    if (own->Of(category) == agreed->Of(category)) continue;
    const absl::string_view word = consent::WordOf(category, ja);
    lines->Add(
        "注意", "note",
        ja ? absl::StrCat("このエージェントの設定では", word, "の根拠が異なる。本人の同意を求める")
           : absl::StrCat("this agent's configuration has another basis for ", word,
                          ": consent will be asked"));
  }
}

}  // namespace

std::string StateWords(const v1::AgreementRecord& record, bool ja) {
  switch (record.state()) {
    case v1::AGREEMENT_STATE_PROPOSED:
      if (record.has_member()) {
        return ja ? "この団体が提案、事務局は未署名"
                  : "proposed by this member, not signed by the secretariat";
      }
      return ja ? "提案中、この団体は未署名" : "proposed, not signed by this member";
    case v1::AGREEMENT_STATE_ACTIVE: {
      if (!record.has_ends_at()) return ja ? "有効" : "active";
      const std::string end =
          absl::FormatTime("%Y-%m-%d %H:%M JST", absl::FromUnixSeconds(record.ends_at().seconds()),
                           policy::base::Jst());
      const char* side = SideWord(record.notice_by(), ja);
      return ja ? absl::StrCat("有効、", end, " に終了（", side, "が通知）")
                : absl::StrCat("active until ", end, " (notice by ", side, ")");
    }
    case v1::AGREEMENT_STATE_SUPERSEDED:
      return ja ? "旧版" : "superseded";
    case v1::AGREEMENT_STATE_ENDED:
      if (record.has_notice_at()) return ja ? "終了" : "ended";
      return ja ? "取り下げ" : "taken back";
    default:
      return ja ? "不明" : "unknown";
  }
}

std::string Allowances(const v1::DataUseAgreement& terms, const v1::AgentConfig& config, bool ja) {
  const char* comma = ja ? "、" : ", ";
  Lines lines(ja);
  std::vector<absl::string_view> purposes;
  for (const int p : terms.purpose()) {
    purposes.push_back(consent::WordOf(static_cast<v1::Purpose>(p), ja));
  }
  lines.Add("利用目的", "use", absl::StrJoin(purposes, comma));
  const bool is_every = terms.indicator_size() == 1 && terms.indicator(0) == "*";
  lines.Add("指標", "indicators",
            absl::StrCat(absl::StrJoin(terms.indicator(), comma),
                         !is_every ? ""
                         : ja      ? "（カタログのすべての指標）"
                                   : " (every measure of the catalogue)"));
  lines.Add("圏域", "areas", absl::StrJoin(terms.area(), comma));
  lines.Add("データの年度", "data years",
            absl::StrCat(terms.first_fiscal_year(), ja ? " から " : " to ",
                         terms.last_fiscal_year(), ja ? " まで" : ""));
  lines.Add(
      "期間", "period",
      ja ? absl::StrCat(terms.valid_from(), " から ", terms.valid_to(), " の前日まで")
         : absl::StrCat("from ", terms.valid_from(), " until the day before ", terms.valid_to()));
  lines.Add("公表", "publication",
            terms.public_release() ? (ja ? "公開可" : "public")
                                   : (ja ? "協議会限り" : "members of the council only"));
  AddLimits(terms, ja, &lines);
  const bool stays = terms.withdrawal_effect() == v1::WITHDRAWAL_EFFECT_STOP_NEXT;
  lines.Add(
      "終了", "withdrawal",
      absl::StrCat(
          ja ? "通知の " : "", terms.notice_days(), ja ? " 日後。" : " days after the notice; ",
          stays ? (ja ? "それまでに受け付けられた集計は残る" : "what was accepted before stays")
                : (ja ? "それまでに公表されていない集計は除かれる"
                      : "what is not released by then is left out")));
  if (terms.has_duties()) {
    lines.Add("義務", "duties",
              ja ? "目的外に使わない、再識別しない、第三者に渡さない、証跡を残す"
                 : "no other use, no re-identification, no onward transfer, evidence is kept");
  }
  if (terms.basis().empty()) {
    lines.Add("根拠", "basis", ja ? "本人ごとの同意" : "consent of each person");
  }
  for (const v1::DataUseAgreement::BasisLine& line : terms.basis()) {
    lines.Add("根拠", "basis", BasisText(line, ja));
  }
  AddNotes(terms, config, ja, &lines);
  return absl::StrCat(ja ? "この協定が認めること\n" : "What it allows:\n", lines.text());
}

const char* NothingThereWords(bool is_one_named, bool ja) {
  if (is_one_named) {
    return ja ? "この --id と --version の協定は、この団体にはありません。`agreement show` "
                "ですべて表示します"
              : "no agreement of this member has this --id and --version; `agreement show` lists "
                "all";
  }
  return ja ? "この団体の協定はまだありません（どちらの側からも提案がありません）"
            : "this member has no agreement yet, proposed by either side";
}

const char* NothingToSignWords(bool ja) {
  return ja ? "署名するものはありません。事務局の提案がありません"
              "（この団体の提案には、事務局が署名します）"
            : "nothing to sign: no proposal of the secretariat is open (what this member proposed, "
              "the secretariat signs)";
}

const char* NoticeWasGivenWords(bool ja) {
  return ja ? "終了はすでに通知されています。もう一度通知しても、終了の日は変わりません"
            : "nothing to do: notice was given; a second one does not move the end";
}

std::string SignedWords(const v1::AgreementRecord& record, bool ja) {
  return absl::StrCat(ja ? "署名しました。協定の状態: " : "signed; the agreement is ",
                      StateWords(record, ja));
}

const char* SignQuestion(bool ja) {
  return ja ? "団体としてこの協定に署名しますか？" : "Sign this agreement for the member?";
}

const char* ProposeQuestion(bool ja) {
  return ja ? "団体としてこの協定に署名し、提案しますか？"
            : "Sign this agreement for the member and propose it?";
}

std::string WithdrawQuestion(const v1::AgreementRecord& record, uint32_t notice_days, bool ja) {
  if (record.state() == v1::AGREEMENT_STATE_PROPOSED) {
    if (ja) {
      return absl::StrCat("この提案を", record.has_member() ? "取り下げ" : "断り",
                          "ますか？ただちに終了します。");
    }
    return absl::StrCat(record.has_member() ? "Take back" : "Decline",
                        " this proposal? It ends at once.");
  }
  return ja ? absl::StrCat("団体として協定の終了を通知しますか？協定は今から ", notice_days,
                           " 日後に終了します。通知は取り消せません。")
            : absl::StrCat("Give notice that the member withdraws? The agreement ends ",
                           notice_days, " days from now; a notice cannot be taken back.");
}

}  // namespace renkei::agents::app
