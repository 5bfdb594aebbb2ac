// renkei-agent killed before every n-th write: an import, an erasure and the move of a store to a
// newer format each happen wholly or not at all, and the next start goes on.
#include <cstdlib>
#include <filesystem>
#include <functional>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "nlohmann/json.hpp"
#include "tests/integration/agent/agent_folder.h"
#include "tests/support/full_run.h"
#include "tests/unit/agents/cohort/row_store_fixture.h"

namespace renkei::tests {
namespace {

constexpr int kKilled = 128 + 9;

// What happens at the n-th write: the process is killed before it, or it and all later ones fail as
// on a full disk.
enum class Fault { kKill, kFullDisk };

Environment Shim(Fault fault, long at, const std::string& count_file = "") {
  Environment environment = {{"LD_PRELOAD", RENKEI_SHIM},
                             {"RENKEI_FAULT_AT", std::to_string(at)},
                             {"RENKEI_FAULT_KILL", fault == Fault::kKill ? "1" : "0"},
                             {"RENKEI_FAULT_STICKY", fault == Fault::kKill ? "0" : "1"},
                             {"ASAN_OPTIONS", "verify_asan_link_order=0:detect_leaks=0"}};
  if (!count_file.empty()) environment["RENKEI_FAULT_COUNT"] = count_file;
  return environment;
}

// Runs `command` on a copy of `folder` again and again, with the fault at another of its writes
// each time (every one with --full, 25 of them otherwise), and shows each copy to `check`.
void KillBeforeEveryWrite(const std::string& folder, const std::string& count_file,
                          const std::function<Outcome(const Environment&)>& command,
                          const std::function<void()>& check, Fault fault = Fault::kKill) {
  const std::string kept = folder + ".kept";
  std::filesystem::rename(folder, kept);
  const auto renew = [&] {
    std::filesystem::remove_all(folder);
    std::filesystem::copy(kept, folder, std::filesystem::copy_options::recursive);
  };
  renew();
  const Outcome whole = command(Shim(fault, -1, count_file));
  ASSERT_EQ(whole.exit_code, 0) << whole.err;
  check();
  long writes = 0;
  ASSERT_TRUE(absl::SimpleAtoi(absl::StripAsciiWhitespace(ReadAll(count_file)), &writes));
  ASSERT_GT(writes, 3);
  const long step = tests::IsFullRun() ? 1 : std::max(1L, writes / 25);
  for (long n = 1; n <= writes; n += step) {
    SCOPED_TRACE(absl::StrCat(fault == Fault::kKill ? "killed before" : "full disk from", " write ",
                              n, " of ", writes));
    renew();
    const Outcome outcome = command(Shim(fault, n));
    if (fault == Fault::kKill) {
      EXPECT_EQ(outcome.exit_code, kKilled);
    } else {
      EXPECT_TRUE(outcome.exit_code == 0 || outcome.exit_code == 1) << outcome.exit_code;
    }
    check();
    if (::testing::Test::HasFatalFailure()) return;
  }
}

class Killed : public TwoPersons {
 protected:
  Outcome Forget(int number, bool erase, const Environment& environment = {}) const {
    return TwoPersons::Forget(
        number == 12 ? kFirst : kSecond,
        erase ? std::vector<std::string>{"--yes"} : std::vector<std::string>(), environment);
  }
};

TEST_F(Killed, AnImportIsThereWhollyOrNotAtAll) {
  ASSERT_EQ(Import({"roster.csv"}).exit_code, 0);
  KillBeforeEveryWrite(
      Path("agent"), Path("count"),
      [this](const Environment& environment) { return Import({"exams.csv"}, environment); },
      [this] {
        const Outcome again = Import({"exams.csv"});
        ASSERT_EQ(again.exit_code, 0) << again.err;
        const nlohmann::json stored = nlohmann::json::parse(again.out).at(0).at("stored");
        const int fresh = stored.at("new"), unchanged = stored.at("unchanged");
        EXPECT_TRUE((fresh == 2 && unchanged == 0) || (fresh == 0 && unchanged == 2)) << stored;
      });
}

TEST_F(Killed, APersonIsErasedWhollyOrNotAtAllAndTheOtherStays) {
  ASSERT_EQ(Import({"roster.csv", "exams.csv", "claims.csv"}).exit_code, 0);
  const std::string whole =
      "person 1: 1 examinations, 1 roster rows, 0 guidance courses, 1 claims, 0 absences, 0 "
      "consent events; fiscal years 2024\n";
  KillBeforeEveryWrite(
      Path("agent"), Path("count"),
      [this](const Environment& environment) { return Forget(12, true, environment); },
      [this, &whole] {
        const Outcome left = Forget(12, false);
        ASSERT_EQ(left.exit_code, 0) << left.err;
        EXPECT_TRUE(left.out.starts_with(whole) ||
                    left.out.starts_with("person 1: not in the store\n"))
            << left.out;
        EXPECT_TRUE(Forget(13, false).out.starts_with(whole));
        const Outcome again = Forget(12, true);
        ASSERT_EQ(again.exit_code, 0) << again.err;
        EXPECT_TRUE(Forget(12, false).out.starts_with("person 1: not in the store\n"));
      });
}

// An event, its ledger entry and the tree's head are one: the next event finds a tree that it can
// go on from, which the store checks.
class ConsentUnderFaults : public Killed, public testing::WithParamInterface<Fault> {};

TEST_P(ConsentUnderFaults, AnEventAndItsLedgerEntryAreThereBothOrNeither) {
  ASSERT_EQ(Import({"roster.csv"}).exit_code, 0);
  const auto consent = [this](std::vector<std::string> arguments, const std::string& line,
                              const Environment& environment = {}) {
    arguments.insert(arguments.begin(), "consent");
    arguments.insert(arguments.end(), {"--dir", Path("agent"), "--person", "-"});
    return Agent(arguments, absl::StrCat(kColumns, "\n", line, "\n"), environment);
  };
  const std::string first = kFirst;
  const std::string second = kSecond;
  ASSERT_EQ(consent({"withdraw", "--at", "2026-01-01"}, second).exit_code, 0);
  KillBeforeEveryWrite(
      Path("agent"), Path("count"),
      [&](const Environment& environment) {
        return consent({"withdraw", "--at", "2026-05-01"}, first, environment);
      },
      [&] {
        const auto entries = [&](const std::string& line) {
          const Outcome shown = consent({"show", "--format", "json"}, line);
          EXPECT_EQ(shown.exit_code, 0) << shown.err;
          std::vector<int> positions;
          const nlohmann::json person = nlohmann::json::parse(shown.out).at(0);
          for (const auto& event : person.at("events")) {
            EXPECT_TRUE(event.contains("ledger_entry")) << "an event without an entry";
            positions.push_back(event.value("ledger_entry", -1));
          }
          return positions;
        };
        const std::vector<int> before = entries(first);
        EXPECT_TRUE(before.empty() || before == std::vector<int>{1});
        const Outcome again = consent({"withdraw", "--at", "2026-05-01"}, first);
        ASSERT_EQ(again.exit_code, 0) << again.err;
        ASSERT_EQ(consent({"withdraw", "--at", "2026-06-01"}, second).exit_code, 0);
        EXPECT_EQ(entries(first), std::vector<int>{1});
        EXPECT_EQ(entries(second), (std::vector<int>{0, 2}));
      },
      GetParam());
}

INSTANTIATE_TEST_SUITE_P(EveryWrite, ConsentUnderFaults,
                         testing::Values(Fault::kKill, Fault::kFullDisk));

constexpr char kStoreToOpen[] = "RENKEI_TEST_STORE";

class KilledMove : public agents::cohort::RowStoreTest {};

// The child of the test below opens the store that it is told; alone there is nothing to do.
TEST_F(KilledMove, OpensTheStoreOfTheEnvironment) {
  const char* store = std::getenv(kStoreToOpen);
  if (store == nullptr) return;
  const auto opened = agents::cohort::CohortStore::Open(store, Key(), items_);
  ASSERT_TRUE(opened.ok()) << opened.status();
}

TEST_F(KilledMove, AStoreOfTheFirstFormatIsMovedWhollyOrNotAtAll) {
  const absl::CivilDay october(2011, 10, 3);
  std::vector<std::pair<agents::cohort::Person, std::vector<agents::cohort::ExamRecord>>> persons;
  for (int i = 1; i <= 3; ++i) {
    const auto exam = Exam(Card(std::to_string(i), "1"), october, 900 + i);
    persons.push_back({exam.person, {exam}});
  }
  const std::string old = folder_ + "/old", store = old + "/cohort.db";
  std::filesystem::create_directory(old);
  MakeOld(items_, persons);
  for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
    if (entry.is_regular_file()) {
      std::filesystem::rename(entry.path(), old + "/" + entry.path().filename().string());
    }
  }
  KillBeforeEveryWrite(
      old, folder_ + "/count",
      [&store](const Environment& environment) {
        Environment all = environment;
        all[kStoreToOpen] = store;
        return RunCommand(
            {"/proc/self/exe", "--gtest_filter=KilledMove.OpensTheStoreOfTheEnvironment"}, all);
      },
      [&] {
        auto opened = agents::cohort::CohortStore::Open(store, Key(), items_);
        ASSERT_TRUE(opened.ok()) << opened.status();
        store_ = *std::move(opened);
        const auto rows = Scan(Query());
        ASSERT_EQ(rows.size(), 3u);
        for (int i = 1; i <= 3; ++i) {
          EXPECT_EQ(rows.at(static_cast<agents::cohort::PersonId>(i)).items[0],
                    agents::cohort::Valid(900 + i));
        }
        store_.reset();
      });
}

}  // namespace
}  // namespace renkei::tests
