#include "hub/rounds/open.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/civil_time.h"
#include "google/protobuf/util/time_util.h"
#include "hub/rounds/agreements.h"
#include "hub/rounds/lanes.h"
#include "hub/rounds/policy_in_force.h"
#include "hub/rounds/state.h"
#include "hub/store/paging.h"
#include "policy/agreement/agreement.h"
#include "policy/base/bytes.h"
#include "policy/base/clock.h"
#include "policy/base/error.h"
#include "policy/base/status.h"
#include "policy/catalogue/check_condition.h"
#include "policy/crypto/hash.h"

namespace renkei::hub::rounds {
namespace catalogue = renkei::policy::catalogue;
namespace tables = renkei::policy::tables;
using google::protobuf::util::TimeUtil;
using policy::agreement::Agreement;
namespace {

constexpr absl::Duration kDefaultDeadline = absl::Hours(24 * 14);
constexpr absl::Duration kLatestDeadline = absl::Hours(24 * 120);
constexpr absl::Duration kClockTolerance = absl::Minutes(5);
constexpr int kMaxMeasures = 200;
constexpr int kPage = 500;

absl::Status Invalid(absl::string_view field, absl::string_view message, absl::string_view pass) {
  return base::MakeError(absl::StatusCode::kInvalidArgument, v1::ERROR_REASON_MALFORMED,
                         absl::StrCat(field, ": ", message), field, "", pass);
}

google::protobuf::Timestamp ToProto(absl::Time time) {
  return TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(time));
}

// A measure of the same people as a total's k has that k as its n. Parts of the total add up to it,
// and what shares nobody with it leaves a class beside it; both are judged beside the total only.
absl::Status CheckSamePeople(const v1::Relation& relation, const v1::Catalogue& catalogue,
                             const std::set<std::string>& asked) {
  const std::set<std::string> same(relation.same_people().begin(), relation.same_people().end());
  const auto used = std::find_if(same.begin(), same.end(),
                                 [&](const std::string& id) { return asked.contains(id); });
  if (used == same.end() || asked.contains(relation.total())) return absl::OkStatus();
  std::set<std::string> near = {relation.total()};
  for (size_t before = 0; before != near.size();) {
    before = near.size();
    for (const v1::Relation& other : catalogue.relation()) {
      const bool holds_it = other.total().empty() && other.apart().empty() &&
                            std::find(other.part().begin(), other.part().end(), relation.total()) !=
                                other.part().end();
      if (holds_it || near.contains(other.total())) {
        near.insert(other.part().begin(), other.part().end());
      }
    }
  }
  for (const std::string& id : near) {
    if (!asked.contains(id) || same.contains(id)) continue;
    return Invalid("indicator",
                   absl::StrCat(*used, " and ", id, " need ", relation.total(), " beside them"),
                   "ask for it too");
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<tables::MeasureVersion>> MeasuresOf(const Terms& terms,
                                                               const Question& question) {
  std::vector<std::string> ids = question.indicators;
  if (ids.empty()) ids = terms.catalogue->DefaultMeasures(question.fiscal_year);
  if (ids.empty() || ids.size() > kMaxMeasures) {
    return Invalid("indicator", "a round asks for 1 to 200 measures", "name the measures");
  }
  std::vector<tables::MeasureVersion> measures;
  std::set<std::string> seen;
  for (const std::string& id : ids) {
    const v1::Measure* measure = terms.catalogue->FindMeasure(id);
    if (measure == nullptr || !seen.insert(id).second) {
      const std::string name = catalogue::IsId(id) ? absl::StrCat("'", id, "'") : "one of them";
      return Invalid("indicator",
                     absl::StrCat(name, measure == nullptr ? " is no measure of the catalogue"
                                                           : " is named twice"),
                     "ids are listed by `renkei indicator list`");
    }
    const uint32_t year = static_cast<uint32_t>(question.fiscal_year);
    if ((measure->from_fiscal_year() != 0 && year < measure->from_fiscal_year()) ||
        (measure->to_fiscal_year() != 0 && year > measure->to_fiscal_year())) {
      return Invalid("indicator", absl::StrCat(measure->id(), " is not defined for this year"),
                     "leave it out or ask for another year");
    }
    if (measure->has_magnitude()) {
      return Invalid(
          "indicator",
          absl::StrCat(measure->id(), " is a sum over persons, and sums are not protected yet"),
          "ask for measures that count persons");
    }
    measures.push_back({measure->id(), measure->version()});
  }
  const auto is_asked = [&](const std::string& id) { return seen.contains(id); };
  for (const v1::Relation& relation : terms.catalogue->definitions().relation()) {
    const auto part = std::find_if(relation.part().begin(), relation.part().end(), is_asked);
    const auto apart = std::find_if(relation.apart().begin(), relation.apart().end(), is_asked);
    if (part != relation.part().end() && apart != relation.apart().end()) {
      return Invalid(
          "indicator",
          absl::StrCat(*part, " and ", *apart, " are not released of the same area and year"),
          "ask for one of them; the other stays closed for this area and year");
    }
    RENKEI_RETURN_IF_ERROR(CheckSamePeople(relation, terms.catalogue->definitions(), seen));
    if (!relation.whole_population()) continue;
    const auto asked = std::count_if(relation.part().begin(), relation.part().end(), is_asked);
    if (asked > 1 && asked != relation.part_size()) {
      return Invalid("indicator",
                     absl::StrCat(absl::StrJoin(relation.part(), ", "), " divide the same people"),
                     "ask for one of them or for all");
    }
  }
  return measures;
}

// Members, enrolled and not revoked, with an active agreement that covers the question.
absl::StatusOr<std::map<std::string, store::MemberRow>> Covered(
    store::Snapshot& snapshot, const Question& question,
    const std::vector<tables::MeasureVersion>& measures, absl::Time now) {
  std::vector<std::string> ids;
  ids.reserve(measures.size());
  for (const tables::MeasureVersion& measure : measures) ids.push_back(measure.id);
  std::map<std::string, store::MemberRow> covered;
  std::string after;
  uint32_t after_version = 0;
  while (true) {
    RENKEI_ASSIGN_OR_RETURN(const std::vector<store::AgreementRow> rows,
                            snapshot.ListAgreements(base::MemberId(), after, after_version, kPage));
    for (const store::AgreementRow& row : rows) {
      after = row.dua_id;
      after_version = row.version;
      if (!IsInForce(row, now)) continue;
      RENKEI_ASSIGN_OR_RETURN(const Agreement agreement, Agreement::Parse(row.text, row.dua_id));
      if (!agreement.IsActiveAt(now) ||
          !agreement.Covers(question.purpose, question.area_code,
                            base::FiscalYear(question.fiscal_year), ids)) {
        continue;
      }
      RENKEI_ASSIGN_OR_RETURN(std::optional<store::MemberRow> member,
                              snapshot.FindMember(row.member_id));
      if (!member.has_value() || !member->enrolled_at.has_value() ||
          member->revoked_at.has_value()) {
        continue;
      }
      covered.emplace(row.member_id.value(), *std::move(member));
    }
    if (rows.size() < kPage) return covered;
  }
}

absl::StatusOr<std::vector<store::MemberRow>> MembersOf(
    store::Snapshot& snapshot, const Question& question,
    const std::vector<tables::MeasureVersion>& measures, absl::Time now) {
  RENKEI_ASSIGN_OR_RETURN(auto covered, Covered(snapshot, question, measures, now));
  std::vector<store::MemberRow> members;
  if (question.members.empty()) {
    for (auto& [id, member] : covered) members.push_back(std::move(member));
    if (members.empty()) {
      return base::MakeError(absl::StatusCode::kFailedPrecondition, v1::ERROR_REASON_NO_AGREEMENT,
                             "no member has an agreement in force that covers this round", "member",
                             "agreement", "propose agreements and have the members sign them");
    }
    return members;
  }
  const std::set<std::string> wanted(question.members.begin(), question.members.end());
  for (const std::string& id : wanted) {
    const auto it = covered.find(id);
    if (it == covered.end()) {
      return base::MakeError(
          absl::StatusCode::kFailedPrecondition, v1::ERROR_REASON_AGREEMENT_SCOPE,
          "a named member is not enrolled, or its agreement does not cover area, "
          "year, purpose and every indicator of the round",
          "member", "agreement", "leave the member out or extend its agreement");
    }
    members.push_back(std::move(it->second));
  }
  return members;
}

absl::Status CheckQuestion(const Terms& terms, const Question& question, absl::Time now) {
  if (std::find(terms.areas.begin(), terms.areas.end(), question.area_code) == terms.areas.end()) {
    return Invalid("area_code", "not an area that this hub serves",
                   "see areas in its configuration");
  }
  if (question.fiscal_year < 2008 || question.fiscal_year > 2100) {
    return Invalid("fiscal_year", "outside 2008 to 2100", "give the year in which the data begin");
  }
  if (question.consent_instant.value_or(now) > now + kClockTolerance) {
    return Invalid("consent_instant", "lies in the future", "give an instant that has passed");
  }
  const absl::Time deadline = question.deadline.value_or(now + kDefaultDeadline);
  if (deadline <= now || deadline > now + kLatestDeadline) {
    return Invalid("deadline", "must lie ahead by at most 120 days", "give another instant");
  }
  return absl::OkStatus();
}

absl::Status Fail(store::Transaction& transaction, store::RoundRow row, const log::Act& act) {
  RENKEI_ASSIGN_OR_RETURN(row.state, Next(row.state, Event::kFail));
  row.closed_at = act.now;
  RENKEI_RETURN_IF_ERROR(transaction.UpdateRound(row));
  return log::Append(transaction, act,
                     {.type = log::EntryType::kRoundFailed,
                      .objects = {{"area", row.area_code}, {"round_id", row.id.value()}},
                      .fiscal_year = row.fiscal_year})
      .status();
}

}  // namespace

absl::StatusOr<store::RoundRow> Open(store::Transaction& transaction, const Terms& terms,
                                     const Question& asked, const log::Act& act) {
  Question question = asked;
  if (question.purpose == v1::PURPOSE_UNSPECIFIED) question.purpose = v1::PURPOSE_REGIONAL_PLANNING;
  RENKEI_RETURN_IF_ERROR(CheckQuestion(terms, question, act.now));
  RENKEI_ASSIGN_OR_RETURN(const auto measures, MeasuresOf(terms, question));
  const base::FiscalYear year(question.fiscal_year);
  const std::vector<std::string> municipalities =
      terms.catalogue->areas().MunicipalitiesOf(question.area_code, year);
  if (municipalities.empty()) {
    return Invalid("area_code", "has no municipalities in this year", "see the catalogue's areas");
  }
  RENKEI_ASSIGN_OR_RETURN(const tables::Layout layout,
                          tables::Layout::Make(question.area_code, year, measures, municipalities));
  RENKEI_ASSIGN_OR_RETURN(const std::vector<store::MemberRow> members,
                          MembersOf(transaction, question, measures, act.now));
  RENKEI_ASSIGN_OR_RETURN(const policy::rules::Policy policy, PolicyInForce(transaction, terms));
  std::vector<std::string> ids;
  for (const tables::MeasureVersion& measure : measures) ids.push_back(measure.id);
  RENKEI_RETURN_IF_ERROR(LaneOfRound(*terms.catalogue, policy.document(), ids).status());

  store::RoundRow row;
  row.id = base::RoundId(base::MakeUuidV7(absl::ToUnixMillis(act.now), *act.random));
  row.area_code = question.area_code;
  row.fiscal_year = question.fiscal_year;
  row.state = v1::ROUND_STATE_OPEN;
  row.opened_at = act.now;
  row.deadline = question.deadline.value_or(act.now + kDefaultDeadline);

  v1::RoundDescriptor descriptor;
  descriptor.set_round_id(row.id.value());
  descriptor.set_area_code(question.area_code);
  descriptor.set_fiscal_year(static_cast<uint32_t>(question.fiscal_year));
  descriptor.set_purpose(question.purpose);
  for (const tables::MeasureVersion& measure : measures) {
    v1::MeasureRef* ref = descriptor.add_measure();
    ref->set_id(measure.id);
    ref->set_version(measure.version);
  }
  for (const std::string& code : municipalities) descriptor.add_municipality(code);
  std::set<std::string> insurers;
  for (const store::MemberRow& member : members) {
    descriptor.add_member(member.id.value());
    insurers.insert(member.insurer_numbers.begin(), member.insurer_numbers.end());
  }
  for (const std::string& number : insurers) descriptor.add_insurer_number(number);
  *descriptor.mutable_consent_instant() = ToProto(question.consent_instant.value_or(act.now));
  *descriptor.mutable_opened_at() = ToProto(row.opened_at);
  *descriptor.mutable_deadline() = ToProto(row.deadline);
  descriptor.set_policy_digest(crypto::ToBytes(policy.digest()));
  descriptor.set_catalogue_digest(crypto::ToBytes(terms.catalogue->digest()));
  descriptor.set_layout_digest(crypto::ToBytes(layout.digest()));
  descriptor.set_area_edition(catalogue::AreaTable::kEdition);
  descriptor.set_audience(terms.audience);
  row.descriptor = descriptor.SerializeAsString();
  row.digest = crypto::Sha256(base::AsBytes(row.descriptor));

  RENKEI_RETURN_IF_ERROR(transaction.InsertRound(row));
  RENKEI_RETURN_IF_ERROR(log::Append(transaction, act,
                                     {.type = log::EntryType::kRoundOpened,
                                      .objects = {{"area", row.area_code},
                                                  {"round_digest", crypto::ToHex(row.digest)},
                                                  {"round_id", row.id.value()}},
                                      .fiscal_year = row.fiscal_year})
                             .status());
  return row;
}

absl::StatusOr<store::RoundRow> Close(store::Transaction& transaction, const store::RoundRow& round,
                                      const log::Act& act) {
  store::RoundRow row = round;
  if (row.state == v1::ROUND_STATE_CLOSED || row.state == v1::ROUND_STATE_RELEASED ||
      row.state == v1::ROUND_STATE_HELD) {
    return row;
  }
  RENKEI_ASSIGN_OR_RETURN(row.state, Next(row.state, Event::kClose));
  row.closed_at = act.now;
  RENKEI_RETURN_IF_ERROR(transaction.UpdateRound(row));
  RENKEI_RETURN_IF_ERROR(
      log::Append(transaction, act,
                  {.type = log::EntryType::kRoundClosed,
                   .objects = {{"area", row.area_code}, {"round_id", row.id.value()}},
                   .fiscal_year = row.fiscal_year})
          .status());
  return row;
}

absl::StatusOr<int> CloseExpired(store::Transaction& transaction, const Terms& terms,
                                 const log::Act& act) {
  int changed = 0;
  const auto close = [&](const store::RoundRow& found) -> absl::StatusOr<bool> {
    if (found.state != v1::ROUND_STATE_OPEN || act.now < found.deadline) return true;
    ++changed;
    RENKEI_ASSIGN_OR_RETURN(const auto contributions,
                            transaction.LatestContributions(found.id, false));
    RENKEI_ASSIGN_OR_RETURN(const policy::rules::Policy policy, PolicyInForce(transaction, terms));
    if (contributions.size() >= policy.document().min_contributors()) {
      RENKEI_RETURN_IF_ERROR(Close(transaction, found, act).status());
    } else {
      RENKEI_RETURN_IF_ERROR(Fail(transaction, found, act));
    }
    return true;
  };
  RENKEI_RETURN_IF_ERROR(store::ForEachRound(transaction, close));
  return changed;
}

absl::StatusOr<v1::RoundDescriptor> DescriptorOf(const store::RoundRow& round) {
  v1::RoundDescriptor descriptor;
  if (!descriptor.ParseFromString(round.descriptor)) {
    return absl::DataLossError("a stored round descriptor cannot be read");
  }
  return descriptor;
}

absl::StatusOr<tables::Layout> LayoutOf(const v1::RoundDescriptor& descriptor) {
  std::vector<tables::MeasureVersion> measures;
  for (const v1::MeasureRef& ref : descriptor.measure())
    measures.push_back({ref.id(), ref.version()});
  RENKEI_ASSIGN_OR_RETURN(
      tables::Layout layout,
      tables::Layout::Make(descriptor.area_code(),
                           base::FiscalYear(static_cast<int>(descriptor.fiscal_year())),
                           std::move(measures),
                           {descriptor.municipality().begin(), descriptor.municipality().end()}));
  if (crypto::ToBytes(layout.digest()) != descriptor.layout_digest()) {
    return absl::InternalError("a stored round descriptor does not fit its layout digest");
  }
  return layout;
}

}  // namespace renkei::hub::rounds
