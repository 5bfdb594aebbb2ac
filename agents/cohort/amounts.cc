#include "agents/cohort/amounts.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/numbers.h"
#include "agents/cohort/claim_table.h"
#include "policy/base/status.h"

namespace renkei::agents::cohort {
namespace sqlcipher = policy::sqlcipher;
using policy::catalogue::Amount;
using policy::catalogue::AmountOf;

namespace {

constexpr int64_t kYenPerPoint = 10;
constexpr size_t kDiseases = 10001;  // -1 (unknown) to 9999

bool IsOfClaims(AmountOf of) {
  switch (of) {
    case AmountOf::kCostYen:
    case AmountOf::kClaims:
    case AmountOf::kClaimDays:
      return true;
    case AmountOf::kAbsenceEpisodes:
    case AmountOf::kAbsenceDays:
      return false;
  }
  return false;
}

// Which diseases count, by number + 1; empty = all.
using Filter = std::vector<bool>;

absl::StatusOr<Filter> FilterOf(const Amount& amount) {
  Filter filter;
  if (amount.month < 0 || amount.month > 12) {
    return absl::InvalidArgumentError("row query: an amount of a month that is none");
  }
  for (const std::string& code : amount.disease_codes) {
    int number = 0;
    if (code.size() != 4 || !absl::SimpleAtoi(code, &number) || number < 0) {
      return absl::InvalidArgumentError("row query: an amount of a disease that is not 4 digits");
    }
    filter.resize(kDiseases, false);
    filter[static_cast<size_t>(number) + 1] = true;
  }
  return filter;
}

bool Takes(const Filter& filter, int disease) {
  const int place = disease + 1;
  const auto at = static_cast<size_t>(place);
  return at < filter.size() && filter[at];
}

struct Reading {
  sqlcipher::Database& database;
  int year;
  const std::vector<Amount>& amounts;
  const std::vector<Filter>& filters;
  const CardLinks& links;
  uint32_t persons;
  std::vector<AmountByPerson>& sums;

  absl::StatusOr<uint32_t> PersonOf(int64_t id) const {
    if (id < 1 || id > persons) {
      return absl::DataLossError("cohort store: a row names a person that does not exist");
    }
    return links.Canonical(static_cast<uint32_t>(id));
  }
};

// The same month may come from two sources, one of which leaves the branch out of the card: the
// rows of the card with branch then stand for the person, per month and type of claim.
class OwnMonths {
 public:
  explicit OwnMonths(size_t persons) : months_(persons, 0) {}
  void Add(uint32_t person, int64_t month, uint8_t type) { months_[person] |= BitOf(month, type); }
  bool Has(uint32_t person, int64_t month, uint8_t type) const {
    return (months_[person] & BitOf(month, type)) != 0;
  }

 private:
  static constexpr unsigned kTypes = 4;
  static uint64_t BitOf(int64_t month, uint8_t type) {
    const int kind = std::countr_zero(static_cast<unsigned>(type) | policy::catalogue::kPharmacy);
    return uint64_t{1} << (static_cast<unsigned>(month % 12) * kTypes +
                           static_cast<unsigned>(kind));
  }
  std::vector<uint64_t> months_;  // by person: 12 months, 4 types of claims
};

absl::StatusOr<OwnMonths> ReadOwnMonths(const Reading& reading) {
  // Without links nothing is asked of it.
  if (reading.links.empty()) return OwnMonths(0);
  OwnMonths own(size_t{reading.persons} + 1);
  RENKEI_ASSIGN_OR_RETURN(sqlcipher::Statement read,
                          reading.database.Prepare("SELECT month, person, form FROM claims "
                                                   "WHERE month >= ? AND month < ?"));
  const int64_t april = MonthNumber(reading.year, 4);
  read.Bind(1, april).Bind(2, april + 12);
  for (;;) {
    RENKEI_ASSIGN_OR_RETURN(const bool row, read.Step());
    if (!row) return own;
    RENKEI_ASSIGN_OR_RETURN(const uint32_t person, reading.PersonOf(read.Int(1)));
    if (person != read.Int(1)) continue;
    own.Add(person, read.Int(0), ClaimForm::Unpack(read.Int(2)).type);
  }
}

absl::Status ReadClaims(const Reading& reading) {
  RENKEI_ASSIGN_OR_RETURN(const OwnMonths own, ReadOwnMonths(reading));
  RENKEI_ASSIGN_OR_RETURN(
      sqlcipher::Statement read,
      reading.database.Prepare("SELECT month, person, form, points, copies FROM claims "
                               "WHERE month >= ? AND month < ?"));
  const int64_t april = MonthNumber(reading.year, 4);
  read.Bind(1, april).Bind(2, april + 12);
  for (;;) {
    RENKEI_ASSIGN_OR_RETURN(const bool row, read.Step());
    if (!row) return absl::OkStatus();
    RENKEI_ASSIGN_OR_RETURN(const uint32_t person, reading.PersonOf(read.Int(1)));
    const int month = static_cast<int>(read.Int(0) % 12) + 1;
    const ClaimForm form = ClaimForm::Unpack(read.Int(2));
    if (person != read.Int(1) && own.Has(person, read.Int(0), form.type)) continue;
    const int64_t copies = read.Int(4);
    for (size_t a = 0; a < reading.amounts.size(); ++a) {
      const Amount& amount = reading.amounts[a];
      const Filter& filter = reading.filters[a];
      if ((amount.claim_types & form.type) == 0 || (amount.month != 0 && amount.month != month) ||
          (!filter.empty() && !Takes(filter, form.disease))) {
        continue;
      }
      if (amount.of == AmountOf::kCostYen) {
        reading.sums[a].Add(person, copies * read.Int(3) * kYenPerPoint);
      } else if (amount.of == AmountOf::kClaims) {
        reading.sums[a].Add(person, copies);
      } else if (amount.of == AmountOf::kClaimDays) {
        reading.sums[a].Add(person, copies * form.days);
      }
    }
  }
}

// First days of the absences of persons' own cards; of all, for few persons have any.
using OwnDays = absl::flat_hash_set<std::pair<uint32_t, int64_t>>;

absl::StatusOr<OwnDays> ReadOwnDays(const Reading& reading) {
  OwnDays own;
  if (reading.links.empty()) return own;
  RENKEI_ASSIGN_OR_RETURN(
      sqlcipher::Statement read,
      reading.database.Prepare("SELECT person, start FROM absences WHERE fiscal_year = ?"));
  read.Bind(1, reading.year);
  for (;;) {
    RENKEI_ASSIGN_OR_RETURN(const bool row, read.Step());
    if (!row) return own;
    RENKEI_ASSIGN_OR_RETURN(const uint32_t person, reading.PersonOf(read.Int(0)));
    if (person == read.Int(0)) own.emplace(person, read.Int(1));
  }
}

absl::Status ReadAbsences(const Reading& reading) {
  RENKEI_ASSIGN_OR_RETURN(const OwnDays own, ReadOwnDays(reading));
  RENKEI_ASSIGN_OR_RETURN(
      sqlcipher::Statement read,
      reading.database.Prepare(
          "SELECT person, start, last, cause FROM absences WHERE fiscal_year = ?"));
  read.Bind(1, reading.year);
  for (;;) {
    RENKEI_ASSIGN_OR_RETURN(const bool row, read.Step());
    if (!row) return absl::OkStatus();
    RENKEI_ASSIGN_OR_RETURN(const uint32_t person, reading.PersonOf(read.Int(0)));
    if (person != read.Int(0) && own.contains({person, read.Int(1)})) continue;
    const int64_t days = read.Int(2) - read.Int(1) + 1;
    const auto cause = static_cast<unsigned>(read.Int(3));
    for (size_t a = 0; a < reading.amounts.size(); ++a) {
      const Amount& amount = reading.amounts[a];
      if (((amount.causes >> cause) & 1u) == 0 || days < amount.min_days) continue;
      if (amount.of == AmountOf::kAbsenceEpisodes) reading.sums[a].Add(person, 1);
      if (amount.of == AmountOf::kAbsenceDays) reading.sums[a].Add(person, days);
    }
  }
}

}  // namespace

void AmountByPerson::Add(uint32_t person, int64_t amount) {
  if (amount == 0) return;
  uint32_t& small = small_[person];
  if (small != kLarge && amount > 0 && amount < static_cast<int64_t>(kLarge - small)) {
    small += static_cast<uint32_t>(amount);
    return;
  }
  int64_t& large = large_[person];
  if (small != kLarge) large = small;
  small = kLarge;
  large += amount;
}

int64_t AmountByPerson::Of(uint32_t person) const {
  return small_[person] != kLarge ? small_[person] : large_.find(person)->second;
}

absl::StatusOr<std::vector<AmountByPerson>> ReadAmounts(sqlcipher::Database& database,
                                                        policy::base::FiscalYear year,
                                                        const std::vector<Amount>& amounts,
                                                        const CardLinks& links, uint32_t persons) {
  std::vector<AmountByPerson> sums(amounts.size(), AmountByPerson(size_t{persons} + 1));
  std::vector<Filter> filters;
  filters.reserve(amounts.size());
  for (const Amount& amount : amounts) {
    RENKEI_ASSIGN_OR_RETURN(Filter filter, FilterOf(amount));
    filters.push_back(std::move(filter));
  }
  const auto any = [&amounts](bool of_claims) {
    return std::any_of(amounts.begin(), amounts.end(),
                       [of_claims](const Amount& a) { return IsOfClaims(a.of) == of_claims; });
  };
  Reading reading{database, year.first_year(), amounts, filters, links, persons, sums};
  if (any(true)) RENKEI_RETURN_IF_ERROR(ReadClaims(reading));
  if (any(false)) RENKEI_RETURN_IF_ERROR(ReadAbsences(reading));
  return sums;
}

}  // namespace renkei::agents::cohort
