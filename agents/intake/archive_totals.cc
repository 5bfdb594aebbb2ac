#include "agents/intake/archive_totals.h"

#include "absl/strings/numbers.h"
#include "agents/intake/text.h"
#include "agents/intake/xml_document.h"

namespace renkei::agents::intake {
namespace {

// Of ix08, su08, cc08 and gc08: periods 1 to 3, and newer.
constexpr const char* kNamespaces[] = {
    "http://tokuteikenshin.jp/checkup/2007",
    "https://www.mhlw.go.jp/stf/seisakunitsuite/bunya/0000161103.html"};
constexpr size_t kMostDigits = 12;  // sums over every member of an archive stay within 64 bits

bool IsOurs(const XmlDocument& document) {
  return document.root_namespace() == kNamespaces[0] || document.root_namespace() == kNamespaces[1];
}

std::optional<uint64_t> NumberOf(const XmlDocument& document, const pugi::xml_node& parent,
                                 const char* element) {
  const absl::string_view text = document.Child(parent, element).attribute("value").value();
  uint64_t number = 0;
  if (text.size() > kMostDigits || !IsAllDigits(text) || !absl::SimpleAtoi(text, &number)) {
    return std::nullopt;
  }
  return number;
}

}  // namespace

std::optional<uint64_t> ReadIndex(absl::string_view bytes, const ImportLimits& limits) {
  XmlDocument document(limits);
  if (document.Parse(bytes) || !IsOurs(document) || !document.Is(document.root(), "index")) {
    return std::nullopt;
  }
  return NumberOf(document, document.root(), "totalRecordCount");
}

std::optional<SummaryTotals> ReadSummary(absl::string_view bytes, const ImportLimits& limits) {
  XmlDocument document(limits);
  if (document.Parse(bytes) || !IsOurs(document) || !document.Is(document.root(), "summary")) {
    return std::nullopt;
  }
  const pugi::xml_node& root = document.root();
  const std::optional<uint64_t> records = NumberOf(document, root, "totalSubjectCount");
  if (!records) return std::nullopt;
  return SummaryTotals{
      *records,
      {NumberOf(document, root, "totalCostAmount"), NumberOf(document, root, "totalPaymentAmount"),
       NumberOf(document, root, "totalClaimAmount")}};
}

std::optional<Amounts> ReadSettlement(absl::string_view bytes, const ImportLimits& limits) {
  XmlDocument document(limits);
  // The name of gc08's root is unverified: the namespace and the settlement decide.
  if (document.Parse(bytes) || !IsOurs(document)) return std::nullopt;
  const pugi::xml_node settlement = document.Child(document.root(), "settlement");
  if (!settlement) return std::nullopt;
  return Amounts{NumberOf(document, settlement, "unitAmount"),
                 NumberOf(document, settlement, "paymentAmount"),
                 NumberOf(document, settlement, "claimAmount")};
}

}  // namespace renkei::agents::intake
