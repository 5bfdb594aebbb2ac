// Who counts whom (definitions 15.3): a workplace whose people are insured by a member society is
// not added to that society's counts.
#include <gtest/gtest.h>

#include "tests/e2e/small_members.h"
#include "tests/e2e/world.h"

namespace renkei::tests {
namespace {

constexpr char kSocietyNumber[] = "06060016";
constexpr char kForeignNumber[] = "06130017";
constexpr int kPersons = 30;               // per sex and band
constexpr int kRoster = kPersons * 2 * 7;  // of each member

// The card numbers of `insurer` in 鶴岡市; `unknown_insurer` of them have no known insurer.
SmallFiles FilesOf(const std::string& insurer, bool unknown_insurer = false) {
  SmallFiles files = MakeFiles({"", "", "", "", {insurer}, "062031"}, kPersons);
  if (unknown_insurer) {
    // One more person whose insurer nobody knows: coverage only.
    files.roster = "person_id," + files.roster;
    for (size_t at = files.roster.find('\n'); at + 1 < files.roster.size();
         at = files.roster.find('\n', at + 1)) {
      files.roster.insert(at + 1, ",");
    }
    files.roster += "P-1,unknown,,,,1960-06-15,1,2011,062031\n";
  }
  return files;
}

TEST(Overlap, APersonOfAWorkplaceAndAMemberSocietyIsCountedOnceByTheSociety) {
  World world;
  world.StartHub();
  const MemberSpec society = {"society",        "insurer", kSocietyNumber, "庄内機械健康保険組合",
                              {kSocietyNumber}, "",        "statute"};
  const MemberSpec inside = {"inside", "workplace", "7000012050002", "庄内機械", {}, "", "statute"};
  const MemberSpec outside = {"outside", "workplace", "6000020062031", "庄内運輸",
                              {},        "",          "statute"};
  const auto join = [&world](const MemberSpec& spec, const SmallFiles& files) {
    ASSERT_NO_FATAL_FAILURE(world.Join(spec));
    const Outcome import = world.Agent(
        spec.folder, {"import", world.Write("in/" + spec.folder + "/roster.csv", files.roster),
                      world.Write("in/" + spec.folder + "/exams.csv", files.exams)});
    ASSERT_EQ(import.exit_code, 0) << import.err << import.out;
  };
  ASSERT_NO_FATAL_FAILURE(join(kTsuruoka, MakeFiles(kTsuruoka, kPersons)));
  ASSERT_NO_FATAL_FAILURE(join(kSakata, MakeFiles(kSakata, kPersons)));
  ASSERT_NO_FATAL_FAILURE(join(society, FilesOf(kSocietyNumber)));
  ASSERT_NO_FATAL_FAILURE(join(inside, FilesOf(kSocietyNumber)));
  ASSERT_NO_FATAL_FAILURE(join(outside, FilesOf(kForeignNumber, true)));

  const std::string round = world.OpenRound(2011);
  for (const char* folder : {"tsuruoka", "sakata", "society", "inside", "outside"}) {
    const Outcome submit = world.Agent(folder, {"submit", "--round", round});
    ASSERT_EQ(submit.exit_code, 0) << folder << submit.err;
  }
  const Outcome preview = world.Agent("inside", {"preview", "--round", round, "--format", "csv"});
  EXPECT_EQ(preview.out.find(",420,"), std::string::npos)
      << "the society's people do not leave twice";
  ASSERT_EQ(world.Secretariat({"round", "close", "--round", round}).exit_code, 0);
  ASSERT_EQ(world.Secretariat({"release", "make", "--round", round}).exit_code, 0);
  const Outcome query = world.Secretariat({"query", "--area", "0604", "--fiscal-year", "2011",
                                           "--indicator", "checkup_rate", "--format", "csv"});
  const auto rows = ParseCsv(query.out);
  ASSERT_EQ(rows.size(), 2u) << query.out << query.err;
  EXPECT_EQ(rows[1][13], "published");
  EXPECT_EQ(rows[1][9], std::to_string(4 * kRoster))
      << "two cities, the society, the outside workplace";
  EXPECT_EQ(rows[1][8], std::to_string(4 * kRoster / 2));
}

}  // namespace
}  // namespace renkei::tests
