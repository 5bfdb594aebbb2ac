#include "agents/intake/hc08_body.h"

#include <algorithm>
#include <cstring>

#include "agents/intake/text.h"

namespace renkei::agents::intake {
namespace {

namespace catalogue = policy::catalogue;
using catalogue::ItemCode;
using catalogue::ItemColumn;
using catalogue::ItemValue;
using catalogue::ValueState;

constexpr const char* kMarkSystem = "2.16.840.1.113883.5.83";

const char* AfterColon(const char* name) {
  for (const char* c = name; *c != '\0'; ++c) {
    if (*c == ':') return c + 1;
  }
  return name;
}

bool IsSame(const char* a, const char* b) {
  while (*a == *b) {
    if (*a == '\0') return true;
    ++a;
    ++b;
  }
  return false;
}

bool IsQuantityType(const char* type) {
  return *type == '\0' || std::strcmp(type, "PQ") == 0 || std::strcmp(type, "INT") == 0 ||
         std::strcmp(type, "REAL") == 0;
}

bool IsCodeType(const char* type) {
  return *type == '\0' || std::strcmp(type, "CD") == 0 || std::strcmp(type, "CO") == 0 ||
         std::strcmp(type, "CE") == 0 || std::strcmp(type, "CS") == 0;
}

// A code that a message may show: 17 digits and capitals. Anything else could carry anything.
bool LooksLikeItemCode(absl::string_view code) {
  if (code.size() != 17) return false;
  return std::all_of(code.begin(), code.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); });
}

ItemValue Invalid() { return {0, ValueState::kInvalid}; }

}  // namespace

Hc08Body::Hc08Body(const catalogue::ItemTable& items, const std::vector<std::pair<int, int>>& pairs)
    : items_(items), choice_(items, pairs), accepted_unit_(items.columns().size()) {}

void Hc08Body::Note(MessageCode code, absl::string_view subject, absl::string_view text,
                    const pugi::xml_node& at) {
  const std::string shape = text.data() == nullptr ? std::string() : ValueShape(text);
  if (Place* place = report_->messages.Add(code, subject, shape)) {
    place->member.assign(member_.data(), member_.size());
    place->locator = document_->Locate(at);
  }
}

void Hc08Body::Read(const XmlDocument& document, int period, absl::string_view member,
                    ImportReport* report, std::vector<ItemValue>* out) {
  document_ = &document;
  period_ = period;
  member_ = member;
  report_ = report;
  observed_.clear();
  nodes_.clear();

  document.ForEachSection([this](const pugi::xml_node& section) { ReadSection(section); });
  choice_.Choose(
      &observed_,
      [this](MessageCode code, absl::string_view column, int at) {
        Note(code, column, {}, at < 0 ? document_->root() : nodes_[static_cast<size_t>(at)]);
      },
      out);
}

void Hc08Body::ReadSection(const pugi::xml_node& section) {
  const absl::string_view code = document_->Child(section, "code").attribute("code").value();
  const int rank = code == "01010" ? 0 : code == "01990" ? 2 : 1;
  for (pugi::xml_node entry = section.first_child(); entry; entry = entry.next_sibling()) {
    if (!document_->Is(entry, "entry")) continue;
    const pugi::xml_node observation = document_->Child(entry, "observation");
    if (observation) ReadObservation(observation, rank, true);
  }
}

void Hc08Body::ReadObservation(const pugi::xml_node& observation, int section_rank,
                               bool may_descend) {
  const char* code_text = "";
  Elements elements;
  for (pugi::xml_node child = observation.first_child(); child; child = child.next_sibling()) {
    if (document_->Is(child, "value")) {
      if (elements.count < elements.values.size())
        ReadValue(child, &elements.values[elements.count]);
      ++elements.count;
    } else if (document_->Is(child, "code")) {
      code_text = child.attribute("code").value();
    } else if (may_descend && document_->Is(child, "entryRelationship")) {
      // RSON holds reasons in words; they are not read.
      if (IsSame(child.attribute("typeCode").value(), "RSON")) continue;
      for (pugi::xml_node inner = child.first_child(); inner; inner = inner.next_sibling()) {
        if (document_->Is(inner, "observation")) ReadObservation(inner, section_rank, false);
      }
    }
  }
  if (*code_text == '\0') return;  // a group: its code is nullFlavor NA
  const ItemCode* code = items_.FindCode(code_text);
  if (code == nullptr) {
    Note(MessageCode::kItemUnknown,
         LooksLikeItemCode(code_text) ? std::string(code_text) : ValueShape(code_text), {},
         observation);
    return;
  }
  if (code->column < 0) return;  // free text, never read
  ItemValue value;
  if (IsSame(observation.attribute("negationInd").value(), "true")) {
    value.state = ValueState::kNotDone;
  } else {
    value = JudgeElements(code->column, observation, elements);
  }
  observed_.push_back({code, value, section_rank, static_cast<int>(nodes_.size())});
  nodes_.push_back(observation);
}

void Hc08Body::ReadValue(const pugi::xml_node& element, ValueElement* out) {
  for (pugi::xml_attribute a = element.first_attribute(); a; a = a.next_attribute()) {
    const char* name = a.name();
    if (IsSame(name, "value")) {
      out->value = a.value();
    } else if (IsSame(name, "unit")) {
      out->unit = a.value();
    } else if (IsSame(name, "code")) {
      out->code = a.value();
    } else if (IsSame(name, "codeSystem")) {
      out->code_system = a.value();
    } else if (IsSame(name, "nullFlavor")) {
      out->null_flavor = a.value();
    } else if (IsSame(AfterColon(name), "type")) {  // xsi:type, whatever its prefix
      out->type = AfterColon(a.value());
    }
  }
}

ItemValue Hc08Body::JudgeElements(int index, const pugi::xml_node& observation,
                                  const Elements& elements) {
  static constexpr ValueElement kNone;
  const ItemColumn& column = items_.columns()[static_cast<size_t>(index)];
  const ValueElement* primary = nullptr;
  Mark mark = Mark::kNone;
  bool is_repeated = elements.count > elements.values.size();
  for (size_t i = 0; i < std::min(elements.count, elements.values.size()); ++i) {
    const ValueElement& element = elements.values[i];
    if (!column.is_coded && IsSame(element.code_system, kMarkSystem)) {
      if (IsSame(element.code, "H")) mark = Mark::kHigh;
      if (IsSame(element.code, "L")) mark = Mark::kLow;
    } else {
      is_repeated |= primary != nullptr;
      primary = &element;
    }
  }
  if (is_repeated) {
    Note(MessageCode::kItemDup, column.name, {}, observation);
    return Invalid();
  }
  if (primary == nullptr) primary = &kNone;
  if (column.is_coded ? !IsCodeType(primary->type) : !IsQuantityType(primary->type)) {
    Note(MessageCode::kValType, column.name, {}, observation);
    return Invalid();
  }
  const char* text = column.is_coded ? primary->code : primary->value;
  if (*text == '\0') {
    if (mark != Mark::kNone) return JudgeMarkAlone(mark).value;
    if (*primary->null_flavor != '\0') return {0, ValueState::kUnmeasurable};
  }
  const Judgement judgement =
      column.is_coded ? JudgeCode(column, Fold(text, &buffer_), primary->code_system, period_)
                      : JudgeQuantity(column, index, *primary, mark);
  if (judgement.message) {
    const bool is_unit = *judgement.message == MessageCode::kValUnit;
    Note(*judgement.message, column.name, is_unit ? primary->unit : text, observation);
  }
  if (judgement.has_cut_decimals) Note(MessageCode::kValDecimals, column.name, text, observation);
  return judgement.value;
}

Judgement Hc08Body::JudgeQuantity(const ItemColumn& column, int index, const ValueElement& element,
                                  Mark mark) {
  const absl::string_view unit = element.unit;
  std::string& accepted = accepted_unit_[static_cast<size_t>(index)];
  if (unit.empty()) {
    ++report_->values_without_unit;
  } else if (unit != column.unit && unit != accepted) {
    std::string folded;
    if (!catalogue::UnitIsEquivalent(column.unit, unit) &&
        !catalogue::UnitIsEquivalent(column.unit, Fold(unit, &folded))) {
      return {Invalid(), MessageCode::kValUnit, false};
    }
    accepted.assign(unit.data(), unit.size());
  }
  return JudgeNumber(column, Fold(element.value, &buffer_), mark);
}

}  // namespace renkei::agents::intake
