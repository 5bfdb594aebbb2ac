#include "agents/cohort/person_rows.h"

#include "policy/base/status.h"

namespace renkei::agents::cohort {

absl::StatusOr<FoundRows> FindRows(PersonTable& persons, const Person& person) {
  const PersonKey& key = person.key;
  FoundRows found;
  const uint32_t own = persons.index().Find(key.exact);
  if (own != 0) {
    // A local number alone is easily mistyped.
    if (persons.index().word(own) != PackPerson(person.birth_date, person.sex)) {
      return absl::FailedPreconditionError(
          "the stored person has another birth_date or sex; check the number");
    }
    found.ids.push_back(own);
  }
  if (!key.without_branch.has_value()) return found;
  const CardKey card = PersonIndex::PrefixOf(*key.without_branch);
  std::vector<uint32_t> with_branch;
  uint32_t without_branch = 0;
  RENKEI_RETURN_IF_ERROR(
      persons.ForEachCard([&](uint32_t id, BranchForm form, const CardKey& other) {
        if (other != card) return;
        if (form == BranchForm::kWithBranch) {
          with_branch.push_back(id);
        } else {
          without_branch = id;
        }
      }));
  if (key.branch_absent) {
    const bool is_linked = own == 0 || without_branch == own;
    if (with_branch.size() == 1 && is_linked) found.ids.push_back(with_branch[0]);
    if (with_branch.size() > 1 && own == 0) {
      return absl::FailedPreconditionError(
          "several persons have this card number, birth date and sex; give the branch number");
    }
    found.has_unclear_records = with_branch.size() > 1;
    return found;
  }
  if (without_branch == 0) return found;
  if (own != 0 && with_branch.size() == 1) {
    found.ids.push_back(without_branch);
    return found;
  }
  found.has_unclear_records = true;
  found.unclear_card = without_branch;
  return found;
}

}  // namespace renkei::agents::cohort
