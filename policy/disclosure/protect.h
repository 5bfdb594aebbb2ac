// Protect: from pooled exact counts of one area and fiscal year to what readers may see (privacy 2
// to 4, R3 to R8, R10 to R12). Deterministic: the same request gives the same table. Left out:
// intervals of linked measures together; README.md says what follows from that.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "policy/base/secret.h"
#include "policy/base/strong_id.h"
#include "policy/disclosure/protected_table.h"
#include "policy/disclosure/sealed_audit.h"
#include "policy/rules/withheld_levels.h"
#include "policy/tables/cube.h"
#include "renkei/v1/agreement.pb.h"
#include "renkei/v1/catalogue.pb.h"
#include "renkei/v1/common.pb.h"
#include "renkei/v1/policy.pb.h"

namespace renkei::policy::disclosure {

// An accepted contribution and what its member's agreement says about display.
struct PooledContribution {
  base::MemberId member;
  v1::MemberKind kind = v1::MEMBER_KIND_UNSPECIFIED;
  std::shared_ptr<const tables::Cube> cube;
  bool allow_insurer_type_by_municipality = false;
  bool allow_member_level_display = false;
  int64_t min_cell_persons = 0;  // 0 = the policy's
  int64_t min_contributors = 0;  // 0 = the policy's
  rules::WithheldLevels capped;  // finer than the agreement lets anything be shown
};

PooledContribution MakePooledContribution(base::MemberId member,
                                          std::shared_ptr<const tables::Cube> cube,
                                          const v1::DataUseAgreement& terms);

struct EarlierRelease;  // release_ledger.h

struct ProtectRequest {
  std::shared_ptr<const tables::Layout> layout;
  std::vector<PooledContribution> contributions;
  v1::PolicyDocument policy;
  std::map<std::string, int64_t> population_persons;  // every municipality of the layout
  std::vector<v1::Measure> measures;    // of the catalogue; every measure of the layout
  std::vector<v1::Relation> relations;  // of the catalogue; others are skipped
  // By the layout (R13). Like what agreements cap it is hidden before anything is protected, so
  // that nothing else need be hidden for its sake but what is primary in it.
  rules::WithheldLevels withheld;
  // Every release of the area and fiscal year so far, ascending: the ledger.
  std::vector<std::shared_ptr<const EarlierRelease>> earlier;
};

// INVALID_ARGUMENT for a request that does not fit together; FAILED_PRECONDITION with reason HELD
// when no pattern protects every primary, or the ledger bars it; ALREADY_RELEASED when there is
// nothing new (release_ledger.h): nothing may then be released. `table_key` has 32 bytes. When
// `audit` is given it is filled, sealed, for replay and tests.
absl::StatusOr<ProtectedTable<ForRelease>> Protect(const ProtectRequest& request,
                                                   std::span<const uint8_t> table_key,
                                                   SealedAudit* audit = nullptr);

// k_table of a family (R11), the same for every year of the series.
base::Secret DeriveTableKey(const base::Secret& release_root, absl::string_view family_id);

}  // namespace renkei::policy::disclosure
