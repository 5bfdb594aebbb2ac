#include "hub/cli/words.h"

#include <gtest/gtest.h>

namespace renkei::hub::cli {
namespace {

TEST(Words, AReleaseSaysWhatItReplacesAndThatACorrectionIsPending) {
  Session session;
  v1::ReleaseHead head;
  for (const char* language : {"ja", "en"}) {
    session.language = language;
    EXPECT_EQ(ReplacesText(head, session), "");
    EXPECT_EQ(RevisionText(head, session), "");
  }
  head.add_replaces(2);
  head.add_replaces(3);
  head.set_under_revision(true);
  EXPECT_EQ(ReplacesText(head, session), "replaces release 2, 3");
  EXPECT_EQ(RevisionText(head, session), "correction pending");
  session.language = "ja";
  EXPECT_EQ(ReplacesText(head, session), "公表 2, 3 を置き換える");
  EXPECT_EQ(RevisionText(head, session), "訂正待ち");
}

}  // namespace
}  // namespace renkei::hub::cli
