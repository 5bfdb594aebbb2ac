#include <gtest/gtest.h>

#include <algorithm>

#include "policy/disclosure/protect.h"

namespace renkei::policy::disclosure {
namespace {

TEST(DeriveTableKey, DependsOnRootAndFamily) {
  base::Secret root(32);
  const base::Secret a = DeriveTableKey(root, "0604/checkup");
  const base::Secret b = DeriveTableKey(root, "0604/guidance");
  EXPECT_EQ(a.bytes().size(), 32u);
  EXPECT_FALSE(std::equal(a.bytes().begin(), a.bytes().end(), b.bytes().begin()));
}

}  // namespace
}  // namespace renkei::policy::disclosure
