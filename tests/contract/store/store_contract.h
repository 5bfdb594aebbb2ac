// The fixture of the store contract: one implementation under test, over a folder of its own.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "hub/store/sqlcipher_store.h"

namespace renkei::hub::store {

inline const absl::Time kNow = absl::FromUnixSeconds(1'795'000'000);

inline crypto::Digest DigestOf(uint8_t value) {
  crypto::Digest digest;
  digest.fill(value);
  return digest;
}

// One implementation under test: Open gives a store over the same file each time.
struct Implementation {
  const char* name;
  std::function<absl::StatusOr<std::unique_ptr<Store>>(const std::string& folder, uint8_t key)>
      open;
};

class StoreContract : public testing::TestWithParam<Implementation> {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() /
              ("renkei-store-" + std::to_string(::getpid()) + "-" +
               testing::UnitTest::GetInstance()->current_test_info()->name()[0] +
               std::to_string(reinterpret_cast<uintptr_t>(this)));
    std::filesystem::create_directories(folder_);
    Reopen();
  }
  void TearDown() override {
    store_.reset();
    std::filesystem::remove_all(folder_);
  }
  void Reopen() {
    store_.reset();
    auto opened = GetParam().open(folder_, 1);
    ASSERT_TRUE(opened.ok()) << opened.status();
    store_ = *std::move(opened);
  }
  std::unique_ptr<Transaction> Write() {
    auto transaction = store_->Write();
    EXPECT_TRUE(transaction.ok()) << transaction.status();
    return *std::move(transaction);
  }
  std::unique_ptr<Snapshot> Read() {
    auto snapshot = store_->Read();
    EXPECT_TRUE(snapshot.ok()) << snapshot.status();
    return *std::move(snapshot);
  }

  std::filesystem::path folder_;
  std::unique_ptr<Store> store_;
};

// Every implementation there is.
inline Implementation Sqlcipher() {
  return {"sqlcipher",
          [](const std::string& folder, uint8_t key) -> absl::StatusOr<std::unique_ptr<Store>> {
            auto store = SqlcipherStore::Open(folder + "/hub.db",
                                              base::Secret::Copy(std::vector<uint8_t>(32, key)));
            if (!store.ok()) return store.status();
            return std::unique_ptr<Store>(*std::move(store));
          }};
}
inline std::string NameOf(const testing::TestParamInfo<Implementation>& tested) {
  return tested.param.name;
}

inline RoundRow Round(const std::string& id) {
  return {.id = base::RoundId(id),
          .area_code = "0604",
          .fiscal_year = 2011,
          .descriptor = std::string("\x00\x01\xff bytes", 9),
          .digest = DigestOf(7),
          .state = v1::ROUND_STATE_OPEN,
          .opened_at = kNow,
          .deadline = kNow + absl::Hours(24)};
}

}  // namespace renkei::hub::store
