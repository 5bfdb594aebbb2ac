#include "policy/base/text_proto.h"

#include <gtest/gtest.h>

#include "renkei/v1/config.pb.h"

namespace renkei::policy::base {
namespace {

TEST(ParseTextProto, NamesFileLineAndColumnOfAnUnknownField) {
  v1::HubConfig config;
  const absl::Status status =
      ParseTextProto("listen: \"a\"\nlisten_adress: \"b\"\n", "hub.textproto", &config);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(status.message().find("hub.textproto:2:"), absl::string_view::npos) << status;
  EXPECT_NE(status.message().find("listen_adress"), absl::string_view::npos) << status;
}

TEST(ParseTextProto, RefusesASingleFieldWrittenTwiceAndAnUnknownEnumValue) {
  v1::HubConfig hub;
  EXPECT_FALSE(ParseTextProto("listen: \"a\"\nlisten: \"b\"\n", "f", &hub).ok());
  v1::AgentConfig agent;
  EXPECT_FALSE(ParseTextProto("kind: MEMBER_KIND_PLANET\n", "f", &agent).ok());
  EXPECT_TRUE(ParseTextProto("kind: MEMBER_KIND_INSURER\n", "f", &agent).ok());
}

}  // namespace
}  // namespace renkei::policy::base
