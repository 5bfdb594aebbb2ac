// The hub's tables, as forward-only migrations for Database::Migrate. SQL of SQLite 3.15.
#pragma once

#include <span>

namespace renkei::hub::store {

std::span<const char* const> Migrations();

}  // namespace renkei::hub::store
