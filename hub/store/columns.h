// Between rows and columns; shared by the sources of SqlSession only.
#pragma once

#include <algorithm>
#include <optional>
#include <span>
#include <vector>

#include "absl/time/time.h"
#include "hub/store/records.h"
#include "hub/store/store.h"
#include "policy/base/bytes.h"
#include "policy/base/status.h"
#include "policy/sqlcipher/database.h"

namespace renkei::hub::store {

using policy::sqlcipher::Statement;

inline int64_t Micros(absl::Time time) { return absl::ToUnixMicros(time); }

inline absl::Time TimeAt(const Statement& statement, int column) {
  return absl::FromUnixMicros(statement.Int(column));
}

inline std::optional<absl::Time> MaybeTimeAt(const Statement& statement, int column) {
  if (statement.IsNull(column)) return std::nullopt;
  return TimeAt(statement, column);
}

inline void BindMaybeTime(Statement& statement, int index, const std::optional<absl::Time>& time) {
  if (time.has_value()) {
    statement.Bind(index, Micros(*time));
  } else {
    statement.BindNull(index);
  }
}

// A column of another length than 32 leaves zeros: the CHECK of the schema keeps it from happening.
inline crypto::Digest DigestAt(const Statement& statement, int column) {
  crypto::Digest digest{};
  const std::span<const uint8_t> blob = statement.Blob(column);
  if (blob.size() == digest.size()) std::copy(blob.begin(), blob.end(), digest.begin());
  return digest;
}

inline std::string BytesAt(const Statement& statement, int column) {
  return base::ToString(statement.Blob(column));
}

inline void BindBytes(Statement& statement, int index, const std::string& bytes) {
  statement.BindBlob(index, base::AsBytes(bytes));
}

// The first row as `at` reads it, or nullopt.
template <typename At>
auto OneRow(Statement& query, At at) -> Found<decltype(at(query))> {
  RENKEI_ASSIGN_OR_RETURN(const bool found, query.Step());
  if (!found) return std::nullopt;
  return at(query);
}

template <typename At>
auto AllRows(Statement& query, At at) -> Listed<decltype(at(query))> {
  std::vector<decltype(at(query))> rows;
  while (true) {
    RENKEI_ASSIGN_OR_RETURN(const bool more, query.Step());
    if (!more) return rows;
    rows.push_back(at(query));
  }
}

}  // namespace renkei::hub::store
