// The three forms of a preview: a table for the terminal, CSV, JSON.
#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "agents/contribute/preview.h"
#include "nlohmann/json.hpp"
#include "policy/base/clock.h"
#include "policy/consent/words.h"
#include "policy/tables/rates.h"

namespace renkei::agents::contribute {

namespace base = renkei::policy::base;
namespace tables = renkei::policy::tables;

namespace {

std::string Lower(absl::string_view enum_name, absl::string_view prefix) {
  absl::ConsumePrefix(&enum_name, prefix);
  return absl::AsciiStrToLower(enum_name);
}

std::string KindWord(v1::MemberKind kind) {
  return Lower(v1::MemberKind_Name(kind), "MEMBER_KIND_");
}

std::string TimeText(const google::protobuf::Timestamp& timestamp) {
  const absl::Time time =
      absl::FromUnixSeconds(timestamp.seconds()) + absl::Nanoseconds(timestamp.nanos());
  return absl::FormatTime("%Y-%m-%d %H:%M:%S JST", time, base::Jst());
}

std::string CoarseText(const v1::CoarseCount& count, bool ja) {
  return count.below_ten() ? "<10" : absl::StrCat(ja ? "約 " : "about ", count.rounded_to_ten());
}

std::string ValueText(const PreviewRow& row) {
  if (!row.collected) return "";
  if (row.structurally_empty && row.numerator == 0) return "―";
  return row.value_tenths.has_value() ? tables::FormatTenths(*row.value_tenths) : "―";
}

std::string MarkWord(const PreviewRow& row) {
  if (!row.collected) return "not_collected";
  return row.never_as_is ? "never_as_is" : "";
}

// The dash is one column wide but three bytes long.
std::string PadLeft(const std::string& text, size_t columns) {
  const size_t width = text == "―" ? 1 : text.size();
  return width >= columns ? text : std::string(columns - width, ' ') + text;
}

std::string CoverageText(const v1::ConsentCoverage& coverage, bool ja) {
  return absl::StrCat(ja ? "対象 " : "eligible ", CoarseText(coverage.eligible(), ja),
                      ja ? "、集計に含む " : ", included ", CoarseText(coverage.included(), ja),
                      ja ? "、不同意 " : ", refused ", CoarseText(coverage.excluded_denied(), ja),
                      ja ? "、同意なし " : ", without consent ",
                      CoarseText(coverage.excluded_absent(), ja));
}

std::string Head(const Preview& preview, bool ja) {
  const v1::ContributionStatement& s = preview.statement;
  std::string out =
      ja ? absl::StrCat("出ていくもの：署名された文書一つ、", preview.payload_bytes,
                        " バイト（封筒 ", preview.envelope_bytes, " バイト）、SHA-256\n  ")
         : absl::StrCat("What would leave: one signed statement of ", preview.payload_bytes,
                        " bytes (envelope ", preview.envelope_bytes, " bytes), SHA-256\n  ");
  absl::StrAppend(&out, policy::crypto::ToHex(preview.payload_sha256), "\n");
  if (!s.has_consent_checkpoint()) {
    absl::StrAppend(&out,
                    ja ? "  送るときに同意台帳のチェックポイントが加わる：時刻、バイト数、SHA-256 "
                         "は変わり、人数は変わらない\n"
                       : "  when it is sent, the head of the consent ledger is added: time, bytes "
                         "and SHA-256 change, no count does\n");
  }
  // Labels of 14 columns.
  const auto line = [&](const char* in_japanese, const char* in_english, const std::string& text) {
    absl::StrAppend(&out, "  ", ja ? in_japanese : in_english, text, "\n");
  };
  line("送り主        ", "from          ", s.iss());
  line("宛先          ", "to            ", s.aud());
  line(
      "要求          ", "request       ",
      absl::StrCat(s.request_id(), ja ? "  改訂 " : "  revision ", s.revision(),
                   s.supersedes().empty()
                       ? ""
                       : absl::StrCat(ja ? "  置き換える要求 " : "  supersedes ", s.supersedes())));
  line("ラウンド      ", "round         ",
       absl::StrCat(s.round_id(), ja ? "  年度 " : "  fiscal year ", preview.fiscal_year,
                    ja ? "  圏域 " : "  area ", preview.area_name, ja ? "  目的 " : "  purpose ",
                    policy::consent::WordOf(preview.purpose, ja)));
  line("協定          ", "agreement     ",
       absl::StrCat(s.dua_id(), ja ? " 版 " : " version ", s.dua_version()));
  line("発行          ", "issued        ",
       absl::StrCat(TimeText(s.issued_at()), ja ? "、期限 " : ", not after ",
                    TimeText(s.not_after())));
  line(
      "保険者番号    ", "insurers      ",
      s.insurer_number().empty() ? (ja ? "なし" : "none") : absl::StrJoin(s.insurer_number(), " "));
  line("対象者        ", "coverage      ", CoverageText(s.coverage(), ja));
  line("人数          ", "counts        ",
       ja ? absl::StrCat(s.count_size(), " 個の内側の区分。下の合計と率は読むためのもの")
          : absl::StrCat(s.count_size(), " inner cells; sums and rates below are for reading"));
  return out;
}

std::string PlaceText(const std::string& municipality, const policy::catalogue::AreaTable& areas,
                      bool ja) {
  if (municipality == "area") return ja ? "圏域全体" : "whole area";
  if (municipality == "unknown") return ja ? "居住地不明" : "residence unknown";
  const auto known = areas.MunicipalityName(municipality);
  return known.has_value() ? absl::StrCat(municipality, " ", *known) : municipality;
}

// Of six columns.
std::string SexText(const std::string& sex, bool ja) {
  if (!ja || sex.empty()) return absl::StrFormat("%-6s", sex);
  return sex == "male" ? "男    " : sex == "female" ? "女    " : "計    ";
}

// What no reader will see, under the table.
std::string Limits(const Preview& preview, bool any_mark, bool ja) {
  std::string out;
  if (any_mark) {
    const uint32_t most = preview.threshold - 1;
    absl::StrAppend(
        &out, ja ? absl::StrCat("\n* このままでは公表されない：該当する人か、しない人が 1 から ",
                                most, " 人。読み手には秘匿と示される。\n")
                 : absl::StrCat("\n* never shown as is: the cell holds 1 to ", most,
                                " persons with or without the finding. Readers see a protected "
                                "cell.\n"));
  }
  for (const v1::PolicyDocument::PopulationBand& band : preview.policy.population_band()) {
    const uint32_t most = band.min_cell_persons() - 1;
    if (ja) {
      absl::StrAppend(&out, "人口 ", band.below_persons(), " 人未満の市町村：",
                      band.hide() ? std::string("人数は公表されない")
                                  : absl::StrCat("1 から ", most, " 人の人数は公表されない"),
                      "。\n");
    } else {
      absl::StrAppend(&out, "Municipalities of fewer than ", band.below_persons(), " people: ",
                      band.hide() ? std::string("no counts are shown")
                                  : absl::StrCat("no count of 1 to ", most, " persons is shown"),
                      ".\n");
    }
  }
  absl::StrAppend(&out,
                  ja ? "これらが計算で求められないように、hub はほかの値も秘匿することがある。\n"
                     : "The hub may protect further cells, so that none of these can be worked "
                       "out.\n");
  return out;
}

nlohmann::ordered_json CoarseJson(const v1::CoarseCount& count) {
  if (count.below_ten()) return "<10";
  return count.rounded_to_ten();
}

nlohmann::ordered_json RowJson(const PreviewRow& row) {
  nlohmann::ordered_json out = {{"municipality", row.municipality},
                                {"indicator", row.indicator},
                                {"sex", row.sex},
                                {"age_band", row.age_band}};
  if (row.collected) {
    out["numerator"] = row.numerator;
    out["denominator"] = row.denominator;
    if (row.value_tenths.has_value() && !row.structurally_empty) {
      out["value"] = static_cast<double>(*row.value_tenths) / 10.0;
    }
  }
  out["leaves"] = row.leaves;
  out["mark"] = MarkWord(row);
  return out;
}

}  // namespace

std::string RenderPreviewTable(const Preview& preview, const policy::catalogue::AreaTable& areas,
                               bool japanese) {
  std::string out = Head(preview, japanese);
  bool any_mark = false;
  std::string place;
  std::string indicator;
  std::string sex;
  for (const PreviewRow& row : preview.rows) {
    if (row.indicator != indicator || row.municipality != place) {
      const auto facts = std::find_if(
          preview.indicators.begin(), preview.indicators.end(),
          [&](const PreviewIndicator& candidate) { return candidate.id == row.indicator; });
      absl::StrAppend(&out, "\n", row.indicator, "  ", facts->name_ja, "  ", facts->name_en, "  | ",
                      PlaceText(row.municipality, areas, japanese), "\n");
      if (!row.collected) {
        absl::StrAppend(&out, japanese ? "  未収集：必要なデータが届いていない\n"
                                       : "  not collected: nothing was delivered that it needs\n");
      } else {
        absl::StrAppend(&out, japanese ? "  性別    年齢          n         k      率 %\n"
                                       : "  sex     age           n         k    rate %\n");
      }
      indicator = row.indicator;
      place = row.municipality;
      sex.clear();
    }
    if (!row.collected) continue;
    absl::StrAppend(&out, "  ", SexText(row.sex == sex ? "" : row.sex, japanese),
                    absl::StrFormat("  %-5s", row.age_band),
                    PadLeft(absl::StrCat(row.denominator), 10),
                    PadLeft(absl::StrCat(row.numerator), 10), PadLeft(ValueText(row), 10),
                    row.never_as_is ? "  *" : "", "\n");
    any_mark = any_mark || row.never_as_is;
    sex = row.sex;
  }
  absl::StrAppend(&out, Limits(preview, any_mark, japanese));
  return out;
}

std::string RenderPreviewCsv(const Preview& preview) {
  std::string out =
      "fiscal_year,municipality_code,member_kind,indicator,sex,age_band,numerator,denominator,"
      "value,leaves,mark\n";
  for (const PreviewRow& row : preview.rows) {
    absl::StrAppend(&out, preview.fiscal_year, ",", row.municipality, ",",
                    KindWord(preview.statement.member_kind()), ",", row.indicator, ",", row.sex,
                    ",", row.age_band, ",");
    if (row.collected) {
      absl::StrAppend(&out, row.numerator, ",", row.denominator, ",",
                      row.value_tenths.has_value() && !row.structurally_empty
                          ? tables::FormatTenths(*row.value_tenths)
                          : "");
    } else {
      absl::StrAppend(&out, ",,");
    }
    absl::StrAppend(&out, ",", row.leaves ? "yes" : "no", ",", MarkWord(row), "\n");
  }
  return out;
}

std::string RenderPreviewJson(const Preview& preview) {
  const v1::ContributionStatement& s = preview.statement;
  nlohmann::ordered_json out = {
      {"round_id", s.round_id()},
      {"request_id", s.request_id()},
      {"revision", s.revision()},
      {"iss", s.iss()},
      {"aud", s.aud()},
      {"fiscal_year", preview.fiscal_year},
      {"member_kind", KindWord(s.member_kind())},
      {"dua_id", s.dua_id()},
      {"dua_version", s.dua_version()},
      {"payload_bytes", preview.payload_bytes},
      {"payload_sha256", policy::crypto::ToHex(preview.payload_sha256)},
      {"has_consent_checkpoint", s.has_consent_checkpoint()},
      {"threshold", preview.threshold},
      {"coverage",
       {{"eligible", CoarseJson(s.coverage().eligible())},
        {"included", CoarseJson(s.coverage().included())},
        {"excluded_denied", CoarseJson(s.coverage().excluded_denied())},
        {"excluded_absent", CoarseJson(s.coverage().excluded_absent())}}}};
  nlohmann::ordered_json& rows = out["rows"] = nlohmann::ordered_json::array();
  for (const PreviewRow& row : preview.rows) rows.push_back(RowJson(row));
  return out.dump(1) + "\n";
}

}  // namespace renkei::agents::contribute
