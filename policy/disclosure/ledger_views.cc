#include "policy/disclosure/ledger_views.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "policy/base/error.h"
#include "policy/base/status.h"
#include "policy/disclosure/implied_relations.h"
#include "policy/rules/policy_document.h"

namespace renkei::policy::disclosure {
namespace {

absl::Status OtherMembers() {
  return base::MakeError(absl::StatusCode::kFailedPrecondition, v1::ERROR_REASON_HELD,
                         "an indicator is linked with one that was released of other members", "",
                         "disclosure.release_ledger",
                         "the linked indicators together, in one round");
}

absl::Status DoNotFit() {
  return base::MakeError(absl::StatusCode::kFailedPrecondition, v1::ERROR_REASON_ALREADY_RELEASED,
                         "an indicator is linked with one that was released before of this area "
                         "and year, and the two do not fit together",
                         "", "release.linked", "the linked indicators together, in one round");
}

bool HaveSameMembers(const ProtectRequest& a, const ProtectRequest& b) {
  return std::equal(a.contributions.begin(), a.contributions.end(), b.contributions.begin(),
                    b.contributions.end(),
                    [](const PooledContribution& x, const PooledContribution& y) {
                      return x.member == y.member && x.kind == y.kind;
                    });
}

// Bands that ask of every municipality what either policy asks.
void Tighten(const v1::PolicyDocument& by, v1::PolicyDocument* policy) {
  std::set<uint32_t> limits;
  for (const v1::PolicyDocument* one : {&by, static_cast<const v1::PolicyDocument*>(policy)}) {
    for (const auto& band : one->population_band()) limits.insert(band.below_persons());
  }
  v1::PolicyDocument out = *policy;
  out.clear_population_band();
  for (const uint32_t limit : limits) {
    const int64_t persons = int64_t{limit} - 1;
    const rules::CellThreshold a = rules::ThresholdOfMunicipality(by, persons);
    const rules::CellThreshold b = rules::ThresholdOfMunicipality(*policy, persons);
    v1::PolicyDocument::PopulationBand* band = out.add_population_band();
    band->set_below_persons(limit);
    band->set_hide(a.hide || b.hide);
    band->set_min_cell_persons(static_cast<uint32_t>(std::max(a.min_cell, b.min_cell)));
  }
  out.set_min_cell_persons(std::max(by.min_cell_persons(), policy->min_cell_persons()));
  out.set_min_contributors(std::max(by.min_contributors(), policy->min_contributors()));
  *policy = std::move(out);
}

// What two releases give together is judged by the stricter of each. Members are the same.
void Tighten(const ProtectRequest& by, ProtectRequest* request) {
  Tighten(by.policy, &request->policy);
  for (auto& [municipality, persons] : request->population_persons) {
    const auto at = by.population_persons.find(municipality);
    if (at != by.population_persons.end()) persons = std::min(persons, at->second);
  }
  for (size_t i = 0; i < by.contributions.size(); ++i) {
    const PooledContribution& from = by.contributions[i];
    PooledContribution& to = request->contributions[i];
    to.min_cell_persons = std::max(to.min_cell_persons, from.min_cell_persons);
    to.min_contributors = std::max(to.min_contributors, from.min_contributors);
    to.allow_insurer_type_by_municipality &= from.allow_insurer_type_by_municipality;
    to.allow_member_level_display &= from.allow_member_level_display;
  }
}

// The members' counts of `ids`, each from the release that made it.
absl::StatusOr<std::shared_ptr<const ProtectRequest>> Together(
    Releases releases, const std::map<std::string, size_t>& made_by) {
  size_t newest = 0;
  for (const auto& [id, release] : made_by) newest = std::max(newest, release);
  const ProtectRequest& base = *releases[newest];
  auto out = std::make_shared<ProtectRequest>();
  out->policy = base.policy;
  out->population_persons = base.population_persons;
  out->relations = base.relations;
  std::vector<tables::MeasureVersion> versions;
  for (const auto& made : made_by) {
    const std::string& id = made.first;
    const ProtectRequest& from = *releases[made.second];
    if (!HaveSameMembers(from, base)) return OtherMembers();
    versions.push_back(from.layout->measures()[static_cast<size_t>(MeasureIn(from, id))]);
    const v1::Measure* definition = DefinitionIn(from, id);
    if (definition == nullptr) return DoNotFit();  // it has left the catalogue
    out->measures.push_back(*definition);
  }
  RENKEI_ASSIGN_OR_RETURN(tables::Layout layout,
                          tables::Layout::Make(base.layout->area_code(), base.layout->fiscal_year(),
                                               std::move(versions), base.layout->municipalities()));
  out->layout = std::make_shared<const tables::Layout>(std::move(layout));
  for (size_t i = 0; i < base.contributions.size(); ++i) {
    PooledContribution pooled = base.contributions[i];
    auto cube = std::make_shared<tables::Cube>(out->layout);
    int to = 0;
    for (const auto& [id, release] : made_by) {
      const tables::Cube& from = *releases[release]->contributions[i].cube;
      const int index = MeasureIn(*releases[release], id);
      std::copy_n(
          from.counts().begin() +
              static_cast<std::ptrdiff_t>(from.layout().Index(index, 0, 0, 0, 0)),
          out->layout->cells_per_measure(),
          cube->counts().begin() + static_cast<std::ptrdiff_t>(out->layout->Index(to, 0, 0, 0, 0)));
      cube->collected()[static_cast<size_t>(to)] = from.collected()[static_cast<size_t>(index)];
      ++to;
    }
    pooled.cube = std::move(cube);
    out->contributions.push_back(std::move(pooled));
  }
  std::set<size_t> others;
  for (const auto& [id, release] : made_by) {
    if (release != newest && others.insert(release).second) Tighten(*releases[release], out.get());
  }
  return std::shared_ptr<const ProtectRequest>(std::move(out));
}

}  // namespace

int MeasureIn(const ProtectRequest& request, const std::string& id) {
  const auto& measures = request.layout->measures();
  for (size_t m = 0; m < measures.size(); ++m) {
    if (measures[m].id == id) return static_cast<int>(m);
  }
  return -1;
}

const v1::Measure* DefinitionIn(const ProtectRequest& request, const std::string& id) {
  const auto at = std::find_if(request.measures.begin(), request.measures.end(),
                               [&](const v1::Measure& m) { return m.id() == id; });
  return at == request.measures.end() ? nullptr : &*at;
}

int LedgerView::MeasureIndex(const std::string& id) const { return MeasureIn(*request, id); }

std::vector<std::set<std::string>> LinkedGroups(Releases releases, size_t of) {
  const ProtectRequest& candidate = *releases[of];
  std::set<std::string> open;
  for (const ProtectRequest* release : releases) {
    for (const tables::MeasureVersion& m : release->layout->measures()) open.insert(m.id);
  }
  std::vector<std::set<std::string>> groups;
  for (const tables::MeasureVersion& start : candidate.layout->measures()) {
    if (!open.contains(start.id)) continue;
    std::set<std::string> group;
    std::vector<std::string> waiting = {start.id};
    open.erase(start.id);
    while (!waiting.empty()) {
      const std::string id = std::move(waiting.back());
      waiting.pop_back();
      for (const std::string& linked : LinkedWith({id}, candidate.relations)) {
        if (open.erase(linked) != 0) waiting.push_back(linked);
      }
      group.insert(id);
    }
    groups.push_back(std::move(group));
  }
  return groups;
}

absl::StatusOr<std::vector<LedgerView>> ViewsOf(Releases releases, const TableShape& shape,
                                                const std::set<std::string>& group) {
  std::vector<LedgerView> views;
  std::map<std::string, size_t> made_by;
  for (size_t r = 0; r < releases.size(); ++r) {
    bool has_any = false;
    for (const tables::MeasureVersion& m : releases[r]->layout->measures()) {
      if (!group.contains(m.id)) continue;
      made_by[m.id] = r;
      has_any = true;
    }
    if (!has_any) continue;
    LedgerView view;
    view.release = r;
    RENKEI_ASSIGN_OR_RETURN(view.request, Together(releases, made_by));
    absl::StatusOr<FamilyCounts> family = PoolFamily(*view.request);
    if (!family.ok()) return DoNotFit();
    view.family = *std::move(family);
    view.judgements = JudgeFamily(view.family, shape);
    for (const auto& [id, release] : made_by) view.made_by.push_back(release);
    views.push_back(std::move(view));
  }
  return views;
}

absl::StatusOr<LedgerView> ViewOfItself(Releases releases, size_t release) {
  auto request = std::make_shared<ProtectRequest>(*releases[release]);
  request->relations.clear();
  LedgerView view;
  view.release = release;
  view.made_by.assign(request->layout->measures().size(), release);
  absl::StatusOr<FamilyCounts> family = PoolFamily(*request);
  if (!family.ok()) return DoNotFit();
  view.family = *std::move(family);
  view.request = std::move(request);
  return view;
}

}  // namespace renkei::policy::disclosure
