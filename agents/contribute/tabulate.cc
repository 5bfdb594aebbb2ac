#include "agents/contribute/tabulate.h"

#include <algorithm>
#include <array>
#include <limits>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "agents/consent/ledger.h"
#include "agents/evaluate/measure_program.h"
#include "policy/base/error.h"
#include "policy/base/status.h"
#include "policy/consent/rows.h"

namespace renkei::agents::contribute {

namespace base = renkei::policy::base;
namespace policy_consent = renkei::policy::consent;
namespace tables = renkei::policy::tables;

namespace {

// How often files that are imported meanwhile are waited out.
constexpr int kMaxTries = 5;

// One family that reads what all families of the round read together: its coverage is the round's.
v1::FamilyRule UnionOfFamilies(const RoundQuestion& question,
                               const policy::catalogue::Catalogue& catalogue) {
  std::set<v1::DataCategory> reads;
  v1::FamilyRule all;
  all.set_id("round");
  for (const tables::MeasureVersion& ref : question.layout->measures()) {
    const v1::Measure* measure = catalogue.FindMeasure(ref.id);
    const v1::FamilyRule* family =
        measure == nullptr ? nullptr : catalogue.FindFamily(measure->family());
    if (family == nullptr) continue;
    for (const int category : family->reads()) {
      reads.insert(static_cast<v1::DataCategory>(category));
    }
    if (family->exam_as_workplace()) all.set_exam_as_workplace(true);
  }
  for (const v1::DataCategory category : reads) all.add_reads(category);
  return all;
}

absl::StatusOr<ConsentMark> MarkOf(cohort::CohortStore& store, int64_t last_change,
                                   absl::Time now) {
  ConsentMark mark{.last_change = last_change};
  RENKEI_RETURN_IF_ERROR(
      store.ForEachConsentEvent([&](const cohort::CohortStore::StoredEvent& stored) {
        if (stored.event.effective_at > now) {
          mark.next_effective = std::min(mark.next_effective, stored.event.effective_at);
        }
        return absl::OkStatus();
      }));
  return mark;
}

absl::Status CheckAnythingImported(cohort::CohortStore& store, base::FiscalYear year) {
  RENKEI_ASSIGN_OR_RETURN(const std::vector<base::FiscalYear> years, store.FiscalYears());
  if (std::find(years.begin(), years.end(), year) != years.end()) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("fiscal year ", year.first_year(),
                   ": no roster and no examination was imported; import the year's files first"));
}

// What the member never delivered is not collected, not zero (15.5).
struct Delivered {
  bool guidance = false;
  bool previous_guidance = false;
  bool claims = false;
  bool absences = false;
};

absl::StatusOr<Delivered> DeliveredIn(cohort::CohortStore& store, base::FiscalYear year) {
  Delivered delivered;
  RENKEI_ASSIGN_OR_RETURN(delivered.guidance, store.HasGuidance(year));
  RENKEI_ASSIGN_OR_RETURN(delivered.previous_guidance,
                          store.HasGuidance(base::FiscalYear(year.first_year() - 1)));
  RENKEI_ASSIGN_OR_RETURN(delivered.claims, store.HasClaims(year));
  RENKEI_ASSIGN_OR_RETURN(delivered.absences, store.HasAbsences(year));
  return delivered;
}

bool IsCollected(const policy::catalogue::Catalogue& catalogue, const v1::Measure& measure,
                 const Delivered& delivered) {
  if (measure.needs_guidance_file() && !delivered.guidance) return false;
  if (measure.needs_previous_guidance_file() && !delivered.previous_guidance) return false;
  const v1::FamilyRule* family = catalogue.FindFamily(measure.family());
  if (family == nullptr) return true;
  return std::none_of(family->reads().begin(), family->reads().end(), [&](int category) {
    return (category == v1::DATA_CATEGORY_CLAIMS && !delivered.claims) ||
           (category == v1::DATA_CATEGORY_ABSENCE && !delivered.absences);
  });
}

void ClearNotCollected(const policy::catalogue::Catalogue& catalogue, const Delivered& delivered,
                       tables::Cube& cube) {
  const tables::Layout& layout = cube.layout();
  for (size_t m = 0; m < layout.measures().size(); ++m) {
    const v1::Measure* measure = catalogue.FindMeasure(layout.measures()[m].id);
    if (measure == nullptr || IsCollected(catalogue, *measure, delivered)) continue;
    cube.collected()[m] = false;
    const auto first =
        cube.counts().begin() + static_cast<std::ptrdiff_t>(m * layout.cells_per_measure());
    std::fill_n(first, layout.cells_per_measure(), 0);
  }
}

void Add(const policy_consent::CoverageCounts& coverage, Tabulation& tabulation) {
  tabulation.coverage.eligible += coverage.eligible;
  tabulation.coverage.included += coverage.included;
  tabulation.coverage.excluded_denied += coverage.excluded_denied;
  tabulation.coverage.excluded_absent += coverage.excluded_absent;
}

}  // namespace

std::string ConsentMark::ToText() const {
  return absl::StrCat(last_change, " ",
                      next_effective == absl::InfiniteFuture()
                          ? "-"
                          : absl::StrCat(absl::ToUnixMicros(next_effective)));
}

ConsentMark ConsentMark::Parse(const std::string& text) {
  const ConsentMark changed{.last_change = -1};
  const std::vector<std::string> parts = absl::StrSplit(text, ' ');
  ConsentMark mark;
  if (parts.size() != 2 || !absl::SimpleAtoi(parts[0], &mark.last_change)) return changed;
  if (parts[1] == "-") return mark;
  int64_t micros = 0;
  if (!absl::SimpleAtoi(parts[1], &micros)) return changed;
  mark.next_effective = absl::FromUnixMicros(micros);
  return mark;
}

absl::StatusOr<bool> ConsentUnchanged(cohort::CohortStore& store, const std::string& mark,
                                      absl::Time now) {
  const ConsentMark then = ConsentMark::Parse(mark);
  RENKEI_ASSIGN_OR_RETURN(const int64_t last_change, store.ConsentVersion());
  return then.last_change == last_change && now < then.next_effective;
}

absl::StatusOr<policy_consent::BasisTable> BasisOf(const v1::AgentConfig& config,
                                                   const v1::DataUseAgreement& agreement) {
  RENKEI_ASSIGN_OR_RETURN(const policy_consent::BasisTable own,
                          policy_consent::BasisTable::FromConfig(config));
  RENKEI_ASSIGN_OR_RETURN(const policy_consent::BasisTable agreed,
                          policy_consent::BasisTable::FromAgreement(agreement));
  v1::DataUseAgreement common;
  for (size_t c = 1; c < policy_consent::kCategoryCount; ++c) {
    const auto category = static_cast<v1::DataCategory>(c);
    v1::DataUseAgreement::BasisLine* line = common.add_basis();
    line->add_category(category);
    // Consent does not help where one of the two lets nobody be counted.
    const bool nobody =
        !policy_consent::BasisPermits(own.Of(category), policy_consent::FoldOutcome::kGranted) ||
        !policy_consent::BasisPermits(agreed.Of(category), policy_consent::FoldOutcome::kGranted);
    line->set_basis(nobody                                    ? v1::LEGAL_BASIS_NONE
                    : own.Of(category) == agreed.Of(category) ? own.Of(category)
                                                              : v1::LEGAL_BASIS_CONSENT);
  }
  return policy_consent::BasisTable::FromAgreement(common);
}

absl::StatusOr<Tabulation> Tabulator::Tabulate(cohort::CohortStore& store,
                                               const RoundQuestion& question,
                                               const policy::agreement::Agreement& agreement,
                                               absl::Time now) const {
  // A file that is committed after the consents were read may tie a card without branch to a
  // person: a denial under that card would be missed. The version only grows, so what was read
  // between two equal ones is one state.
  for (int attempt = 0; attempt < kMaxTries; ++attempt) {
    RENKEI_ASSIGN_OR_RETURN(const int64_t version, store.RecordVersion());
    RENKEI_ASSIGN_OR_RETURN(Tabulation tabulation, TabulateOnce(store, question, agreement, now));
    RENKEI_ASSIGN_OR_RETURN(const int64_t version_after, store.RecordVersion());
    if (version == version_after) return tabulation;
  }
  return absl::AbortedError(
      absl::StrCat("cohort store: files were imported during each of ", kMaxTries,
                   " counts of the same round; count again when the imports have ended"));
}

absl::StatusOr<Tabulation> Tabulator::TabulateOnce(cohort::CohortStore& store,
                                                   const RoundQuestion& question,
                                                   const policy::agreement::Agreement& agreement,
                                                   absl::Time now) const {
  const tables::Layout& layout = *question.layout;
  RENKEI_RETURN_IF_ERROR(CheckAnythingImported(store, layout.fiscal_year()));
  RENKEI_ASSIGN_OR_RETURN(const policy_consent::BasisTable basis,
                          BasisOf(config, agreement.terms()));
  RENKEI_ASSIGN_OR_RETURN(const policy_consent::ConsentGate gate,
                          policy_consent::ConsentGate::Make(catalogue.definitions(), basis));
  const v1::FamilyRule round_family = UnionOfFamilies(question, catalogue);
  const std::array<const v1::FamilyRule*, 1> round_families = {&round_family};
  RENKEI_ASSIGN_OR_RETURN(const policy_consent::ConsentGate coverage_gate,
                          policy_consent::ConsentGate::Make(round_families, basis));
  RENKEI_ASSIGN_OR_RETURN(const evaluate::MeasureProgram program,
                          evaluate::MeasureProgram::Compile(catalogue, layout));

  // Before the ledger is read: what comes in between then counts as a change.
  RENKEI_ASSIGN_OR_RETURN(const int64_t last_change, store.ConsentVersion());
  consent::Ledger ledger(store, texts);
  const google::protobuf::Timestamp& instant = question.descriptor.consent_instant();
  RENKEI_ASSIGN_OR_RETURN(const consent::Snapshot snapshot,
                          ledger.Take({.purpose = question.descriptor.purpose(),
                                       .instant = absl::FromUnixSeconds(instant.seconds()) +
                                                  absl::Nanoseconds(instant.nanos()),
                                       .denials_until = now}));
  RENKEI_ASSIGN_OR_RETURN(const ConsentMark mark, MarkOf(store, last_change, now));

  cohort::RowQuery query;
  query.fiscal_year = layout.fiscal_year();
  query.age_rule = catalogue.age_rule();
  query.member_kind = config.kind();
  query.insurer_numbers = {question.descriptor.insurer_number().begin(),
                           question.descriptor.insurer_number().end()};
  query.geography_of = [&layout, this](const std::string& municipality) -> std::optional<int> {
    // A ward counts in its city where the area lists the city.
    const auto listed = catalogue.areas().ListedAs(municipality, layout.fiscal_year());
    return listed.has_value() ? layout.GeographyOf(*listed) : std::nullopt;
  };
  query.unknown_geography = layout.unknown_geography();
  query.needed_columns = program.needed_columns();

  query.previous_columns = program.previous_columns();
  query.with_previous = program.reads_previous();
  query.with_attendance = program.reads_attendance();
  query.amounts = program.amounts();

  // Each thread counts for itself; integers add up to the same in every order.
  struct Share {
    evaluate::Counter counter;
    policy_consent::CoverageCounts coverage;
  };
  const int thread_count = threads > 0 ? threads : cohort::DefaultThreads();
  std::vector<Share> shares;
  shares.reserve(static_cast<size_t>(thread_count));
  for (int thread = 0; thread < thread_count; ++thread) {
    shares.push_back({.counter = program.StartCounting(), .coverage = {}});
  }
  if (before_scan) before_scan();
  Tabulation tabulation{.cube = tables::Cube(question.layout), .consent_mark = mark.ToText()};
  RENKEI_ASSIGN_OR_RETURN(
      tabulation.scan,
      cohort::ForEachBatch(store, query, thread_count, [&](int thread) -> cohort::BatchVisit {
        Share& share = shares[static_cast<size_t>(thread)];
        return [&](policy_consent::RowBatch& rows,
                   std::span<const cohort::ConsentSubjectRef> refs) -> absl::Status {
          const std::vector<policy_consent::CategoryOutcomes> outcomes = snapshot.OutcomesFor(refs);
          coverage_gate.Count(rows, outcomes, {&share.coverage, 1});
          policy_consent::ConsentedRows admitted = gate.Admit(std::move(rows), outcomes);
          share.counter.Add(admitted);
          rows = std::move(admitted).Release();
          return absl::OkStatus();
        };
      }));
  for (Share& share : shares) {
    share.counter.MoveInto(&tabulation.cube);
    Add(share.coverage, tabulation);
  }
  RENKEI_ASSIGN_OR_RETURN(const Delivered delivered, DeliveredIn(store, layout.fiscal_year()));
  ClearNotCollected(catalogue, delivered, tabulation.cube);
  return tabulation;
}

}  // namespace renkei::agents::contribute
