#include "tests/golden/tsuruoka/replay.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>

#include "hub/reference/populations.h"
#include "policy/catalogue/catalogue.h"
#include "policy/disclosure/protect.h"
#include "policy/disclosure/sealed_audit.h"
#include "policy/rules/policy_document.h"
#include "policy/tables/cube.h"
#include "tests/e2e/world.h"

namespace renkei::tests {
namespace {

namespace disclosure = policy::disclosure;
namespace tables = policy::tables;

v1::MemberKind KindOf(const std::string& word) {
  if (word == "municipality") return v1::MEMBER_KIND_MUNICIPALITY;
  return word == "insurer" ? v1::MEMBER_KIND_INSURER : v1::MEMBER_KIND_WORKPLACE;
}

std::string SexWord(v1::Sex sex) {
  return sex == v1::SEX_MALE ? "male" : sex == v1::SEX_FEMALE ? "female" : "both";
}

}  // namespace

std::map<std::tuple<std::string, std::string, std::string>, std::string> HiddenOfTsuruoka(
    const std::vector<MemberPreview>& previews, bool trusts_members) {
  std::map<std::tuple<std::string, std::string, std::string>, std::string> hidden;
  const auto catalogue = policy::catalogue::Catalogue::LoadBuiltIn();
  const auto policy = policy::rules::Policy::Default();
  EXPECT_TRUE(catalogue.ok() && policy.ok());
  const policy::base::FiscalYear year(2011);

  std::vector<tables::MeasureVersion> measures;
  disclosure::ProtectRequest request;
  for (const std::string& id : (*catalogue)->DefaultMeasures(2011)) {
    const v1::Measure* measure = (*catalogue)->FindMeasure(id);
    measures.push_back({id, measure->version()});
    request.measures.push_back(*measure);
  }
  const auto& relations = (*catalogue)->definitions().relation();
  request.relations.assign(relations.begin(), relations.end());
  request.policy = policy->document();
  if (trusts_members) request.policy.set_audit_member_intervals(false);
  const auto populations = hub::reference::Populations::Load(request.policy.population_edition());
  EXPECT_TRUE(populations.ok());
  request.population_persons = populations->persons();
  auto layout = tables::Layout::Make("0604", year, measures,
                                     (*catalogue)->areas().MunicipalitiesOf("0604", year));
  EXPECT_TRUE(layout.ok());
  request.layout = std::make_shared<const tables::Layout>(*std::move(layout));

  for (const MemberPreview& preview : previews) {
    auto cube = std::make_shared<tables::Cube>(request.layout);
    for (const auto& r : ParseCsv(preview.csv)) {
      if (r.size() < 10 || r[9] != "yes" || r[6].empty()) continue;
      const auto measure = std::find_if(measures.begin(), measures.end(),
                                        [&r](const auto& m) { return m.id == r[3]; });
      const auto geography = request.layout->GeographyOf(r[1]);
      const auto band =
          std::find(tables::kBandLabels.begin(), tables::kBandLabels.end(), std::string(r[5]));
      EXPECT_TRUE(measure != measures.end() && geography.has_value() &&
                  band != tables::kBandLabels.end());
      const int m = static_cast<int>(measure - measures.begin());
      const int b = static_cast<int>(band - tables::kBandLabels.begin());
      const int s = r[4] == "male" ? 0 : 1;
      const int64_t k = std::stoll(r[6]), n = std::stoll(r[7]);
      cube->counts()[request.layout->Index(m, *geography, s, b, 0)] = k;
      cube->counts()[request.layout->Index(m, *geography, s, b, 1)] = n - k;
    }
    disclosure::PooledContribution contribution;
    contribution.member = policy::base::MemberId("member/" + preview.kind + "/" + preview.code);
    contribution.kind = KindOf(preview.kind);
    contribution.cube = std::move(cube);
    contribution.allow_insurer_type_by_municipality = preview.display;
    contribution.allow_member_level_display = preview.display;
    request.contributions.push_back(std::move(contribution));
  }

  disclosure::SealedAudit audit;
  const auto table = disclosure::Protect(request, std::vector<uint8_t>(32, 0), &audit);
  EXPECT_TRUE(table.ok()) << table.status();
  if (!table.ok()) return hidden;
  for (size_t m = 0; m < table->measures().size(); ++m) {
    const auto& cells = table->measures()[m].cells;
    const auto& fates = disclosure::SealedAuditReader::Fates(audit, m);
    for (size_t c = 0; c < cells.size(); ++c) {
      if (cells[c].municipality != "062031" ||
          cells[c].member_kind != v1::MEMBER_KIND_MUNICIPALITY ||
          cells[c].state != v1::CELL_STATE_SUPPRESSED) {
        continue;
      }
      hidden[{table->measures()[m].measure.id, SexWord(cells[c].sex), cells[c].age_band}] =
          fates[c] == disclosure::CellFate::kPrimary ? "primary" : "complementary";
    }
  }
  return hidden;
}

}  // namespace renkei::tests
