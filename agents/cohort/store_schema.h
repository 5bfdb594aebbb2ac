// The tables of the cohort store. Not for other rooms.
#pragma once

namespace renkei::agents::cohort {

// Steps of Database::Migrate; a released step never changes.
extern const char* const kCohortMigrations[2];

}  // namespace renkei::agents::cohort
