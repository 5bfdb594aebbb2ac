// The three forms of a preview: a table for the terminal, CSV, JSON.
#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "agents/contribute/preview.h"
#include "nlohmann/json.hpp"
#include "policy/base/clock.h"
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

std::string CoarseText(const v1::CoarseCount& count) {
  return count.below_ten() ? "<10" : absl::StrCat("about ", count.rounded_to_ten());
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

std::string Head(const Preview& preview) {
  const v1::ContributionStatement& s = preview.statement;
  std::string insurers;
  for (const std::string& number : s.insurer_number()) {
    absl::StrAppend(&insurers, insurers.empty() ? "" : " ", number);
  }
  return absl::StrCat(
      "What would leave: one signed statement of ", preview.payload_bytes, " bytes (envelope ",
      preview.envelope_bytes, " bytes), SHA-256\n  ", policy::crypto::ToHex(preview.payload_sha256),
      "\n",  //
      s.has_consent_checkpoint()
          ? ""
          : "  when it is sent, the head of the consent ledger is added: time, bytes and SHA-256 "
            "change, no count does\n",
      "  from          ", s.iss(), "\n",  //
      "  to            ", s.aud(), "\n",  //
      "  request       ", s.request_id(), "  revision ", s.revision(),
      s.supersedes().empty() ? "" : absl::StrCat("  supersedes ", s.supersedes()), "\n",  //
      "  round         ", s.round_id(), "  fiscal year ", preview.fiscal_year, "  area ",
      preview.area_name, "  purpose ", Lower(v1::Purpose_Name(preview.purpose), "PURPOSE_"),
      "\n",                                                                //
      "  agreement     ", s.dua_id(), " version ", s.dua_version(), "\n",  //
      "  issued        ", TimeText(s.issued_at()), ", not after ", TimeText(s.not_after()),
      "\n",                                                            //
      "  insurers      ", insurers.empty() ? "none" : insurers, "\n",  //
      "  coverage      eligible ", CoarseText(s.coverage().eligible()), ", included ",
      CoarseText(s.coverage().included()), ", refused ", CoarseText(s.coverage().excluded_denied()),
      ", without consent ", CoarseText(s.coverage().excluded_absent()), "\n",  //
      "  counts        ", s.count_size(), " inner cells; sums and rates below are for reading\n");
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

std::string RenderPreviewTable(const Preview& preview, const policy::catalogue::AreaTable& areas) {
  std::string out = Head(preview);
  bool any_mark = false;
  std::string place;
  std::string indicator;
  std::string sex;
  for (const PreviewRow& row : preview.rows) {
    if (row.indicator != indicator || row.municipality != place) {
      const auto facts = std::find_if(
          preview.indicators.begin(), preview.indicators.end(),
          [&](const PreviewIndicator& candidate) { return candidate.id == row.indicator; });
      std::string name = row.municipality == "area"      ? "whole area"
                         : row.municipality == "unknown" ? "residence unknown"
                                                         : row.municipality;
      if (const auto known = areas.MunicipalityName(row.municipality); known.has_value()) {
        absl::StrAppend(&name, " ", *known);
      }
      absl::StrAppend(&out, "\n", row.indicator, "  ", facts->name_ja, "  ", facts->name_en, "  | ",
                      name, "\n");
      if (!row.collected) {
        absl::StrAppend(&out, "  not collected: nothing was delivered that it needs\n");
      } else {
        absl::StrAppend(&out, "  sex     age           n         k    rate %\n");
      }
      indicator = row.indicator;
      place = row.municipality;
      sex.clear();
    }
    if (!row.collected) continue;
    absl::StrAppend(
        &out, absl::StrFormat("  %-6s  %-5s", row.sex == sex ? "" : row.sex, row.age_band),
        PadLeft(absl::StrCat(row.denominator), 10), PadLeft(absl::StrCat(row.numerator), 10),
        PadLeft(ValueText(row), 10), row.never_as_is ? "  *" : "", "\n");
    any_mark = any_mark || row.never_as_is;
    sex = row.sex;
  }
  if (any_mark) {
    absl::StrAppend(&out, "\n* never shown as is: the cell holds 1 to ", preview.threshold - 1,
                    " persons with or without the finding. Readers see a protected cell.\n");
  }
  for (const v1::PolicyDocument::PopulationBand& band : preview.policy.population_band()) {
    absl::StrAppend(&out, "Municipalities of fewer than ", band.below_persons(), " people: ",
                    band.hide() ? std::string("no counts are shown")
                                : absl::StrCat("no count of 1 to ", band.min_cell_persons() - 1,
                                               " persons is shown"),
                    ".\n");
  }
  absl::StrAppend(&out,
                  "The hub may protect further cells, so that none of these can be worked "
                  "out.\n");
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
