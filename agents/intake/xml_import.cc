// National XML from disk to the sink: an archive of person files, or one document
// (definitions 15.8). A fault of a document rejects that document, a fault of the archive all of
// it; one transaction.
#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "agents/intake/archive.h"
#include "agents/intake/archive_totals.h"
#include "agents/intake/document_reader.h"
#include "agents/intake/import_run.h"
#include "agents/intake/in_order.h"
#include "agents/intake/member_pieces.h"
#include "policy/base/status.h"

namespace renkei::agents::intake {
namespace {

constexpr uint64_t kDocumentsPerStep = 512;

// What a thread needs to turn fetched documents into records.
struct Worker {
  explicit Worker(const ImportRun& run) : reader(run) {}

  void WorkOn(MemberPiece* piece) {
    for (size_t i = 0; i < piece->count; ++i) {
      MemberPiece::Document& document = piece->documents[i];
      if (auto problem = Archive::Unpack(*document.member, inflater, &document.fetched, &buffer)) {
        piece->problem = std::move(problem);
        piece->count = i;
        return;
      }
      reader.Read(document.fetched.bytes, document.member->name, &piece->report, &piece->records);
    }
  }

  DocumentReader reader;
  Inflater inflater;
  std::string buffer;
};

class ArchiveImport {
 public:
  ArchiveImport(ImportRun& run, uint64_t size) : run_(run), size_(size) {}

  absl::Status Run(const std::string& path) {
    ImportReport& report = *run_.report;
    if (!ArchiveNameIsNational(report.source)) report.messages.Add(MessageCode::kArcName, "", "");
    std::optional<ArchiveProblem> problem;
    RENKEI_ASSIGN_OR_RETURN(Archive archive,
                            Archive::Open(path, size_, run_.options.limits, &problem));
    if (!problem) problem = archive.Survey(run_.options.index_optional, &report.messages);
    if (!problem) problem = CheckTotals(archive);
    if (problem) {
      Refuse(*problem);
      return absl::OkStatus();
    }
    report.ExpectItems(run_.items);
    SinkTransaction transaction(&run_.sink);
    RENKEI_RETURN_IF_ERROR(transaction.Begin(report.source));
    RENKEI_ASSIGN_OR_RETURN(const bool is_whole, ReadDocuments(archive));
    if (!is_whole) return absl::OkStatus();
    if (problem = CheckSettlements(archive); problem) {
      Refuse(*problem);
      return absl::OkStatus();
    }
    run_.Advance(size_, size_);
    RENKEI_RETURN_IF_ERROR(report.SelfCheck());
    return report.records.accepted > 0 ? transaction.Commit() : absl::OkStatus();
  }

 private:
  // Documents are parsed by several threads and stored by this one. False: the archive is refused.
  absl::StatusOr<bool> ReadDocuments(const Archive& archive) {
    MemberPieces pieces(&archive);
    const auto threads = static_cast<size_t>(std::max(run_.options.threads, 1));
    std::vector<std::unique_ptr<Worker>> workers;
    workers.reserve(threads);
    for (size_t i = 0; i < threads; ++i) workers.push_back(std::make_unique<Worker>(run_));
    std::optional<ArchiveProblem> problem;
    InOrder<MemberPiece> in_order(
        threads,
        [&pieces](MemberPiece* piece) -> absl::StatusOr<bool> { return pieces.Next(piece); },
        [this, &workers](MemberPiece* piece, size_t worker) {
          piece->report.StartPart(run_.items);
          piece->records.Clear();
          workers[worker]->WorkOn(piece);
        },
        [&](MemberPiece* piece) -> absl::Status {
          problem = std::move(piece->problem);
          // The calling thread takes pieces, and is worker 0: its reader is free.
          if (piece->large != nullptr)
            problem = ReadLarge(pieces, *piece->large, workers[0]->reader, piece);
          RENKEI_RETURN_IF_ERROR(Take(*piece));
          return problem ? absl::CancelledError() : absl::OkStatus();
        });
    const absl::Status status = in_order.Run();
    if (problem) {
      Refuse(*problem);
      return false;
    }
    RENKEI_RETURN_IF_ERROR(status);
    return true;
  }

  std::optional<ArchiveProblem> ReadLarge(MemberPieces& pieces, const Archive::Member& member,
                                          DocumentReader& reader, MemberPiece* piece) {
    std::string bytes;
    if (auto problem = pieces.Read(member, &bytes)) return problem;
    reader.Read(bytes, member.name, &piece->report, &piece->records);
    packed_ += member.packed;
    return std::nullopt;
  }

  absl::Status Take(const MemberPiece& piece) {
    const uint64_t steps = run_.report->files.seen / kDocumentsPerStep;
    run_.report->Append(piece.report);
    RENKEI_RETURN_IF_ERROR(piece.records.PutInto(run_.sink, run_.report));
    for (size_t i = 0; i < piece.count; ++i) packed_ += piece.documents[i].member->packed;
    if (run_.report->files.seen / kDocumentsPerStep != steps) run_.Advance(packed_, size_);
    return absl::OkStatus();
  }

  void Refuse(const ArchiveProblem& problem) {
    run_.report->messages.Add(problem.code, Level::kRejectArchive, "", problem.detail,
                              {problem.member, ""});
    if (run_.report->files.seen == 0) run_.report->files.seen = 1;
    run_.report->CountAllRejected();
  }

  std::optional<ArchiveProblem> CheckTotals(const Archive& archive) {
    const uint64_t files = archive.documents().size() + archive.orphans();
    if (archive.index()) {
      if (auto problem = archive.Read(*archive.index(), &bytes_)) return problem;
      const std::optional<uint64_t> records = ReadIndex(bytes_, run_.options.limits);
      if (records) {
        Compare("ix08 totalRecordCount", *records, "DATA", files, *archive.index());
      } else if (run_.options.index_optional) {
        run_.report->messages.Add(MessageCode::kArcLayout, Level::kWarn, "",
                                  "the ix08 index cannot be read", {archive.index()->name, ""});
      } else {
        return ArchiveProblem{MessageCode::kArcLayout, archive.index()->name,
                              "the ix08 index cannot be read"};
      }
    }
    if (archive.summary()) {
      if (auto problem = archive.Read(*archive.summary(), &bytes_)) return problem;
      const std::optional<SummaryTotals> totals = ReadSummary(bytes_, run_.options.limits);
      if (totals) {
        Compare("su08 totalSubjectCount", totals->records, "DATA", files, *archive.summary());
        stated_amounts_ = totals->amounts;
      } else {
        run_.report->messages.Add(MessageCode::kArcTotal, Level::kWarn, "su08", "",
                                  {archive.summary()->name, ""});
      }
    }
    return std::nullopt;
  }

  // The summary's amounts beside what the settlements of the CLAIMS folder add up to.
  std::optional<ArchiveProblem> CheckSettlements(const Archive& archive) {
    if (!archive.summary() || archive.settlements().empty()) return std::nullopt;
    using Field = std::optional<uint64_t> Amounts::*;
    static constexpr std::pair<const char*, Field> kFields[] = {
        {"su08 totalCostAmount", &Amounts::cost},
        {"su08 totalPaymentAmount", &Amounts::payment},
        {"su08 totalClaimAmount", &Amounts::claim}};
    Amounts sum{0, 0, 0};
    for (const Archive::Member& member : archive.settlements()) {
      if (auto problem = archive.Read(member, &bytes_)) return problem;
      const Amounts one = ReadSettlement(bytes_, run_.options.limits).value_or(Amounts());
      if (!one.cost || !one.payment || !one.claim) {
        run_.report->messages.Add(MessageCode::kArcTotal, Level::kWarn, "CLAIMS", "",
                                  {member.name, ""});
      }
      for (const auto& [what, field] : kFields) {
        // One unknown amount leaves its sum unknown.
        sum.*field =
            one.*field && sum.*field ? std::optional(*(sum.*field) + *(one.*field)) : std::nullopt;
      }
    }
    for (const auto& [what, field] : kFields) {
      if (stated_amounts_.*field && sum.*field) {
        Compare(what, *(stated_amounts_.*field), "CLAIMS", *(sum.*field), *archive.summary());
      }
    }
    return std::nullopt;
  }

  void Compare(const char* what, uint64_t stated, const char* folder, uint64_t found,
               const Archive::Member& member) {
    run_.report->totals.push_back({what, stated, found});
    if (stated == found) return;
    run_.report->messages.Add(
        MessageCode::kArcCount, Level::kWarn, what,
        absl::StrCat(absl::string_view(what).substr(0, 2) == "ix" ? "index " : "summary ", stated,
                     ", ", folder, " ", found),
        {member.name, ""});
  }

  ImportRun& run_;
  uint64_t size_;
  uint64_t packed_ = 0;  // bytes of the documents taken
  std::string bytes_;
  Amounts stated_amounts_;  // of the summary
};

}  // namespace

absl::Status ImportArchive(ImportRun& run, const std::string& path, uint64_t size) {
  return ArchiveImport(run, size).Run(path);
}

absl::Status ImportDocument(ImportRun& run, InputFile& file) {
  ImportReport& report = *run.report;
  const uint64_t limit = run.options.limits.max_member_bytes;
  if (file.size() > limit) {
    report.messages.Add(MessageCode::kArcSize, Level::kRejectFile, "",
                        absl::StrCat("more than max_member_bytes = ", limit), Place());
    report.files.seen = 1;
    report.CountAllRejected();
    return absl::OkStatus();
  }
  RENKEI_RETURN_IF_ERROR(file.Rewind());
  std::string bytes(file.size(), '\0');
  size_t done = 0;
  while (done < bytes.size()) {
    RENKEI_ASSIGN_OR_RETURN(const size_t got, file.Read(bytes.data() + done, bytes.size() - done));
    if (got == 0) return absl::AbortedError("the file changed while it was being read");
    done += got;
  }
  report.ExpectItems(run.items);
  SinkTransaction transaction(&run.sink);
  RENKEI_RETURN_IF_ERROR(transaction.Begin(report.source));
  DocumentReader reader(run);
  DocumentRecords records;
  reader.Read(bytes, "", &report, &records);
  RENKEI_RETURN_IF_ERROR(records.PutInto(run.sink, &report));
  run.Advance(file.size(), file.size());
  RENKEI_RETURN_IF_ERROR(report.SelfCheck());
  return report.records.accepted > 0 ? transaction.Commit() : absl::OkStatus();
}

}  // namespace renkei::agents::intake
