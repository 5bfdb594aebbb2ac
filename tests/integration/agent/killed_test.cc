// renkei-agent killed before every n-th write: an import, an erasure and the move of a store to a
// newer format each happen wholly or not at all, and the next start goes on.
#include <cstdlib>
#include <filesystem>
#include <functional>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "nlohmann/json.hpp"
#include "tests/integration/agent/agent_folder.h"
#include "tests/unit/agents/cohort/row_store_fixture.h"

namespace renkei::tests {
namespace {

constexpr int kKilled = 128 + 9;

Environment Shim(long kill_before, const std::string& count_file = "") {
  Environment environment = {{"LD_PRELOAD", RENKEI_SHIM},
                             {"RENKEI_FAULT_AT", std::to_string(kill_before)},
                             {"RENKEI_FAULT_KILL", "1"},
                             {"ASAN_OPTIONS", "verify_asan_link_order=0:detect_leaks=0"}};
  if (!count_file.empty()) environment["RENKEI_FAULT_COUNT"] = count_file;
  return environment;
}

// Runs `command` on a copy of `folder` again and again, killed before another of its writes each
// time (every one with --full, 25 of them otherwise), and shows each copy to `check`.
void KillBeforeEveryWrite(const std::string& folder, const std::string& count_file,
                          const std::function<Outcome(const Environment&)>& command,
                          const std::function<void()>& check) {
  const std::string kept = folder + ".kept";
  std::filesystem::rename(folder, kept);
  const auto renew = [&] {
    std::filesystem::remove_all(folder);
    std::filesystem::copy(kept, folder, std::filesystem::copy_options::recursive);
  };
  renew();
  const Outcome whole = command(Shim(-1, count_file));
  ASSERT_EQ(whole.exit_code, 0) << whole.err;
  check();
  long writes = 0;
  ASSERT_TRUE(absl::SimpleAtoi(absl::StripAsciiWhitespace(ReadAll(count_file)), &writes));
  ASSERT_GT(writes, 3);
  const char* full = std::getenv("RENKEI_FULL");
  const bool every = full != nullptr && absl::string_view(full) == "1";
  const long step = every ? 1 : std::max(1L, writes / 25);
  for (long n = 1; n <= writes; n += step) {
    SCOPED_TRACE(absl::StrCat("killed before write ", n, " of ", writes));
    renew();
    EXPECT_EQ(command(Shim(n)).exit_code, kKilled);
    check();
    if (::testing::Test::HasFatalFailure()) return;
  }
}

class Killed : public AgentFolder {
 protected:
  Killed() {
    MakeAgent(
        "kind: MEMBER_KIND_INSURER\norganisation_code: \"01130012\"\n"
        "insurer_numbers: \"01130012\"\n");
    const std::string person = "insurer_number,number,branch,birth_date,sex,";
    Write("roster.csv", person + "fiscal_year,municipality_code\n" + Rows(",2024,062031"));
    Write("exams.csv", person + "exam_date,waist_cm\n" + Rows(",2024-06-20,84.5"));
    Write("claims.csv", person + "service_month,claim_type,disease_code,days,points\n" +
                            Rows(",2024-05,outpatient,0901,2,812"));
  }
  // Two persons, the same otherwise.
  static std::string Rows(const std::string& rest) {
    return "01130012,12,01,1960-01-15,1" + rest + "\n01130012,13,01,1961-02-16,2" + rest + "\n";
  }
  Outcome Import(const std::vector<std::string>& names, const Environment& environment = {}) const {
    std::vector<std::string> arguments;
    for (const std::string& name : names) arguments.push_back(Path(name));
    arguments.insert(arguments.end(), {"--quiet", "--report", "json"});
    return OnAgent("import", arguments, "", environment);
  }
  Outcome Forget(int number, bool erase, const Environment& environment = {}) const {
    std::vector<std::string> arguments = {"--person", "-"};
    if (erase) arguments.emplace_back("--yes");
    return OnAgent("forget", arguments,
                   "insurer_number,number,branch,birth_date,sex\n" +
                       (number == 12 ? std::string("01130012,12,01,1960-01-15,1\n")
                                     : std::string("01130012,13,01,1961-02-16,2\n")),
                   environment);
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
