// A zip archive of the national layout (formats.md 2.1), distrusted: every entry is looked at
// before the first byte is unpacked, and what is unpacked is counted again. One member is in memory
// at a time, besides libzip's directory. Touches the disk. Not thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "agents/intake/inflater.h"
#include "agents/intake/messages.h"
#include "agents/intake/options.h"

struct zip;

namespace renkei::agents::intake {

// Why the whole archive is refused.
struct ArchiveProblem {
  MessageCode code;
  std::string member;  // as MemberForReport shows it
  std::string detail;  // a limit or a libzip error, never content
};

class Archive {
 public:
  struct Member {
    uint64_t index;  // in the archive's directory
    uint64_t size;   // declared, unpacked
    uint64_t packed;
    uint32_t crc;
    // Packed by DEFLATE, and not to more than it needs: its packed bytes fit into memory.
    bool may_be_fetched_packed;
    std::string name;  // as it may be shown
  };

  // Refusals leave `problem` set and the archive unusable. A status is a failure to read the disk.
  static absl::StatusOr<Archive> Open(const std::string& path, uint64_t file_size,
                                      const ImportLimits& limits,
                                      std::optional<ArchiveProblem>* problem);
  Archive(Archive&& other) noexcept;
  Archive& operator=(Archive&&) = delete;
  ~Archive();

  // Looks at every entry: paths, links, duplicates, encryption, sizes, ratio, number; sorts them
  // into documents, settlements, index and the rest. Orphans are noted in `messages`.
  std::optional<ArchiveProblem> Survey(bool index_optional, MessageLog* messages);

  const std::vector<Member>& documents() const { return documents_; }
  const std::optional<Member>& index() const { return index_; }
  const std::optional<Member>& summary() const { return summary_; }
  uint64_t orphans() const { return orphans_; }
  // Files of the CLAIMS folder.
  const std::vector<Member>& settlements() const { return settlements_; }

  // Bytes of a member as they came from the disk.
  struct Fetched {
    std::string bytes;
    bool is_packed = false;
  };
  // Reads into `out`, reusing its memory; unpacked already where the member may not be fetched
  // packed. One thread at a time.
  std::optional<ArchiveProblem> Fetch(const Member& member, Fetched* out) const;
  // Unpacks what was fetched, in place, by way of `buffer`. Any thread.
  static std::optional<ArchiveProblem> Unpack(const Member& member, Inflater& inflater,
                                              Fetched* fetched, std::string* buffer);
  // Both at once, into `out`.
  std::optional<ArchiveProblem> Read(const Member& member, std::string* out) const;

 private:
  Archive(struct zip* handle, uint64_t file_size, const ImportLimits& limits)
      : zip_(handle), file_size_(file_size), limits_(limits) {}
  struct zip* zip_;
  uint64_t file_size_;
  ImportLimits limits_;
  std::vector<Member> documents_;
  std::vector<Member> settlements_;
  std::optional<Member> index_;
  std::optional<Member> summary_;
  uint64_t orphans_ = 0;
};

// Does the file's name follow `<sender>_<receiver>_<YYYYMMDD><n>_<k>.zip`?
bool ArchiveNameIsNational(absl::string_view base_name);
// h or g, 26 digits, .xml.
bool IsPersonFileName(absl::string_view base_name);
// nullptr, or why a member of this name could be written outside a folder.
const char* WhyUnsafePath(absl::string_view name);
// Names of person files and of the format are shown; others by number and shape.
std::string MemberForReport(absl::string_view name, uint64_t index);

}  // namespace renkei::agents::intake
