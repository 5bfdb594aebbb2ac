// Words of the commands for enums, days and instants, and back.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/timestamp.pb.h"
#include "hub/cli/session.h"
#include "renkei/v1/admin_service.pb.h"
#include "renkei/v1/agreement.pb.h"
#include "renkei/v1/common.pb.h"
#include "renkei/v1/release.pb.h"
#include "renkei/v1/round.pb.h"

namespace renkei::hub::cli {

// "municipality", "insurer", "workplace"; INVALID_ARGUMENT lists the three.
absl::StatusOr<v1::MemberKind> MemberKindFromWord(absl::string_view word);
absl::StatusOr<v1::Role> RoleFromWord(absl::string_view word);
absl::StatusOr<v1::Purpose> PurposeFromWord(absl::string_view word);

// In files: the word of MemberKindFromWord, or "all" of every kind together.
std::string KindWord(v1::MemberKind kind);
std::string KindText(v1::MemberKind kind, const Session& session);
std::string StateText(v1::RoundState state, const Session& session);
std::string StateText(v1::MemberState state, const Session& session);
std::string StateText(v1::AgreementState state, const Session& session);

// Why something of a table is protected, and how much of it (R12).
std::string ReasonText(v1::TableReason reason, const Session& session);
std::string LossText(v1::LossClass loss);
// What a layout withholds.
std::string LevelText(v1::WithheldLevel level, const Session& session);
// What readers of rounded counts have to know; empty for exact ones.
std::string RoundingText(v1::Rounding rounding, const Session& session);
// "replaces release 2, 3"; empty for a release that replaces none.
std::string ReplacesText(const v1::ReleaseHead& head, const Session& session);
// "grouping 川南".
std::string GroupingText(absl::string_view name, const Session& session);
// "with noise" of a release of the noise lane, or empty.
std::string LaneText(const v1::ReleaseHead& head, const Session& session);
// "correction pending" of the whole prefecture and year, without number or cause (R14), or empty.
std::string RevisionText(const v1::ReleaseHead& head, const Session& session);

// YYYY-MM-DD HH:MM in JST; empty for an absent timestamp.
std::string InstantText(const google::protobuf::Timestamp& instant);
// RFC 3339, or a day (00:00 JST).
absl::StatusOr<google::protobuf::Timestamp> ParseInstant(const std::string& text);

// First 12 hex digits of a digest, for people.
std::string ShortHex(absl::string_view digest);

}  // namespace renkei::hub::cli
