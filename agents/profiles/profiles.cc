#include "agents/profiles/profiles.h"

#include "embedded/agent_profiles.h"

namespace renkei::agents::profiles {

absl::string_view SampleConfig(v1::MemberKind kind) {
  absl::string_view wanted;
  switch (kind) {
    case v1::MEMBER_KIND_MUNICIPALITY:
      wanted = "municipality.textproto";
      break;
    case v1::MEMBER_KIND_INSURER:
      wanted = "insurer.textproto";
      break;
    case v1::MEMBER_KIND_WORKPLACE:
      wanted = "workplace.textproto";
      break;
    default:
      return {};
  }
  for (const policy::base::EmbeddedFile& file : agent_profiles) {
    if (wanted == file.name) return file.bytes();
  }
  return {};
}

}  // namespace renkei::agents::profiles
