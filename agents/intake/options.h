// What an import may do: limits against hostile files, fiscal years, parameters of formats.md.
// Plain values.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "renkei/v1/common.pb.h"
#include "renkei/v1/config.pb.h"

namespace renkei::agents::intake {

struct ColumnMap;
class DiseaseClasses;

enum class TextEncoding : uint8_t { kUtf8, kCp932 };

struct ImportLimits {
  uint64_t max_member_bytes = 64ull << 20;   // one file of an archive, unpacked
  uint64_t max_archive_bytes = 64ull << 30;  // all files of an archive, unpacked
  uint32_t max_ratio = 200;                  // unpacked : packed of one file
  uint64_t max_members = 2'000'000;          // entries of an archive, folders included
  size_t max_row_bytes = 1 << 20;            // one CSV row
  int max_depth = 64;                        // nested elements of one XML document
  size_t max_attribute_bytes = 4096;
  // Zero fields take the defaults above.
  static ImportLimits FromConfig(const v1::AgentConfig::ImportLimits& config);
};

struct ImportOptions {
  ImportLimits limits;
  std::string quarantine_dir;     // empty: rejected rows are counted only
  bool employer_checkups = true;  // report types 40, 41 (formats.md 1.4)
  bool index_optional = false;    // an archive without ix08 index is read with a warning
  int first_fiscal_year = 2008;   // inclusive; other examinations are FY_RANGE
  int last_fiscal_year = 2098;
  v1::MemberKind member_kind = v1::MEMBER_KIND_UNSPECIFIED;
  std::shared_ptr<const ColumnMap> map;            // text files are a facility's own layout
  std::shared_ptr<const DiseaseClasses> diseases;  // for UKE; null: every disease is unknown
  int threads = 2;  // that read and parse, the caller's included; the report does not depend on it
  size_t csv_chunk_bytes = 1 << 20;      // of a CSV file, read and parsed at a time
  std::optional<TextEncoding> encoding;  // declared; wins over detection, a mismatch is an error
};

struct ProgressStep {
  uint64_t done_bytes = 0;  // of the file on disk
  uint64_t total_bytes = 0;
  uint64_t records = 0;  // accepted and rejected
};
// Called every few thousand records and at the end, from the importing thread.
using Progress = std::function<void(const ProgressStep&)>;

}  // namespace renkei::agents::intake
