// The tables of the cohort store. Not for other rooms.
#pragma once

namespace renkei::agents::cohort {

// Steps of Database::Migrate; a released step never changes.
extern const char* const kCohortMigrations[5];

// CohortStore::ConsentVersion. A number is not given twice, even if its event was forgotten.
inline constexpr char kConsentVersionSql[] =
    "SELECT max(value, ifnull((SELECT max(sequence) FROM consent_events), 0)) FROM meta "
    "WHERE name = 'consent_floor'";

}  // namespace renkei::agents::cohort
