#include "agents/intake/archive_totals.h"

#include "agents/intake/text.h"
#include "agents/intake/xml_document.h"

namespace renkei::agents::intake {
namespace {

// Of ix08, su08, cc08 and gc08: periods 1 to 3, and newer.
constexpr const char* kNamespaces[] = {
    "http://tokuteikenshin.jp/checkup/2007",
    "https://www.mhlw.go.jp/stf/seisakunitsuite/bunya/0000161103.html"};

std::optional<ArchiveTotals> ReadTotal(absl::string_view bytes, const ImportLimits& limits,
                                       const char* root, const char* element) {
  XmlDocument document(limits);
  if (document.Parse(bytes)) return std::nullopt;
  const bool is_ours =
      document.Is(document.root(), root) &&
      (document.root_namespace() == kNamespaces[0] || document.root_namespace() == kNamespaces[1]);
  if (!is_ours) return std::nullopt;
  const std::optional<int> count =
      ParseCount(document.Child(document.root(), element).attribute("value").value());
  if (!count) return std::nullopt;
  return ArchiveTotals{static_cast<uint64_t>(*count)};
}

}  // namespace

std::optional<ArchiveTotals> ReadIndex(absl::string_view bytes, const ImportLimits& limits) {
  return ReadTotal(bytes, limits, "index", "totalRecordCount");
}

std::optional<ArchiveTotals> ReadSummary(absl::string_view bytes, const ImportLimits& limits) {
  return ReadTotal(bytes, limits, "summary", "totalSubjectCount");
}

}  // namespace renkei::agents::intake
