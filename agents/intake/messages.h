// What an import has to say (formats.md 1.1 to 1.3): codes, levels, and the log that counts
// identical messages and keeps a few examples. No message carries a value: only its shape. Not
// thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/string_view.h"

namespace renkei::agents::intake {

enum class MessageCode : uint8_t {
  kArcName,
  kArcEncrypted,
  kArcPath,
  kArcSize,
  kArcLayout,
  kArcCount,
  kArcOrphan,
  kXmlFormed,
  kXmlDtd,
  kXmlEncoding,
  kXmlDepth,
  kNsUnknown,
  kHdrMissing,
  kHdrFormat,
  kHdrReport,
  kCheckDigit,
  kFyRange,
  kAgeRange,
  kItemUnknown,
  kItemDup,
  kMethodDup,
  kValType,
  kValFormat,
  kValUnit,
  kValRange,
  kValMark,
  kValCode,
  kValDecimals,  // ours: more decimals than the item has; the rest is cut
  kListUnknown,
  kListPeriod,
  kBpPair,
  kFastConflict,
  kCsvEncoding,
  kCsvHeader,
  kCsvWidth,
  kUkeSeq,
  kUkeTotal,
  kFhirProfile,
  kArcTotal,   // ours: the summary or a settlement cannot be read
  kCsvColumn,  // ours: a column that is not read, or one of another kind of file
  kFileKind,   // ours: nothing that this version reads
};

enum class Level : uint8_t {
  kAccept,
  kWarn,
  kDropValue,
  kRejectRecord,
  kRejectFile,
  kRejectArchive
};

// "VAL_RANGE".
const char* CodeName(MessageCode code);
const char* LevelName(Level level);
// The level of formats.md 1.3.
Level UsualLevel(MessageCode code);
// What it means and what to do, one sentence. `japanese` false: English.
const char* CodeText(MessageCode code, bool japanese);

// Where one example of a message was found.
struct Place {
  std::string member;   // file inside the archive; empty for a single file
  std::string locator;  // "line 12", or element path and line
};

struct Message {
  MessageCode code = MessageCode::kFileKind;
  Level level = Level::kWarn;
  std::string subject;  // item code, column id or header element; empty when none
  std::string shape;    // ValueShape, or a figure such as a limit; never a value
  uint64_t count = 0;
  std::vector<Place> examples;  // the first few
  std::vector<uint64_t> order;  // of the examples among all of the log; in the log of a part only
};

class MessageLog {
 public:
  static constexpr size_t kExamplesPerMessage = 5;
  // Hostile files can make endless different shapes; beyond this number shapes are no longer told
  // apart.
  static constexpr size_t kDifferentMessages = 500;

  // The log of a part of a file that is read apart from the others: it tells all messages apart,
  // and remembers their order, so that Append comes to what one log for the whole file would hold.
  static MessageLog OfPart();
  void Append(const MessageLog& part);

  // Counts one message. Returns where to put its place, or nullptr when enough examples are kept:
  // making a locator costs, and most messages repeat.
  Place* Add(MessageCode code, Level level, absl::string_view subject, absl::string_view shape);
  Place* Add(MessageCode code, absl::string_view subject, absl::string_view shape) {
    return Add(code, UsualLevel(code), subject, shape);
  }
  void Add(MessageCode code, Level level, absl::string_view subject, absl::string_view shape,
           Place place);

  // Ordered by level (worst first), code, subject, shape.
  std::vector<const Message*> Ordered() const;
  uint64_t CountOf(MessageCode code) const;
  bool empty() const { return messages_.empty(); }

 private:
  using Key = std::tuple<Level, MessageCode, std::string, std::string>;
  struct KeyView {
    Level level;
    MessageCode code;
    absl::string_view subject, shape;
  };
  struct Less {
    using is_transparent = void;
    static auto Tie(const Key& k) {
      return std::make_tuple(std::get<0>(k), std::get<1>(k), absl::string_view(std::get<2>(k)),
                             absl::string_view(std::get<3>(k)));
    }
    static auto Tie(const KeyView& k) {
      return std::make_tuple(k.level, k.code, k.subject, k.shape);
    }
    template <typename A, typename B>
    bool operator()(const A& a, const B& b) const {
      return Tie(a) < Tie(b);
    }
  };
  Message& Find(MessageCode code, Level level, absl::string_view subject, absl::string_view shape);

  std::map<Key, Message, Less> messages_;
  bool is_of_part_ = false;
  uint64_t added_ = 0;  // in the log of a part
};

}  // namespace renkei::agents::intake
