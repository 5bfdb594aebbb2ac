// A hub's store in a temporary folder of its own.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "hub/store/sqlcipher_store.h"
#include "policy/base/secret.h"

namespace renkei::hub {

class HubStoreTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "renkei_store_XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    auto store = store::SqlcipherStore::Open((folder_ / "hub.db").string(),
                                             base::Secret::Copy(std::vector<uint8_t>(32, 1)));
    ASSERT_TRUE(store.ok()) << store.status();
    store_ = *std::move(store);
  }
  void TearDown() override {
    store_.reset();
    std::filesystem::remove_all(folder_);
  }

  std::filesystem::path folder_;
  std::unique_ptr<store::SqlcipherStore> store_;
};

}  // namespace renkei::hub
