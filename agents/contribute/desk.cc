#include "agents/contribute/desk.h"

#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "agents/consent/checkpoint.h"
#include "agents/contribute/statement.h"
#include "policy/agreement/signed_agreement.h"
#include "policy/base/error.h"
#include "policy/base/status.h"
#include "policy/disclosure/protected_table.h"

namespace renkei::agents::contribute {

namespace agreement = renkei::policy::agreement;
namespace base = renkei::policy::base;
namespace crypto = renkei::policy::crypto;
namespace disclosure = renkei::policy::disclosure;

struct Desk::Counted {
  agreement::SignedAgreement signed_agreement;
  disclosure::ProtectedTable<disclosure::ForPooling> table;
  policy::consent::CoverageCounts coverage;
  std::string consent_mark;
};

namespace {

// Everything that says something about persons, and the agreement; ids and times apart.
bool SaysTheSame(const v1::ContributionStatement& old, const v1::ContributionStatement& fresh) {
  const auto strip = [](v1::ContributionStatement statement) {
    statement.clear_request_id();
    statement.clear_issued_at();
    statement.clear_not_after();
    statement.clear_revision();
    statement.clear_supersedes();
    statement.clear_engine_version();
    statement.clear_consent_checkpoint();
    return statement.SerializeAsString();
  };
  return strip(old) == strip(fresh);
}

absl::Status CheckOpen(const RoundQuestion& question) {
  if (question.state == v1::ROUND_STATE_OPEN) return absl::OkStatus();
  return base::MakeError(absl::StatusCode::kFailedPrecondition, v1::ERROR_REASON_ROUND_CLOSED,
                         absl::StrCat("round ", question.descriptor.round_id(), " is closed"),
                         "round_id", "round", "a contribution to the secretariat's next round");
}

}  // namespace

absl::StatusOr<RoundQuestion> Desk::Question(const std::string& round_id) {
  RENKEI_ASSIGN_OR_RETURN(const v1::GetRoundResponse answer, parts_.rounds.Load(round_id));
  return ReadRound(answer.round(), answer.policy_text(), parts_.tabulator.catalogue);
}

absl::StatusOr<Desk::Counted> Desk::Count(const RoundQuestion& question, absl::Time now) {
  if (question.descriptor.audience() != parts_.audience) {
    return absl::DataLossError(absl::StrCat("round ", question.descriptor.round_id(),
                                            ": names another hub than the one that this agent "
                                            "enrolled with"));
  }
  RENKEI_ASSIGN_OR_RETURN(
      agreement::SignedAgreement signed_agreement,
      parts_.agreements.For(question.descriptor, parts_.signer.public_key(), now));
  RENKEI_ASSIGN_OR_RETURN(const agreement::ExactCellsGrant grant,
                          agreement::ExactCellsGrant::From(signed_agreement));
  RENKEI_ASSIGN_OR_RETURN(cohort::CohortStore * store, parts_.store());
  RENKEI_ASSIGN_OR_RETURN(
      Tabulation tabulation,
      parts_.tabulator.Tabulate(*store, question, signed_agreement.agreement(), now));
  RENKEI_ASSIGN_OR_RETURN(disclosure::ProtectedTable<disclosure::ForPooling> table,
                          disclosure::ExactForPooling(tabulation.cube, grant));
  return Counted{.signed_agreement = std::move(signed_agreement),
                 .table = std::move(table),
                 .coverage = tabulation.coverage,
                 .consent_mark = std::move(tabulation.consent_mark)};
}

absl::StatusOr<v1::ContributionStatement> Desk::Draft(const RoundQuestion& question,
                                                      const Counted& counted, uint32_t revision,
                                                      const std::string& supersedes,
                                                      absl::Time now) {
  if (revision > kMaxRevision) {
    return base::MakeError(
        absl::StatusCode::kFailedPrecondition, v1::ERROR_REASON_REVISION,
        absl::StrCat("round ", question.descriptor.round_id(),
                     ": the contribution was revised twice; the hub takes no third revision"),
        "revision", "contribution.revision", "a contribution to the next round");
  }
  const StatementHead head{.issuer = parts_.issuer,
                           .request_id = base::MakeUuidV7(absl::ToUnixMillis(now), parts_.random),
                           .revision = revision,
                           .supersedes = supersedes,
                           .issued_at = now,
                           .not_after = NotAfter(now, question.policy)};
  return MakeStatement(counted.table, question, counted.signed_agreement.agreement(),
                       counted.coverage, head);
}

OutboxEntry Desk::Sign(const v1::ContributionStatement& statement,
                       const std::string& consent_mark) {
  OutboxEntry entry = MakeEntry(statement, parts_.signer);
  entry.consent_mark = consent_mark;
  return entry;
}

absl::StatusOr<OutboxEntry> Desk::Seal(const OutboxEntry& entry, absl::Time now) {
  RENKEI_ASSIGN_OR_RETURN(cohort::CohortStore * store, parts_.store());
  RENKEI_ASSIGN_OR_RETURN(const consent::HeadsSent sent, parts_.outbox.ConsentHeadsSent());
  RENKEI_ASSIGN_OR_RETURN(
      const consent::SealedLedger sealed,
      consent::SealLedger(*store, parts_.consent_signer, parts_.consent_origin, sent, now));
  RENKEI_ASSIGN_OR_RETURN(const v1::ContributionStatement statement,
                          StatementSealed(entry, sealed.checkpoint, now));
  OutboxEntry leaving = Sign(statement, entry.consent_mark);
  leaving.consent_size = sealed.size;
  return leaving;
}

absl::StatusOr<Prepared> Desk::Prepare(const std::string& round_id, absl::Time now) {
  RENKEI_ASSIGN_OR_RETURN(std::optional<OutboxEntry> current, parts_.outbox.CurrentOf(round_id));
  if (current.has_value() && current->state != OutboxState::kAcknowledged && current->approved) {
    return Prepared{.outcome = Prepared::Outcome::kWaiting, .entry = *std::move(current)};
  }
  RENKEI_ASSIGN_OR_RETURN(const RoundQuestion question, Question(round_id));
  if (question.state != v1::ROUND_STATE_OPEN && current.has_value() &&
      current->state == OutboxState::kAcknowledged) {
    return Prepared{.outcome = Prepared::Outcome::kAcknowledged, .entry = *std::move(current)};
  }
  RENKEI_RETURN_IF_ERROR(CheckOpen(question));
  RENKEI_ASSIGN_OR_RETURN(const Counted counted, Count(question, now));

  RENKEI_ASSIGN_OR_RETURN(const std::optional<OutboxEntry> accepted,
                          parts_.outbox.AcknowledgedOf(round_id));
  const uint32_t revision = accepted.has_value() ? accepted->revision + 1 : 1;
  const std::string supersedes = accepted.has_value() ? accepted->request_id : "";
  // The last revision may still be compared with what the hub has, before it is refused as the
  // fourth.
  RENKEI_ASSIGN_OR_RETURN(
      const v1::ContributionStatement fresh,
      Draft(question, counted, std::min(revision, kMaxRevision), supersedes, now));
  if (accepted.has_value()) {
    RENKEI_ASSIGN_OR_RETURN(const v1::ContributionStatement old, StatementOf(*accepted));
    if (SaysTheSame(old, fresh)) {
      return Prepared{.outcome = Prepared::Outcome::kAcknowledged, .entry = *accepted};
    }
    if (revision > kMaxRevision) {
      return Draft(question, counted, revision, supersedes, now).status();
    }
  }
  const bool has_draft = current.has_value() && current->state == OutboxState::kPrepared;
  if (!has_draft) {
    OutboxEntry entry = Sign(fresh, counted.consent_mark);
    RENKEI_RETURN_IF_ERROR(parts_.outbox.Put(entry, now));
    return Prepared{.outcome = Prepared::Outcome::kDraft, .entry = std::move(entry)};
  }
  RENKEI_ASSIGN_OR_RETURN(const v1::ContributionStatement draft, StatementOf(*current));
  const bool same = SaysTheSame(draft, fresh) && current->revision == fresh.revision() &&
                    current->supersedes == fresh.supersedes();
  if (same && now < current->not_after - absl::Hours(1)) {
    RENKEI_RETURN_IF_ERROR(parts_.outbox.SetConsentMark(current->request_id, counted.consent_mark));
    current->consent_mark = counted.consent_mark;
    return Prepared{.outcome = Prepared::Outcome::kDraft, .entry = *std::move(current)};
  }
  OutboxEntry entry = Sign(fresh, counted.consent_mark);
  RENKEI_RETURN_IF_ERROR(parts_.outbox.Replace(current->request_id, entry, now));
  return Prepared{.outcome = Prepared::Outcome::kDraft,
                  .entry = std::move(entry),
                  .differs_from_preview = current->previewed && !same};
}

absl::StatusOr<Recheck> Desk::RecheckConsent(const OutboxEntry& entry, absl::Time now) {
  RENKEI_ASSIGN_OR_RETURN(const RoundQuestion question, Question(entry.round_id));
  // What has ended meanwhile lets nothing out, although it was signed for this.
  RENKEI_RETURN_IF_ERROR(
      parts_.agreements.For(question.descriptor, parts_.signer.public_key(), now).status());
  RENKEI_ASSIGN_OR_RETURN(cohort::CohortStore * store, parts_.store());
  RENKEI_ASSIGN_OR_RETURN(const bool unchanged, ConsentUnchanged(*store, entry.consent_mark, now));
  RENKEI_ASSIGN_OR_RETURN(const v1::ContributionStatement old, StatementOf(entry));
  RENKEI_ASSIGN_OR_RETURN(const consent::HeadsSent sent, parts_.outbox.ConsentHeadsSent());
  // It continues every earlier head; a later one the hub would not see shortened.
  const bool stands = entry.consent_size > 0 && sent.largest <= entry.consent_size;
  if (unchanged) {
    return Recheck{.verdict = Recheck::Verdict::kUnchanged, .checkpoint_stands = stands};
  }
  RENKEI_ASSIGN_OR_RETURN(const Counted counted, Count(question, now));
  RENKEI_ASSIGN_OR_RETURN(const v1::ContributionStatement now_true,
                          Draft(question, counted, entry.revision, entry.supersedes, now));
  return Recheck{.verdict = SaysTheSame(old, now_true) ? Recheck::Verdict::kSameCounts
                                                       : Recheck::Verdict::kOtherCounts,
                 .mark = counted.consent_mark,
                 .checkpoint_stands = stands};
}

Drafting Desk::MakeDrafting(std::function<absl::Time()> clock) {
  Drafting drafting;
  drafting.recheck = [this, clock](const OutboxEntry& entry) {
    return RecheckConsent(entry, clock());
  };
  drafting.draft = [this, clock](const std::string& round_id, uint32_t revision,
                                 const std::string& supersedes) -> absl::StatusOr<OutboxEntry> {
    const absl::Time now = clock();
    RENKEI_ASSIGN_OR_RETURN(const RoundQuestion question, Question(round_id));
    RENKEI_ASSIGN_OR_RETURN(const Counted counted, Count(question, now));
    RENKEI_ASSIGN_OR_RETURN(const v1::ContributionStatement statement,
                            Draft(question, counted, revision, supersedes, now));
    return Sign(statement, counted.consent_mark);
  };
  drafting.seal = [this, clock](const OutboxEntry& entry) { return Seal(entry, clock()); };
  drafting.sign_again = [this, clock](const OutboxEntry& old) -> absl::StatusOr<OutboxEntry> {
    const absl::Time now = clock();
    RENKEI_ASSIGN_OR_RETURN(const RoundQuestion question, Question(old.round_id));
    RENKEI_ASSIGN_OR_RETURN(
        const v1::ContributionStatement statement,
        StatementAgain(old, base::MakeUuidV7(absl::ToUnixMillis(now), parts_.random), now,
                       NotAfter(now, question.policy)));
    return Sign(statement, old.consent_mark);
  };
  return drafting;
}

}  // namespace renkei::agents::contribute
