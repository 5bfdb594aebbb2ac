// The documents of an archive in pieces of a few, fetched packed one piece at a time, so that
// several threads can unpack and read them. Fetching is serialised: libzip's archive serves one
// thread at a time. A large document is left in the archive for the one thread that takes pieces in
// order, so that only one of them is in memory. Thread-safe.
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "agents/intake/archive.h"
#include "agents/intake/document_reader.h"

namespace renkei::agents::intake {

struct MemberPiece {
  struct Document {
    const Archive::Member* member = nullptr;
    Archive::Fetched fetched;
  };
  std::vector<Document> documents;  // the first count of them
  size_t count = 0;
  const Archive::Member* large = nullptr;  // alone in its piece, not fetched
  std::optional<ArchiveProblem> problem;   // of the document behind those; nothing follows then

  // What was read of them.
  ImportReport report;
  DocumentRecords records;
};

class MemberPieces {
 public:
  static constexpr size_t kDocuments = 16;
  static constexpr uint64_t kBytes = 1 << 20;

  explicit MemberPieces(const Archive* archive) : archive_(archive) {}

  // False: no document is left. One thread at a time, in the archive's order.
  bool Next(MemberPiece* piece);
  // Any thread.
  std::optional<ArchiveProblem> Read(const Archive::Member& member, std::string* bytes);

 private:
  const Archive* archive_;
  size_t next_ = 0;
  bool has_failed_ = false;
  std::mutex mutex_;  // of the archive's file
};

}  // namespace renkei::agents::intake
