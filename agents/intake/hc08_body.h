// Body of a national checkup document (formats.md 2.5): observations at both depths, patterns A to
// G, and the one value per column that they come to (definitions 3). Buffers are reused. Not
// thread-safe.
#pragma once

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "agents/intake/item_choice.h"
#include "agents/intake/report.h"
#include "agents/intake/values.h"
#include "agents/intake/xml_document.h"
#include "policy/catalogue/items.h"
#include "policy/catalogue/value.h"

namespace renkei::agents::intake {

class Hc08Body {
 public:
  // `pairs`: columns that count only together. Both tables outlive the reader.
  Hc08Body(const policy::catalogue::ItemTable& items,
           const std::vector<std::pair<int, int>>& pairs);

  // `period` of the examination. Fills `out` by ItemTable column; what was dropped or doubtful goes
  // to the report's messages with `member` as the file.
  void Read(const XmlDocument& document, int period, absl::string_view member, ImportReport* report,
            std::vector<policy::catalogue::ItemValue>* out);

 private:
  // Attributes of one value element; texts of the document.
  struct ValueElement {
    const char* type = "";
    const char* value = "";
    const char* unit = "";
    const char* code = "";
    const char* code_system = "";
    const char* null_flavor = "";
  };
  // A number, its mark, and room to see that there is one too many.
  struct Elements {
    std::array<ValueElement, 3> values;
    size_t count = 0;
  };

  void ReadSection(const pugi::xml_node& section);
  void ReadObservation(const pugi::xml_node& observation, int section_rank, bool may_descend);
  static void ReadValue(const pugi::xml_node& element, ValueElement* out);
  policy::catalogue::ItemValue JudgeElements(int index, const pugi::xml_node& observation,
                                             const Elements& elements);
  Judgement JudgeQuantity(const policy::catalogue::ItemColumn& column, int index,
                          const ValueElement& element, Mark mark);
  void Note(MessageCode code, absl::string_view subject, absl::string_view text,
            const pugi::xml_node& at);

  const policy::catalogue::ItemTable& items_;
  const ItemChoice choice_;
  // By column: the spelling that was last found equivalent.
  std::vector<std::string> accepted_unit_;

  // Of the document being read.
  const XmlDocument* document_ = nullptr;
  int period_ = 0;
  absl::string_view member_;
  ImportReport* report_ = nullptr;
  std::vector<Observed> observed_;
  std::vector<pugi::xml_node> nodes_;  // of Observed::at
  std::string buffer_;
};

}  // namespace renkei::agents::intake
