#include "tests/synth/archive.h"

#include <zip.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace renkei::tests::synth {
namespace {

constexpr int kDeflateLevel = 3;
// 2012-05-10 00:00:00 as MS-DOS date and time: no time zone enters.
constexpr zip_uint16_t kDosDate = (2012 - 1980) << 9 | 5 << 5 | 10;

absl::Status ZipError(zip_t* archive, const std::string& path) {
  absl::Status status =
      absl::UnavailableError(absl::StrCat(path, ": cannot write: ", zip_strerror(archive)));
  zip_discard(archive);
  return status;
}

}  // namespace

absl::Status WriteZip(const std::string& path, const std::vector<ArchiveFile>& files) {
  int code = 0;
  zip_t* archive = zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, &code);
  if (archive == nullptr) {
    return absl::UnavailableError(absl::StrCat(path, ": cannot create, libzip code ", code));
  }
  for (const ArchiveFile& file : files) {
    zip_source_t* source =
        zip_source_buffer(archive, file.content.data(), file.content.size(), /*freep=*/0);
    if (source == nullptr) return ZipError(archive, path);
    const zip_int64_t index = zip_file_add(archive, file.name.c_str(), source, ZIP_FL_ENC_UTF_8);
    if (index < 0) {
      zip_source_free(source);
      return ZipError(archive, path);
    }
    const auto at = static_cast<zip_uint64_t>(index);
    if (zip_set_file_compression(archive, at, ZIP_CM_DEFLATE, kDeflateLevel) != 0 ||
        zip_file_set_dostime(archive, at, 0, kDosDate, 0) != 0) {
      return ZipError(archive, path);
    }
  }
  if (zip_close(archive) != 0) return ZipError(archive, path);
  return absl::OkStatus();
}

std::string DocumentName(const Provenance& provenance, int split, int sequence) {
  return absl::StrCat("h", provenance.institution, CompactDay(provenance.file_day), split, "1",
                      absl::StrFormat("%06d", sequence), ".xml");
}

std::vector<ArchiveFile> MakeArchive(const std::string& stem, const Hc08Writer& writer,
                                     const Provenance& provenance, int split,
                                     const std::vector<const Person*>& people) {
  const int count = static_cast<int>(people.size());
  std::vector<ArchiveFile> files;
  files.reserve(people.size() + 2);
  files.push_back({absl::StrCat(stem, "/ix08_V08.xml"),
                   Ix08(provenance, people.empty() ? "" : people[0]->insurer_number, count)});
  files.push_back({absl::StrCat(stem, "/su08_V08.xml"), Su08(count)});
  for (int i = 0; i < count; ++i) {
    ArchiveFile file{absl::StrCat(stem, "/DATA/", DocumentName(provenance, split, i + 1)), ""};
    file.content.reserve(20'000);
    writer.Append(*people[static_cast<size_t>(i)], i + 1, &file.content);
    files.push_back(std::move(file));
  }
  return files;
}

}  // namespace renkei::tests::synth
