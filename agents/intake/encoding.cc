#include "agents/intake/encoding.h"

#include <fcntl.h>
#include <iconv.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "agents/intake/text.h"
#include "policy/base/status.h"

namespace renkei::agents::intake {
namespace {

constexpr size_t kChunk = 1 << 18;
constexpr absl::string_view kBom = "\xEF\xBB\xBF";
// No character of UTF-8 or CP932 is longer.
constexpr size_t kLongestCharacter = 4;

const char* NameOf(TextEncoding encoding) {
  return encoding == TextEncoding::kUtf8 ? "UTF-8" : "CP932";
}

absl::Status ReadError(const char* what) {
  return absl::UnavailableError(absl::StrCat(what, ": ", std::strerror(errno)));
}

}  // namespace

// CP932 -> UTF-8. A character cut by the end of a chunk stays with the caller.
struct Utf8Source::Converter {
  explicit Converter(iconv_t descriptor) : cd(descriptor) {}
  ~Converter() { iconv_close(cd); }

  // Bytes of `in` that were converted. Less than in.size() - 1 means an invalid sequence there.
  size_t Convert(absl::string_view in, std::string* out) {
    char* from = const_cast<char*>(in.data());
    size_t left = in.size();
    while (left > 0) {
      const size_t old_size = out->size();
      out->resize(old_size + left * 3 + 16);
      char* to = out->data() + old_size;
      size_t room = out->size() - old_size;
      const size_t result = iconv(cd, &from, &left, &to, &room);
      out->resize(static_cast<size_t>(to - out->data()));
      if (result == static_cast<size_t>(-1) && errno != E2BIG) break;
    }
    return in.size() - left;
  }

  iconv_t cd;
};

namespace {

struct Pass {
  std::optional<uint64_t> first_invalid;
  std::optional<uint64_t> first_nul;
  bool has_bom = false;
};

// One pass over the file; `check` returns how much of the chunk is sound (a rest shorter than a
// character is carried over, a longer one is invalid).
template <typename Check>
absl::StatusOr<Pass> Scan(InputFile& file, const Check& check) {
  RENKEI_RETURN_IF_ERROR(file.Rewind());
  Pass pass;
  std::string buffer(kChunk + kLongestCharacter, '\0');
  size_t carried = 0;
  uint64_t offset = 0;  // of buffer[0]
  for (;;) {
    RENKEI_ASSIGN_OR_RETURN(const size_t got, file.Read(buffer.data() + carried, kChunk));
    const absl::string_view chunk(buffer.data(), carried + got);
    if (offset == 0 && chunk.substr(0, kBom.size()) == kBom) pass.has_bom = true;
    if (const void* nul = std::memchr(chunk.data(), 0, chunk.size())) {
      pass.first_nul = offset + static_cast<uint64_t>(static_cast<const char*>(nul) - chunk.data());
      return pass;
    }
    const size_t sound = check(chunk);
    const size_t rest = chunk.size() - sound;
    if (rest >= kLongestCharacter || (rest > 0 && got == 0)) {
      pass.first_invalid = offset + sound;
      return pass;
    }
    if (got == 0) return pass;
    std::memmove(buffer.data(), buffer.data() + sound, rest);
    carried = rest;
    offset += sound;
  }
}

}  // namespace

absl::StatusOr<InputFile> InputFile::Open(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) {
    if (errno == ENOENT) return absl::NotFoundError(absl::StrCat(path, ": no such file"));
    return ReadError(path.c_str());
  }
  struct stat st;
  if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
    (void)close(fd);
    return absl::FailedPreconditionError(absl::StrCat(path, ": not a regular file"));
  }
  return InputFile(fd, static_cast<uint64_t>(st.st_size));
}

InputFile::InputFile(InputFile&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), size_(other.size_) {}

InputFile::~InputFile() {
  if (fd_ >= 0) (void)close(fd_);
}

absl::Status InputFile::Rewind() {
  if (lseek(fd_, 0, SEEK_SET) != 0) return ReadError("cannot rewind the input file");
  return absl::OkStatus();
}

absl::StatusOr<size_t> InputFile::Read(char* out, size_t capacity) {
  for (;;) {
    const ssize_t got = read(fd_, out, capacity);
    if (got >= 0) return static_cast<size_t>(got);
    if (errno != EINTR) return ReadError("cannot read the input file");
  }
}

absl::StatusOr<EncodingVerdict> DetectEncoding(InputFile& file,
                                               std::optional<TextEncoding> declared) {
  RENKEI_ASSIGN_OR_RETURN(const Pass utf8, Scan(file, [](absl::string_view chunk) {
                            const size_t bad = FirstInvalidUtf8(chunk);
                            return bad == absl::string_view::npos ? chunk.size() : bad;
                          }));
  EncodingVerdict verdict;
  verdict.has_bom = utf8.has_bom;
  if (utf8.first_nul) {
    verdict.refusal =
        absl::StrCat("NUL byte at offset ", *utf8.first_nul, "; save the file as CSV in UTF-8");
    return verdict;
  }
  const bool is_utf8 = !utf8.first_invalid;
  if (is_utf8 && declared.value_or(TextEncoding::kUtf8) == TextEncoding::kUtf8) {
    verdict.encoding = TextEncoding::kUtf8;
    return verdict;
  }
  if (declared == TextEncoding::kUtf8 || utf8.has_bom) {
    verdict.refusal = absl::StrCat("not UTF-8 at byte offset ", *utf8.first_invalid);
    return verdict;
  }
  const iconv_t descriptor = iconv_open("UTF-8", "CP932");
  if (descriptor == reinterpret_cast<iconv_t>(-1)) {
    return absl::InternalError("this system's iconv does not know CP932");
  }
  struct Closer {
    iconv_t cd;
    ~Closer() { iconv_close(cd); }
  } closer{descriptor};
  std::string scratch(kChunk * 3 + 64, '\0');
  RENKEI_ASSIGN_OR_RETURN(const Pass cp932, Scan(file, [&](absl::string_view chunk) {
                            char* from = const_cast<char*>(chunk.data());
                            size_t left = chunk.size();
                            char* to = scratch.data();
                            size_t room = scratch.size();
                            (void)iconv(descriptor, &from, &left, &to, &room);
                            return chunk.size() - left;
                          }));
  if (cp932.first_invalid) {
    verdict.refusal = absl::StrCat("neither UTF-8 (byte offset ", utf8.first_invalid.value_or(0),
                                   ") nor CP932 (byte offset ", *cp932.first_invalid, ")");
    if (declared) {
      verdict.refusal =
          absl::StrCat("not ", NameOf(*declared), " at byte offset ", *cp932.first_invalid);
    }
    return verdict;
  }
  // Pure ASCII reads the same both ways; other UTF-8 declared as CP932 is a mismatch.
  if (is_utf8 && declared == TextEncoding::kCp932) {
    RENKEI_ASSIGN_OR_RETURN(const Pass ascii, Scan(file, [](absl::string_view chunk) {
                              size_t i = 0;
                              while (i < chunk.size() && !(chunk[i] & 0x80)) ++i;
                              return i;
                            }));
    if (ascii.first_invalid) {
      verdict.refusal = "declared CP932, but the file is UTF-8";
      return verdict;
    }
  }
  verdict.encoding = TextEncoding::kCp932;
  return verdict;
}

Utf8Source::Utf8Source(InputFile* file, std::unique_ptr<Converter> converter, bool has_bom)
    : file_(file), converter_(std::move(converter)), skip_bom_(has_bom) {}
Utf8Source::Utf8Source(Utf8Source&&) noexcept = default;
Utf8Source::~Utf8Source() = default;

absl::StatusOr<Utf8Source> Utf8Source::Start(InputFile* file, TextEncoding encoding, bool has_bom) {
  RENKEI_RETURN_IF_ERROR(file->Rewind());
  std::unique_ptr<Converter> converter;
  if (encoding == TextEncoding::kCp932) {
    const iconv_t descriptor = iconv_open("UTF-8", "CP932");
    if (descriptor == reinterpret_cast<iconv_t>(-1)) {
      return absl::InternalError("this system's iconv does not know CP932");
    }
    converter = std::make_unique<Converter>(descriptor);
  }
  return Utf8Source(file, std::move(converter), has_bom);
}

absl::StatusOr<bool> Utf8Source::Append(size_t wanted, std::string* out) {
  if (!converter_) {
    const size_t old_size = out->size();
    out->resize(old_size + wanted);
    RENKEI_ASSIGN_OR_RETURN(const size_t got, file_->Read(out->data() + old_size, wanted));
    out->resize(old_size + got);
    consumed_ += got;
    if (skip_bom_ && got > 0) {
      if (absl::string_view(*out).substr(old_size, kBom.size()) == kBom) {
        out->erase(old_size, kBom.size());
      }
      skip_bom_ = false;
    }
    return got > 0;
  }
  const size_t carried = raw_.size();
  raw_.resize(carried + wanted);
  RENKEI_ASSIGN_OR_RETURN(const size_t got, file_->Read(raw_.data() + carried, wanted));
  raw_.resize(carried + got);
  consumed_ += got;
  const size_t used = converter_->Convert(raw_, out);
  raw_.erase(0, used);
  if (raw_.size() >= kLongestCharacter || (got == 0 && !raw_.empty())) {
    return absl::AbortedError("the file changed while it was being read");
  }
  return got > 0;
}

}  // namespace renkei::agents::intake
