#include "hub/releases/check.h"

#include <memory>
#include <utility>
#include <vector>

#include "hub/releases/noise_release.h"
#include "policy/base/error.h"
#include "policy/base/status.h"
#include "policy/disclosure/noisy_table.h"
#include "policy/disclosure/protect.h"

namespace renkei::hub::releases {
namespace disclosure = renkei::policy::disclosure;
namespace rules = renkei::policy::rules;
namespace {

absl::Status Record(store::Store& store, const log::Act& act, const Candidate& candidate) {
  const store::RoundRow& round = candidate.inputs.round;
  RENKEI_ASSIGN_OR_RETURN(const std::unique_ptr<store::Transaction> transaction, store.Write());
  RENKEI_RETURN_IF_ERROR(log::Append(*transaction, act,
                                     {.type = log::EntryType::kReleaseChecked,
                                      .objects = {{"area", round.area_code},
                                                  {"layout", candidate.layout.chosen.name},
                                                  {"round_id", round.id.value()}},
                                      .fiscal_year = round.fiscal_year})
                             .status());
  return transaction->Commit();
}

v1::OfferedLayout ToProto(const rules::OfferedLayout& layout) {
  v1::OfferedLayout out;
  out.set_name(layout.name);
  for (const v1::WithheldLevel step : layout.steps) out.add_withheld_level(step);
  return out;
}

// Counts of cells by state, of one place and kind; they do not leave this file.
struct Tally {
  int shown = 0;
  int hidden = 0;
  int withheld = 0;

  void Add(const disclosure::ProtectedCell& cell) {
    if (cell.structurally_empty || cell.state == v1::CELL_STATE_NOT_COLLECTED) return;
    if (cell.withheld) {
      ++withheld;
    } else if (cell.state == v1::CELL_STATE_SUPPRESSED) {
      ++hidden;
    } else {
      ++shown;
    }
  }
  v1::SliceState State() const {
    if (hidden > 0) return shown > 0 ? v1::SLICE_STATE_PARTLY_PROTECTED : v1::SLICE_STATE_PROTECTED;
    if (shown > 0) return v1::SLICE_STATE_SHOWN;
    return withheld > 0 ? v1::SLICE_STATE_WITHHELD : v1::SLICE_STATE_NOTHING;
  }
};

void AddSlices(const disclosure::ProtectedMeasure& measure,
               const policy::catalogue::AreaTable& areas, v1::CheckedTable* table) {
  Tally tally;
  for (size_t c = 0; c < measure.cells.size(); ++c) {
    const disclosure::ProtectedCell& cell = measure.cells[c];
    tally.Add(cell);
    const bool ends = c + 1 == measure.cells.size() ||
                      measure.cells[c + 1].municipality != cell.municipality ||
                      measure.cells[c + 1].member_kind != cell.member_kind;
    if (!ends) continue;
    v1::CheckedSlice* slice = table->add_slice();
    slice->set_municipality(cell.municipality);
    slice->set_municipality_name(areas.MunicipalityName(cell.municipality).value_or(std::string()));
    slice->set_member_kind(cell.member_kind);
    slice->set_state(tally.State());
    tally = Tally();
  }
}

void AddTables(const std::vector<disclosure::ProtectedMeasure>& measures,
               const policy::catalogue::Catalogue& catalogue, v1::CheckReleaseResponse* response) {
  for (const disclosure::ProtectedMeasure& measure : measures) {
    v1::CheckedTable* checked = response->add_table();
    checked->mutable_measure()->set_id(measure.measure.id);
    checked->mutable_measure()->set_version(measure.measure.version);
    if (const v1::Measure* definition = catalogue.FindMeasure(measure.measure.id)) {
      checked->set_name_ja(definition->name_ja());
      checked->set_name_en(definition->name_en());
    }
    checked->set_loss(measure.loss);
    for (const v1::TableReason reason : measure.reasons) checked->add_reason(reason);
    AddSlices(measure, catalogue.areas(), checked);
  }
}

// Cost, budget and pattern of a noise release; no noise is drawn for a question.
absl::Status AddNoiseFindings(store::Store& store, const rounds::Terms& terms,
                              const Candidate& candidate, const disclosure::ProtectRequest& request,
                              v1::CheckReleaseResponse* response) {
  RENKEI_ASSIGN_OR_RETURN(const std::unique_ptr<store::Snapshot> snapshot, store.Read());
  RENKEI_ASSIGN_OR_RETURN(const NoisePrice price, PriceOf(*snapshot, terms, candidate.inputs));
  RENKEI_ASSIGN_OR_RETURN(const rules::Decision budget,
                          DecideBudget(*snapshot, terms, candidate.inputs, price));
  v1::CheckedNoise& noise = *response->mutable_noise();
  *noise.mutable_terms() = ToProto(price);
  noise.mutable_rho_per_data_year()->set_numerator(static_cast<uint64_t>(price.cap.numerator()));
  noise.mutable_rho_per_data_year()->set_denominator(
      static_cast<uint64_t>(price.cap.denominator()));
  noise.set_budget_suffices(budget.permitted());
  RENKEI_ASSIGN_OR_RETURN(const std::vector<disclosure::ProtectedMeasure> pattern,
                          disclosure::NoisePattern(request));
  AddTables(pattern, *terms.catalogue, response);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::CheckReleaseResponse> Check(store::Store& store, const rounds::Terms& terms,
                                               const Surroundings& surroundings,
                                               const base::RoundId& round_id,
                                               const std::string& layout_name,
                                               const log::Act& act) {
  RENKEI_ASSIGN_OR_RETURN(std::unique_ptr<store::Snapshot> snapshot, store.Read());
  RENKEI_ASSIGN_OR_RETURN(const Candidate candidate,
                          LoadCandidate(*snapshot, terms, round_id, layout_name, act.now));
  snapshot.reset();
  RENKEI_RETURN_IF_ERROR(Record(store, act, candidate));
  RENKEI_RETURN_IF_ERROR(rules::ToStatus(candidate.decision));
  RENKEI_ASSIGN_OR_RETURN(const disclosure::ProtectRequest request,
                          RequestOf(candidate, terms, surroundings));

  v1::CheckReleaseResponse response;
  const store::RoundRow& round = candidate.inputs.round;
  const policy::catalogue::AreaTable& areas = terms.catalogue->areas();
  response.set_area_code(round.area_code);
  response.set_area_name(areas.AreaName(round.area_code).value_or(std::string()));
  response.set_fiscal_year(static_cast<uint32_t>(round.fiscal_year));
  *response.mutable_layout() = ToProto(candidate.layout.chosen);
  for (const rules::OfferedLayout& layout : rules::LayoutsOf(candidate.inputs.policy)) {
    *response.add_offered() = ToProto(layout);
  }
  response.set_fixed(!candidate.layout.of_series.empty());

  if (candidate.lane == rounds::Lane::kNoise) {
    RENKEI_RETURN_IF_ERROR(AddNoiseFindings(store, terms, candidate, request, &response));
    return response;
  }
  const base::Secret table_key =
      disclosure::DeriveTableKey(surroundings.release_root, round.area_code);
  RENKEI_RETURN_IF_ERROR(
      AddFindings(disclosure::Protect(request, table_key.bytes()), *terms.catalogue, &response));
  return response;
}

absl::Status AddFindings(
    const absl::StatusOr<disclosure::ProtectedTable<disclosure::ForRelease>>& table,
    const policy::catalogue::Catalogue& catalogue, v1::CheckReleaseResponse* response) {
  if (!table.ok()) {
    if (base::DetailOf(table.status()).reason() != v1::ERROR_REASON_HELD) return table.status();
    response->set_held(true);
    return absl::OkStatus();
  }
  AddTables(table->measures(), catalogue, response);
  return absl::OkStatus();
}

}  // namespace renkei::hub::releases
