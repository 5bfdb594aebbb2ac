#include "hub/releases/ledger.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "hub/releases/stored_release.h"
#include "hub/rounds/accept.h"
#include "hub/rounds/open.h"
#include "hub/rounds/policy_in_force.h"
#include "hub/rounds/statement_checks.h"
#include "policy/base/error.h"
#include "policy/base/status.h"
#include "renkei/v1/release.pb.h"

namespace renkei::hub::releases {
namespace disclosure = renkei::policy::disclosure;
namespace tables = renkei::policy::tables;
namespace {

absl::Status DoesNotFit() {
  return absl::DataLossError("what counted in a stored release does not fit its round");
}

absl::StatusOr<std::vector<disclosure::PooledContribution>> Counted(store::Snapshot& snapshot,
                                                                    const store::RoundRow& round,
                                                                    uint64_t number,
                                                                    const tables::Layout& layout) {
  RENKEI_ASSIGN_OR_RETURN(const std::vector<store::CountedRow> counted,
                          snapshot.ListCounted(number));
  if (counted.empty()) {
    return base::MakeError(absl::StatusCode::kFailedPrecondition, v1::ERROR_REASON_ALREADY_RELEASED,
                           "the area and year were released by a version of the hub that kept no "
                           "note of what counted",
                           "round_id", "release.ledger", "another fiscal year");
  }
  RENKEI_ASSIGN_OR_RETURN(const std::vector<store::ContributionRow> rows,
                          snapshot.LatestContributions(round.id, /*with_envelopes=*/true));
  std::vector<disclosure::PooledContribution> pooled;
  for (const store::CountedRow& one : counted) {
    const auto row = std::find_if(rows.begin(), rows.end(), [&](const auto& r) {
      return r.member_id == one.member_id && r.revision == one.revision;
    });
    v1::DataUseAgreement terms;
    if (row == rows.end() || !terms.ParseFromString(one.terms)) return DoesNotFit();
    RENKEI_ASSIGN_OR_RETURN(const v1::ContributionStatement statement, rounds::StatementOf(*row));
    absl::StatusOr<tables::Cube> cube = rounds::CubeOf(statement, layout);
    if (!cube.ok()) return DoesNotFit();
    pooled.push_back(disclosure::MakePooledContribution(
        one.member_id, std::make_shared<const tables::Cube>(*std::move(cube)), terms));
  }
  return pooled;
}

std::vector<std::vector<bool>> ShownCells(const v1::Release& release) {
  std::vector<std::vector<bool>> tables;
  for (const v1::ReleaseTable& table : release.table()) {
    std::vector<bool> shown;
    for (const v1::ReleaseCell& cell : table.cell()) {
      shown.push_back(cell.state() != v1::CELL_STATE_SUPPRESSED);
    }
    tables.push_back(std::move(shown));
  }
  return tables;
}

// To the release that it was made of, which is in the ledger.
absl::Status AddGrouping(const store::ReleaseRow& row, std::vector<SealedRelease>* ledger) {
  const auto of = std::find_if(ledger->begin(), ledger->end(), [&](const SealedRelease& sealed) {
    return sealed.number == row.grouping_of;
  });
  RENKEI_ASSIGN_OR_RETURN(const v1::Release release, ReleaseOf(row));
  const auto& codes = release.grouping().municipality();
  if (of == ledger->end() || codes.empty()) return DoesNotFit();
  of->groupings.push_back({row.number, {{codes.begin(), codes.end()}, ShownCells(release)}});
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<uint64_t> NewestOf(store::Snapshot& snapshot, const std::string& area_code,
                                  int fiscal_year) {
  RENKEI_ASSIGN_OR_RETURN(const std::vector<store::ReleaseRow> heads,
                          snapshot.ListReleasesOf(area_code, fiscal_year));
  return heads.empty() ? 0 : heads.back().number;
}

absl::StatusOr<std::vector<SealedRelease>> LoadLedger(store::Snapshot& snapshot,
                                                      const std::string& area_code, int fiscal_year,
                                                      rounds::Lane lane) {
  RENKEI_ASSIGN_OR_RETURN(const std::vector<store::ReleaseRow> heads,
                          snapshot.ListReleasesOf(area_code, fiscal_year));
  std::vector<SealedRelease> ledger;
  for (const store::ReleaseRow& head : heads) {
    if (head.with_noise != (lane == rounds::Lane::kNoise)) continue;
    RENKEI_ASSIGN_OR_RETURN(const std::optional<store::RoundRow> round,
                            snapshot.FindRound(head.round_id));
    RENKEI_ASSIGN_OR_RETURN(const std::optional<store::ReleaseRow> row,
                            snapshot.FindRelease(head.number));
    if (!round.has_value() || !row.has_value()) return DoesNotFit();
    if (row->grouping_of != 0) {
      RENKEI_RETURN_IF_ERROR(AddGrouping(*row, &ledger));
      continue;
    }
    SealedRelease sealed;
    sealed.number = head.number;
    RENKEI_ASSIGN_OR_RETURN(const v1::RoundDescriptor descriptor, rounds::DescriptorOf(*round));
    RENKEI_ASSIGN_OR_RETURN(tables::Layout layout, rounds::LayoutOf(descriptor));
    sealed.layout = std::make_shared<const tables::Layout>(std::move(layout));
    RENKEI_ASSIGN_OR_RETURN(const crypto::Digest digest,
                            crypto::DigestFromBytes(descriptor.policy_digest()));
    RENKEI_ASSIGN_OR_RETURN(const policy::rules::Policy policy, rounds::PolicyOf(snapshot, digest));
    sealed.policy = policy.document();
    RENKEI_ASSIGN_OR_RETURN(sealed.contributions,
                            Counted(snapshot, *round, head.number, *sealed.layout));
    RENKEI_ASSIGN_OR_RETURN(const v1::Release release, ReleaseOf(*row));
    sealed.withheld = policy::rules::LayoutOf(release.withheld_level()).levels();
    sealed.shown = ShownCells(release);
    ledger.push_back(std::move(sealed));
  }
  return ledger;
}

}  // namespace renkei::hub::releases
