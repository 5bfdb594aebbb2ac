// Encoding of a CSV file (formats.md 3.1): detection over the whole file, then decoding in chunks.
// Touches the disk through the given descriptor. Not thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "agents/intake/options.h"

namespace renkei::agents::intake {

// A file opened for two passes.
class InputFile {
 public:
  // NOT_FOUND; FAILED_PRECONDITION for anything but a regular file.
  static absl::StatusOr<InputFile> Open(const std::string& path);
  InputFile(InputFile&& other) noexcept;
  InputFile& operator=(InputFile&&) = delete;
  ~InputFile();

  uint64_t size() const { return size_; }
  absl::Status Rewind();
  // Bytes read; 0 at the end.
  absl::StatusOr<size_t> Read(char* out, size_t capacity);

 private:
  InputFile(int fd, uint64_t size) : fd_(fd), size_(size) {}
  int fd_;
  uint64_t size_;
};

struct EncodingVerdict {
  std::optional<TextEncoding> encoding;  // absent: refused
  bool has_bom = false;
  std::string refusal;  // what was wrong and where (byte offset), English
};

// Reads the whole file. A status is a failure to read; a refusal is a verdict.
absl::StatusOr<EncodingVerdict> DetectEncoding(InputFile& file,
                                               std::optional<TextEncoding> declared);

// Bytes of the file as UTF-8, chunk by chunk.
class Utf8Source {
 public:
  // The file is at its start. CP932 is converted by iconv.
  static absl::StatusOr<Utf8Source> Start(InputFile* file, TextEncoding encoding, bool has_bom);
  Utf8Source(Utf8Source&&) noexcept;
  Utf8Source& operator=(Utf8Source&&) = delete;
  ~Utf8Source();

  // Appends about `wanted` bytes to `out`; false at the end of the file.
  absl::StatusOr<bool> Append(size_t wanted, std::string* out);
  uint64_t consumed_bytes() const { return consumed_; }

 private:
  struct Converter;
  Utf8Source(InputFile* file, std::unique_ptr<Converter> converter, bool has_bom);
  InputFile* file_;
  std::unique_ptr<Converter> converter_;  // null for UTF-8
  std::string raw_;                       // undecoded rest of the previous chunk
  bool skip_bom_;
  uint64_t consumed_ = 0;
};

}  // namespace renkei::agents::intake
