#include "agents/intake/archive.h"

#include <sys/stat.h>
#include <zip.h>

#include <memory>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "agents/intake/text.h"

namespace renkei::agents::intake {
namespace {

absl::string_view BaseName(absl::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == path.npos ? path : path.substr(slash + 1);
}

bool HasDigits(absl::string_view text, size_t count) {
  return text.size() == count && IsAllDigits(text);
}

// Links and devices have no business in a delivery.
bool IsOrdinary(struct zip* archive, uint64_t index) {
  zip_uint8_t system = 0;
  zip_uint32_t attributes = 0;
  if (zip_file_get_external_attributes(archive, index, 0, &system, &attributes) != 0) return false;
  if (system != ZIP_OPSYS_UNIX) return true;
  const mode_t type = (attributes >> 16) & S_IFMT;
  return type == 0 || type == S_IFREG || type == S_IFDIR;
}

bool IsXsd(absl::string_view path) {
  return absl::StartsWith(path, "XSD/") || absl::StrContains(path, "/XSD/");
}

// Does the entry lie directly in a folder of this name?
bool LiesIn(absl::string_view path, absl::string_view folder) {
  const size_t slash = path.rfind('/');
  if (slash == path.npos) return false;
  const absl::string_view parent = path.substr(0, slash);
  return BaseName(parent) == folder;
}

// Path in front of "DATA/" when the entry lies directly in a DATA folder.
std::optional<absl::string_view> RootOfDataEntry(absl::string_view path) {
  const size_t slash = path.rfind('/');
  if (slash == path.npos) return std::nullopt;
  const absl::string_view folder = path.substr(0, slash);
  if (folder == "DATA") return absl::string_view();
  if (absl::EndsWith(folder, "/DATA")) return folder.substr(0, folder.size() - 4);
  return std::nullopt;
}

ArchiveProblem Damaged(const Archive::Member& member, const char* why) {
  return {MessageCode::kArcLayout, member.name,
          absl::StrCat("damaged or cut off: ", why, "; send it again")};
}

ArchiveProblem TooLong(const Archive::Member& member) {
  return {MessageCode::kArcSize, member.name, "unpacks to more than it declares"};
}

// Honest DEFLATE grows incompressible bytes by less than this.
bool IsPackedAtMostAsLarge(const zip_stat_t& stat) {
  return stat.comp_size <= stat.size + stat.size / 1024 + 64;
}

bool MayBeFetchedPacked(const zip_stat_t& stat) {
  return (stat.valid & ZIP_STAT_COMP_METHOD) != 0 && (stat.valid & ZIP_STAT_CRC) != 0 &&
         stat.comp_method == ZIP_CM_DEFLATE && IsPackedAtMostAsLarge(stat);
}

}  // namespace

bool ArchiveNameIsNational(absl::string_view base_name) {
  if (!absl::ConsumeSuffix(&base_name, ".zip")) return false;
  const std::vector<absl::string_view> parts = absl::StrSplit(base_name, '_');
  return parts.size() == 4 && (HasDigits(parts[0], 10) || HasDigits(parts[0], 8)) &&
         (HasDigits(parts[1], 8) || HasDigits(parts[1], 10)) && HasDigits(parts[2], 9) &&
         parts[3].size() == 1 && parts[3][0] >= '1' && parts[3][0] <= '5';
}

bool IsPersonFileName(absl::string_view base_name) {
  if (!absl::ConsumeSuffix(&base_name, ".xml") || base_name.empty()) return false;
  const char prefix = base_name.front();
  return (prefix == 'h' || prefix == 'g') && HasDigits(base_name.substr(1), 26);
}

const char* WhyUnsafePath(absl::string_view name) {
  if (name.empty()) return "empty name";
  if (name.front() == '/') return "absolute path";
  if (name.find('\\') != name.npos) return "backslash";
  if (name.size() >= 2 && name[1] == ':' &&
      absl::ascii_isalpha(static_cast<unsigned char>(name[0]))) {
    return "drive letter";
  }
  for (const absl::string_view part : absl::StrSplit(name, '/')) {
    if (part == "..") return "'..'";
  }
  for (const char c : name) {
    if (static_cast<unsigned char>(c) < 0x20) return "control character";
  }
  return nullptr;
}

std::string MemberForReport(absl::string_view name, uint64_t index) {
  const absl::string_view base = BaseName(name);
  if (IsPersonFileName(base)) return absl::StrCat("DATA/", base);
  if ((absl::StartsWith(base, "ix08") || absl::StartsWith(base, "su08")) && base.size() <= 16) {
    return std::string(base);
  }
  return absl::StrCat("entry ", index + 1, " (", ValueShape(base), ")");
}

absl::StatusOr<Archive> Archive::Open(const std::string& path, uint64_t file_size,
                                      const ImportLimits& limits,
                                      std::optional<ArchiveProblem>* problem) {
  int code = 0;
  struct zip* handle = zip_open(path.c_str(), ZIP_RDONLY, &code);
  if (handle == nullptr) {
    zip_error_t error;
    zip_error_init_with_code(&error, code);
    const std::string text = zip_error_strerror(&error);
    zip_error_fini(&error);
    if (code == ZIP_ER_OPEN || code == ZIP_ER_READ || code == ZIP_ER_SEEK || code == ZIP_ER_NOENT) {
      return absl::UnavailableError(absl::StrCat("cannot read the archive: ", text));
    }
    if (code == ZIP_ER_MEMORY)
      return absl::ResourceExhaustedError("not enough memory for the archive");
    *problem = ArchiveProblem{MessageCode::kArcLayout, "",
                              absl::StrCat("damaged or cut off: ", text, "; send it again")};
  }
  return Archive(handle, file_size, limits);
}

Archive::Archive(Archive&& other) noexcept
    : zip_(std::exchange(other.zip_, nullptr)),
      file_size_(other.file_size_),
      limits_(other.limits_),
      documents_(std::move(other.documents_)),
      settlements_(std::move(other.settlements_)),
      index_(std::move(other.index_)),
      summary_(std::move(other.summary_)),
      orphans_(other.orphans_) {}

Archive::~Archive() {
  if (zip_ != nullptr) zip_discard(zip_);
}

std::optional<ArchiveProblem> Archive::Survey(bool index_optional, MessageLog* messages) {
  const auto entries = static_cast<uint64_t>(zip_get_num_entries(zip_, 0));
  if (entries > limits_.max_members) {
    return ArchiveProblem{MessageCode::kArcSize, "",
                          absl::StrCat("more than ", limits_.max_members, " entries")};
  }
  absl::flat_hash_set<absl::string_view> names;
  names.reserve(entries);
  std::optional<absl::string_view> root;
  bool has_data_folder = false;
  struct Candidate {
    absl::string_view folder;
    Member member;
  };
  std::vector<Candidate> indexes, summaries;
  uint64_t total = 0, total_packed = 0;
  for (uint64_t i = 0; i < entries; ++i) {
    zip_stat_t stat;
    const char* raw_name = zip_get_name(zip_, i, ZIP_FL_ENC_RAW);
    if (raw_name == nullptr || zip_stat_index(zip_, i, 0, &stat) != 0 ||
        (stat.valid & ZIP_STAT_SIZE) == 0 || (stat.valid & ZIP_STAT_COMP_SIZE) == 0) {
      return ArchiveProblem{MessageCode::kArcLayout, absl::StrCat("entry ", i + 1),
                            "its directory entry cannot be read"};
    }
    const absl::string_view name = raw_name;
    const auto refuse = [&](MessageCode code, std::string detail) {
      return ArchiveProblem{code, MemberForReport(name, i), std::move(detail)};
    };
    if (const char* why = WhyUnsafePath(name)) return refuse(MessageCode::kArcPath, why);
    if (!IsOrdinary(zip_, i)) return refuse(MessageCode::kArcPath, "link or device");
    absl::string_view path = name;
    while (absl::ConsumePrefix(&path, "./")) {
    }
    if (!names.insert(path).second) return refuse(MessageCode::kArcPath, "the name occurs twice");
    if ((stat.valid & ZIP_STAT_ENCRYPTION_METHOD) != 0 && stat.encryption_method != ZIP_EM_NONE) {
      return refuse(MessageCode::kArcEncrypted, "");
    }
    if (stat.size > limits_.max_member_bytes) {
      return refuse(MessageCode::kArcSize,
                    absl::StrCat("more than max_member_bytes = ", limits_.max_member_bytes));
    }
    if (stat.size / limits_.max_ratio > stat.comp_size) {
      return refuse(MessageCode::kArcSize,
                    absl::StrCat("packed more than max_ratio = ", limits_.max_ratio, " : 1"));
    }
    total += stat.size;
    total_packed += stat.comp_size;
    if (total > limits_.max_archive_bytes) {
      return refuse(MessageCode::kArcSize, absl::StrCat("together more than max_archive_bytes = ",
                                                        limits_.max_archive_bytes));
    }
    // Entries that share their packed bytes make a bomb that no single ratio shows.
    if (total_packed > file_size_) {
      return refuse(MessageCode::kArcSize,
                    "entries overlap: packed sizes exceed the archive's size");
    }

    if (absl::EndsWith(path, "/")) {
      has_data_folder |= path == "DATA/" || absl::EndsWith(path, "/DATA/");
      continue;
    }
    const absl::string_view base = BaseName(path);
    Member member{
        i, stat.size, stat.comp_size, stat.crc, MayBeFetchedPacked(stat), MemberForReport(name, i)};
    if (const std::optional<absl::string_view> in_data = RootOfDataEntry(path)) {
      has_data_folder = true;
      if (root && *root != *in_data)
        return refuse(MessageCode::kArcLayout, "more than one DATA folder");
      root = *in_data;
      if (IsPersonFileName(base)) {
        documents_.push_back(std::move(member));
      } else {
        ++orphans_;
        messages->Add(MessageCode::kArcOrphan, UsualLevel(MessageCode::kArcOrphan), "", "",
                      {member.name, ""});
      }
    } else if (absl::StartsWith(base, "ix08") && absl::EndsWith(base, ".xml") && !IsXsd(path)) {
      indexes.push_back({path.substr(0, path.size() - base.size()), std::move(member)});
    } else if (absl::StartsWith(base, "su08") && absl::EndsWith(base, ".xml") && !IsXsd(path)) {
      summaries.push_back({path.substr(0, path.size() - base.size()), std::move(member)});
    } else if (LiesIn(path, "CLAIMS")) {
      settlements_.push_back(std::move(member));
    }
  }
  if (!has_data_folder)
    return ArchiveProblem{MessageCode::kArcLayout, "",
                          "no DATA folder; save an Excel workbook as CSV"};
  const auto beside_data = [&root](std::vector<Candidate>& candidates) -> std::optional<Member> {
    for (Candidate& candidate : candidates) {
      if (!root || candidate.folder == *root) return std::move(candidate.member);
    }
    return std::nullopt;
  };
  index_ = beside_data(indexes);
  summary_ = beside_data(summaries);
  if (!index_) {
    if (!index_optional) return ArchiveProblem{MessageCode::kArcLayout, "", "no ix08 index"};
    messages->Add(MessageCode::kArcLayout, Level::kWarn, "", "no ix08 index", Place());
  }
  return std::nullopt;
}

std::optional<ArchiveProblem> Archive::Fetch(const Member& member, Fetched* out) const {
  out->is_packed = member.may_be_fetched_packed;
  const uint64_t size = out->is_packed ? member.packed : member.size;
  const std::unique_ptr<zip_file_t, int (*)(zip_file_t*)> file(
      zip_fopen_index(zip_, member.index, out->is_packed ? ZIP_FL_COMPRESSED : 0), &zip_fclose);
  if (file == nullptr) return Damaged(member, zip_error_strerror(zip_get_error(zip_)));
  // One byte of room beyond the declared size shows a member that unpacks to more than it says.
  out->bytes.resize(size + 1);
  uint64_t done = 0;
  while (done < out->bytes.size()) {
    const zip_int64_t got =
        zip_fread(file.get(), out->bytes.data() + done, out->bytes.size() - done);
    if (got < 0) return Damaged(member, zip_error_strerror(zip_file_get_error(file.get())));
    if (got == 0) break;
    done += static_cast<uint64_t>(got);
  }
  if (done > size) return TooLong(member);
  if (done < size) return Damaged(member, "it ends early");
  out->bytes.resize(done);
  return std::nullopt;
}

std::optional<ArchiveProblem> Archive::Unpack(const Member& member, Inflater& inflater,
                                              Fetched* fetched, std::string* buffer) {
  if (!fetched->is_packed) return std::nullopt;
  const InflateResult result = inflater.Unpack(fetched->bytes, member.size, member.crc, buffer);
  fetched->bytes.swap(*buffer);
  fetched->is_packed = false;
  if (result == InflateResult::kWhole) return std::nullopt;
  if (result == InflateResult::kTooLong) return TooLong(member);
  return Damaged(member, "its packed bytes or its checksum are wrong");
}

std::optional<ArchiveProblem> Archive::Read(const Member& member, std::string* out) const {
  Fetched fetched;
  if (auto problem = Fetch(member, &fetched)) return problem;
  Inflater inflater;
  if (auto problem = Unpack(member, inflater, &fetched, out)) return problem;
  out->swap(fetched.bytes);
  return std::nullopt;
}

}  // namespace renkei::agents::intake
