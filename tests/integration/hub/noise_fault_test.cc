// A21 at the hub: the noise lane under crashes, races and a thief of files.
#include <sys/wait.h>

#include <atomic>
#include <cmath>
#include <thread>

#include "hub/releases/noise_keys.h"
#include "tests/integration/hub/noise_world.h"

namespace renkei::hub {
namespace {

class NoiseFaults : public NoiseWorld {
 protected:
  // Of the shown cells: what they were made of but for the clock.
  static std::string CellsOf(const store::ReleaseRow& row) {
    v1::Release release = *releases::ReleaseOf(row);
    std::string cells;
    for (const v1::ReleaseTable& table : release.table()) cells += table.SerializeAsString();
    return cells;
  }
  // The round's key at rest, sealed; empty when there is none.
  std::string SealedKey() const {
    const std::vector<std::string> files = KeyFiles();
    return files.size() == 1 ? *base::ReadFile(files[0], 1024) : std::string();
  }
};

// Before the charge was stored nothing is charged and the key waits; after, the release is there.
TEST_F(NoiseFaults, WhereverACallFailsTheNoiseIsTheSameAndChargedOnce) {
  const v1::Round round = Fill();
  TakeOver();
  std::string sealed_key;
  int failures = 0;
  absl::StatusOr<store::ReleaseRow> row = absl::UnknownError("");
  for (int at = 0;; ++at) {
    store::Faults faults{.at = at};
    store::FaultyStore faulty(*store_, faults);
    row = MakeHere(faulty, round, random_);
    if (faults.seen <= at) break;  // no call failed
    ++failures;
    if (row.ok()) break;  // stored before the call that failed
    if (!sealed_key.empty()) {
      EXPECT_EQ(SealedKey(), sealed_key) << "another noise at call " << at;
    }
    sealed_key = SealedKey();
    EXPECT_LE(SixtiethsSpent(), 1);
    const auto state = (*store_->Read())->FindRound(base::RoundId(DescriptorOf(round).round_id()));
    if ((*state)->state == v1::ROUND_STATE_RELEASED) break;  // the failure came after the commit
    EXPECT_EQ(SixtiethsSpent(), 0);
  }
  EXPECT_GE(failures, 8);
  EXPECT_FALSE(sealed_key.empty()) << "no failure came after the draw";
  const auto again = MakeHere(round);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(SixtiethsSpent(), 1);
  EXPECT_TRUE(KeyFiles().empty());
  ASSERT_TRUE(MakeHere(round).ok());
  EXPECT_EQ(SixtiethsSpent(), 1);
}

// The process ends at each call, with the noise drawn or not; the one that lives on stores the
// cells that a process without any fault would have stored with the key of the first.
TEST_F(NoiseFaults, AProcessThatEndsAnywhereIsGoneOnWith) {
  const v1::Round round = Fill();
  TakeOver();
  std::string sealed_key;
  std::string cells;
  for (int at = 0; at < 100; ++at) {
    store_.reset();
    const pid_t child = fork();
    if (child == 0) {
      OpenStore();
      store::Faults faults{.at = at, .ends_process = true};
      store::FaultyStore faulty(*store_, faults);
      const auto row = MakeHere(faulty, round, random_);
      _exit(row.ok() ? 0 : 1);
    }
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFEXITED(status));
    OpenStore();
    if (WEXITSTATUS(status) == 0) break;
    ASSERT_EQ(WEXITSTATUS(status), store::Faults::kEnded) << "at call " << at;
    const auto found = (*store_->Read())->FindRound(base::RoundId(DescriptorOf(round).round_id()));
    const bool stored = (*found)->state == v1::ROUND_STATE_RELEASED;
    EXPECT_EQ(SixtiethsSpent(), stored ? 1 : 0);
    if (!sealed_key.empty()) {
      EXPECT_EQ(SealedKey(), sealed_key);
    }
    sealed_key = SealedKey();
    if (!stored) continue;
    EXPECT_FALSE(sealed_key.empty()) << "it ended before it could delete the key";
    break;
  }
  const auto row = MakeHere(round);
  ASSERT_TRUE(row.ok()) << row.status();
  EXPECT_EQ(SixtiethsSpent(), 1);
  EXPECT_TRUE(KeyFiles().empty());
}

// Averages an area's counts, by sex and band, over tries that were lost before they were stored,
// and says how many of the 14 come out within 10 persons. Their noise has sigma = 19.
int RecoveredByAveraging(const std::vector<v1::Release>& lost) {
  std::map<std::pair<int, std::string>, double> sums;
  for (const v1::Release& release : lost) {
    for (const v1::ReleaseCell& cell : release.table(0).cell()) {
      if (!cell.municipality().empty() || cell.member_kind() != v1::MEMBER_KIND_UNSPECIFIED ||
          cell.sex() == v1::SEX_BOTH || cell.age_band() == "40-64" || cell.age_band() == "65-74" ||
          cell.age_band() == "40-74") {
        continue;
      }
      sums[{cell.sex(), cell.age_band()}] += static_cast<double>(cell.numerator());
    }
  }
  EXPECT_EQ(sums.size(), 14u);
  int recovered = 0;
  for (const auto& [cell, sum] : sums) {
    recovered += std::abs(sum / static_cast<double>(lost.size()) - 5 * 6 * 200) < 10;
  }
  return recovered;
}

TEST_F(NoiseFaults, RetriesDoNotAverageTheNoiseAwayAndAKeyPerTryWould) {
  const v1::Round round = Fill();
  const v1::Round without_defence = Fill();
  TakeOver();
  const auto lose = [&](const v1::Round& tried, bool key_per_try) {
    std::vector<v1::Release> lost;
    for (int i = 0; i < 60; ++i) {
      store::Faults faults{.loses_releases = true};
      store::FaultyStore faulty(*store_, faults);
      EXPECT_FALSE(MakeHere(faulty, tried, random_).ok());
      EXPECT_TRUE(lost.emplace_back().ParseFromString(faults.lost_release));
      const base::RoundId id(DescriptorOf(tried).round_id());
      if (key_per_try) {
        EXPECT_TRUE(surroundings_.noise_keys->Erase(id).ok());
      }
    }
    return lost;
  };
  const std::vector<v1::Release> lost = lose(round, /*key_per_try=*/false);
  EXPECT_LE(RecoveredByAveraging(lost), 12);
  const auto stored = MakeHere(round);
  ASSERT_TRUE(stored.ok());
  for (const v1::Release& release : lost) {
    ASSERT_EQ(release.table(0).SerializeAsString(), CellsOf(*stored)) << "a second noise";
  }
  // The defence off: the attack succeeds.
  EXPECT_GE(RecoveredByAveraging(lose(without_defence, /*key_per_try=*/true)), 13);
}

TEST_F(NoiseFaults, EightThreadsNeverSpendMoreThanTheBudget) {
  std::vector<v1::Round> rounds;
  for (int i = 0; i < 8; ++i) rounds.push_back(Fill());
  TakeOver();
  std::atomic<int> made = 0, refused = 0;
  std::vector<std::thread> threads;
  for (const v1::Round& round : rounds) {
    threads.emplace_back([&, round] {
      base::SystemRandom random;
      while (true) {
        const auto row = MakeHere(*store_, round, random);
        if (absl::IsAborted(row.status())) continue;  // another release of the area came first
        EXPECT_TRUE(row.ok() || absl::IsResourceExhausted(row.status())) << row.status();
        (row.ok() ? made : refused) += 1;
        return;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(made, 3);
  EXPECT_EQ(refused, 5);
  EXPECT_EQ(SixtiethsSpent(), 3);
  EXPECT_TRUE(KeyFiles().empty());
}

TEST_F(NoiseFaults, OneRoundAskedForByManyIsOneReleaseAndOneCharge) {
  const v1::Round round = Fill();
  TakeOver();
  std::vector<std::string> bytes(8);
  std::vector<std::thread> threads;
  for (std::string& out : bytes) {
    threads.emplace_back([&] {
      base::SystemRandom random;
      const auto row = MakeHere(*store_, round, random);
      ASSERT_TRUE(row.ok()) << row.status();
      out = row->bytes;
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::string& one : bytes) EXPECT_EQ(one, bytes[0]);
  EXPECT_EQ(SixtiethsSpent(), 1);
}

TEST_F(NoiseFaults, ARestartDeletesTheKeysOfStoredReleasesAndKeepsThoseThatAreNeeded) {
  const v1::Round stored = Fill();
  const v1::Round pending = Fill();
  TakeOver();
  ASSERT_TRUE(MakeHere(stored).ok());
  store::Faults faults{.loses_releases = true};
  store::FaultyStore faulty(*store_, faults);
  ASSERT_FALSE(MakeHere(faulty, pending, random_).ok());
  ASSERT_EQ(KeyFiles().size(), 1u);
  const std::string needed = KeyFiles()[0];
  const std::string left =
      absl::StrCat(app::NoiseKeysPath(Path("hub")), "/", DescriptorOf(stored).round_id(), ".key");
  fs::copy_file(needed, left);
  fs::copy_file(needed, needed + ".tmp.1");
  store_.reset();
  StartServer();
  EXPECT_EQ(KeyFiles(), std::vector<std::string>{needed});
  v1::Release before;
  ASSERT_TRUE(before.ParseFromString(faults.lost_release));
  const v1::Release after = Released(pending);
  EXPECT_EQ(after.table(0).SerializeAsString(), before.table(0).SerializeAsString());
  EXPECT_TRUE(KeyFiles().empty());
}

TEST_F(NoiseFaults, AKeyThatWasChangedStopsTheRelease) {
  const v1::Round round = Fill();
  TakeOver();
  store::Faults faults{.loses_releases = true};
  store::FaultyStore faulty(*store_, faults);
  ASSERT_FALSE(MakeHere(faulty, round, random_).ok());
  std::string sealed = SealedKey();
  sealed[20] = static_cast<char>(sealed[20] ^ 1);
  ASSERT_TRUE(base::WriteFileAtomically(KeyFiles()[0], sealed, 0600).ok());
  EXPECT_TRUE(absl::IsDataLoss(MakeHere(round).status()));
  EXPECT_EQ(SixtiethsSpent(), 0);
}

// Every 32 bytes that are asked for are the canary.
class CanaryRandom final : public base::Random {
 public:
  void Fill(std::span<uint8_t> out) override {
    if (out.size() == 32) {
      std::copy_n(kCanary, 32, out.begin());
    } else {
      random_.Fill(out);
    }
  }
  static constexpr char kCanary[] = "the-key-of-a-release-is-nowhere.";

 private:
  base::SystemRandom random_;
};

TEST_F(NoiseFaults, TheKeyOfAReleaseIsInNoFileInTheClearAndGoneAfterIt) {
  const v1::Round round = Fill();
  TakeOver();
  const auto holds_canary = [&] {
    for (const auto& file : fs::recursive_directory_iterator(dir_)) {
      if (!file.is_regular_file()) continue;
      const auto content = base::ReadFile(file.path().string(), size_t{1} << 30);
      if (content.ok() && content->find(CanaryRandom::kCanary) != std::string::npos) return true;
    }
    return false;
  };
  CanaryRandom random;
  store::Faults faults{.loses_releases = true};
  store::FaultyStore faulty(*store_, faults);
  ASSERT_FALSE(MakeHere(faulty, round, random).ok());
  ASSERT_EQ(KeyFiles().size(), 1u);
  EXPECT_EQ(fs::status(KeyFiles()[0]).permissions(),
            fs::perms::owner_read | fs::perms::owner_write);
  const auto key =
      surroundings_.noise_keys->TakeOrMake(base::RoundId(DescriptorOf(round).round_id()), random_);
  ASSERT_TRUE(key.ok());
  ASSERT_EQ(base::AsText(key->bytes()), CanaryRandom::kCanary) << "the canary is the key";
  EXPECT_FALSE(holds_canary());
  const auto row = MakeHere(*store_, round, random);
  ASSERT_TRUE(row.ok());
  EXPECT_TRUE(KeyFiles().empty());
  EXPECT_FALSE(holds_canary());
  EXPECT_EQ(row->bytes.find(CanaryRandom::kCanary), std::string::npos);
  const auto entries = (*store_->Read())->ListEntries(0, 1000);
  for (const store::EntryRow& entry : *entries) {
    EXPECT_EQ(entry.json.find(CanaryRandom::kCanary), std::string::npos);
  }
}

}  // namespace
}  // namespace renkei::hub
