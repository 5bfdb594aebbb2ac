// Zip archives in the layout of the national exchange format (formats.md 2.1). Touches the disk.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "tests/synth/hc08.h"
#include "tests/synth/person.h"

namespace renkei::tests::synth {

struct ArchiveFile {
  std::string name;  // inside the archive
  std::string content;
};
// Fixed time stamps, so the same files give the same bytes (with the same zlib).
absl::Status WriteZip(const std::string& path, const std::vector<ArchiveFile>& files);

// "h" and 26 digits: institution, day, split, 1, sequence.
std::string DocumentName(const Provenance& provenance, int split, int sequence);

// The archive of some examined people of one insurer, under the root folder `stem`.
std::vector<ArchiveFile> MakeArchive(const std::string& stem, const Hc08Writer& writer,
                                     const Provenance& provenance, int split,
                                     const std::vector<const Person*>& people);

}  // namespace renkei::tests::synth
