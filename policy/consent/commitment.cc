#include "policy/consent/commitment.h"

#include <algorithm>
#include <map>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "policy/base/bytes.h"
#include "policy/consent/words.h"
#include "policy/crypto/hash.h"

namespace renkei::policy::consent {
namespace {

// Values that are JSON already, by key; a map of ASCII keys is in the order of RFC 8785.
using Object = std::map<std::string, std::string>;

std::string Text(absl::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\b':
        out += "\\b";
        break;
      case '\f':
        out += "\\f";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          absl::StrAppendFormat(&out, "\\u%04x", static_cast<unsigned char>(c));
        } else {
          out.push_back(c);
        }
    }
  }
  return out + "\"";
}

std::string Text(absl::Time time) {
  return Text(absl::FormatTime("%Y-%m-%dT%H:%M:%E*SZ", time, absl::UTCTimeZone()));
}

template <typename Value>
std::string Name(Value value) {
  return Text(absl::AsciiStrToUpper(WordOf(value)));
}

template <typename Value>
std::string List(std::vector<Value> values) {
  if (values.empty()) return "[\"ALL\"]";
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  std::string out = "[";
  for (const Value value : values) absl::StrAppend(&out, out.size() > 1 ? "," : "", Name(value));
  return out + "]";
}

std::string Json(const Object& object) {
  std::string out = "{";
  for (const auto& [key, value] : object) {
    absl::StrAppend(&out, out.size() > 1 ? "," : "", "\"", key, "\":", value);
  }
  return out + "}";
}

}  // namespace

std::string RecordJson(const Event& event, const RecordFacts& facts) {
  Object record = {{"data_categories", List(event.categories)},
                   {"effective_at", Text(event.effective_at)},
                   {"event_seq", absl::StrCat(facts.event_seq)},
                   {"event_time", Text(event.event_time)},
                   {"event_type", Name(event.type)},
                   {"pii_principal_id", Text(facts.pii_principal_id)},
                   {"purposes", List(event.purposes)},
                   {"record_id", Text(facts.record_id)},
                   {"recorded_at", Text(facts.recorded_at)},
                   {"schema_version", absl::StrCat(kRecordSchemaVersion)}};
  if (IsDenial(event.type)) record["decision"] = Text("DENY");
  if (event.type == EventType::kGiven || event.type == EventType::kRenewed) {
    record["decision"] = Text("PERMIT");
  }
  if (event.basis != v1::LEGAL_BASIS_UNSPECIFIED) record["basis"] = Name(event.basis);
  if (!facts.collection_method.empty()) {
    record["collection_method"] = Text(absl::AsciiStrToUpper(facts.collection_method));
  }
  Object grantor = {{"capacity", Name(event.grantor)}};
  if (event.grantor_ends_on.has_value()) grantor["ends_on"] = Text(*event.grantor_ends_on);
  record["grantor"] = Json(grantor);
  if (event.refers_to.has_value()) record["refers_to"] = Text(*event.refers_to);
  if (!event.text_ref.empty()) record["text_ref"] = Text(event.text_ref);
  if (event.valid_from.has_value()) record["valid_from"] = Text(*event.valid_from);
  if (event.valid_to.has_value()) record["valid_to"] = Text(*event.valid_to);
  return Json(record);
}

std::string ErasureJson(int64_t erased_records, absl::Time recorded_at) {
  return Json({{"erased_records", absl::StrCat(erased_records)},
               {"event_type", Text("ERASED")},
               {"recorded_at", Text(recorded_at)},
               {"schema_version", absl::StrCat(kRecordSchemaVersion)}});
}

crypto::Digest Commit(const Salt& salt, absl::string_view record) {
  crypto::Sha256Stream stream;
  stream.Update(salt);
  stream.Update(base::AsBytes(record));
  return stream.Finish();
}

std::string LedgerEntryJson(const crypto::Digest& commitment) {
  return absl::StrCat("{\"c\":\"", crypto::ToHex(commitment),
                      "\",\"t\":\"consent.event\",\"v\":1}");
}

}  // namespace renkei::policy::consent
