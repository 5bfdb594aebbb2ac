#include "policy/tables/labels.h"

namespace renkei::policy::tables {

absl::string_view SexLabel(v1::Sex sex) {
  switch (sex) {
    case v1::SEX_MALE:
      return "male";
    case v1::SEX_FEMALE:
      return "female";
    case v1::SEX_BOTH:
      return "both";
    default:
      return "";
  }
}

absl::string_view CellStateLabel(v1::CellState state) {
  switch (state) {
    case v1::CELL_STATE_PUBLISHED:
      return "published";
    case v1::CELL_STATE_SUPPRESSED:
      return "suppressed";
    case v1::CELL_STATE_NOT_COLLECTED:
      return "not_collected";
    default:
      return "";
  }
}

absl::string_view MembersClassLabel(v1::MembersClass members) {
  switch (members) {
    case v1::MEMBERS_CLASS_1_2:
      return "1-2";
    case v1::MEMBERS_CLASS_3_4:
      return "3-4";
    case v1::MEMBERS_CLASS_5_9:
      return "5-9";
    case v1::MEMBERS_CLASS_10_PLUS:
      return "10+";
    default:
      return "";
  }
}

}  // namespace renkei::policy::tables
