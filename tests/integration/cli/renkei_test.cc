// The `renkei` program against a hub of canned answers: exit codes, what is printed, what is asked.
#include "tests/integration/cli/canned_hub.h"

namespace renkei::tests {
namespace {

TEST_F(RenkeiProgram, InvitePrintsTheCodeAloneOnStandardOutput) {
  const Outcome outcome = Renkei(
      {"member", "invite", "--kind", "municipality", "--code", "062031", "--name", "鶴岡市"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(outcome.out, "000G-40R4-0M30-E209-185G-R38E-1X1N\n");
  EXPECT_EQ(hub_->invite.kind(), v1::MEMBER_KIND_MUNICIPALITY);
  EXPECT_EQ(hub_->invite.name(), "鶴岡市");
}

TEST_F(RenkeiProgram, AFailureIsOneLineWithReasonAndAdvice) {
  hub_->failure =
      base::MakeError(absl::StatusCode::kPermissionDenied, v1::ERROR_REASON_ROLE,
                      "not for\nthis \x1b[2Jrole", "", "method.roles", "use the operator's bundle");
  const Outcome outcome = Renkei(
      {"member", "invite", "--kind", "municipality", "--code", "062031", "--name", "鶴岡市"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(outcome.out, "");
  EXPECT_TRUE(IsOneLine(outcome.err)) << outcome.err;
  EXPECT_EQ(outcome.err.find('\x1b'), std::string::npos);
  EXPECT_NE(outcome.err.find("method.roles"), std::string::npos);
  EXPECT_NE(outcome.err.find("use the operator's bundle"), std::string::npos);
}

TEST_F(RenkeiProgram, ListsEveryPageAndNothingDrivesTheTerminal) {
  const Outcome outcome = Renkei({"member", "list"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_NE(outcome.out.find("member/insurer/01060011"), std::string::npos);
  EXPECT_NE(outcome.out.find("鶴岡市"), std::string::npos);
  EXPECT_EQ(outcome.out.find('\x1b'), std::string::npos);
}

TEST_F(RenkeiProgram, ListsTheIndicatorsThatMatch) {
  const Outcome all = Renkei({"indicator", "list", "--lang", "ja"});
  EXPECT_EQ(all.exit_code, 0) << all.err;
  EXPECT_NE(all.out.find("有所見率 finding_bp"), std::string::npos) << all.out;
  const Outcome some = Renkei({"indicator", "list", "--match", "BMI"});
  EXPECT_NE(some.out.find("Finding rate finding_bmi"), std::string::npos) << some.out;
  EXPECT_EQ(some.out.find("finding_bp"), std::string::npos) << some.out;
  EXPECT_EQ(Renkei({"indicator", "list", "--match", "nothing"}).exit_code, 1);
}

TEST_F(RenkeiProgram, QuerySendsWhatWasAskedInEveryFormat) {
  const Outcome csv =
      Renkei({"query", "--area", "0604", "--municipality", "062031", "--member-kind", "insurer",
              "--fiscal-year", "2011", "--indicator", "waist,bmi", "--by", "sex,age2", "--release",
              "4", "--format", "csv"});
  EXPECT_EQ(csv.exit_code, 0) << csv.err;
  EXPECT_EQ(csv.out,
            "fiscal_year,area_code,area_name,municipality_code,member_kind,indicator,sex,age_band,"
            "numerator,denominator,value,ci_lower,ci_upper,state,members\n"
            "2011,0604,庄内,,all,waist,both,40-74,,,,,,suppressed,\n");
  EXPECT_EQ(hub_->query.municipality(), "062031");
  EXPECT_EQ(hub_->query.member_kind(), v1::MEMBER_KIND_INSURER);
  EXPECT_EQ(hub_->query.indicator_size(), 2);
  EXPECT_EQ(hub_->query.by(), v1::BREAKDOWN_SEX_AGE2);
  EXPECT_EQ(hub_->query.release_number(), 4u);
  const Outcome table =
      Renkei({"--lang", "ja", "query", "--area", "0604", "--fiscal-year", "2011"});
  EXPECT_EQ(table.exit_code, 0) << table.err;
  EXPECT_NE(table.out.find("腹囲"), std::string::npos);
  EXPECT_EQ(hub_->query.by(), v1::BREAKDOWN_UNSPECIFIED);
  EXPECT_EQ(Renkei({"query", "--area", "0604", "--fiscal-year", "2011", "--format", "json"})
                .out.substr(0, 1),
            "{");
}

TEST_F(RenkeiProgram, QueryOfARegionSaysBesideTheCsvWhatIsInIt) {
  const Outcome csv = Renkei({"--lang", "en", "query", "--prefecture", "06", "--member-kind",
                              "insurer", "--fiscal-year", "2011", "--indicator", "waist,bmi",
                              "--by", "sex,age", "--format", "csv"});
  EXPECT_EQ(csv.exit_code, 0) << csv.err;
  EXPECT_NE(csv.out.find("2011,06,山形県,,all,waist,both,40-74,,,,,,suppressed,,1,2\n"),
            std::string::npos)
      << csv.out;
  EXPECT_EQ(csv.err.find("sum of 1 of 2 secondary medical areas"), 0u) << csv.err;
  EXPECT_EQ(hub_->region.prefecture_code(), "06");
  EXPECT_FALSE(hub_->region.nation());
  EXPECT_EQ(hub_->region.member_kind(), v1::MEMBER_KIND_INSURER);
  EXPECT_EQ(hub_->region.fiscal_year(), 2011u);
  EXPECT_EQ(hub_->region.indicator_size(), 2);
  EXPECT_EQ(hub_->region.by(), v1::BREAKDOWN_SEX_AGE);
  const Outcome table = Renkei({"--lang", "ja", "query", "--nation", "--fiscal-year", "2011"});
  EXPECT_EQ(table.exit_code, 0) << table.err;
  EXPECT_NE(table.out.find("2 二次医療圏のうち 1 の和"), std::string::npos) << table.out;
  EXPECT_TRUE(hub_->region.nation());
  EXPECT_EQ(
      Renkei({"query", "--nation", "--fiscal-year", "2011", "--format", "json"}).out.substr(0, 1),
      "{");
  hub_->failure = base::MakeError(absl::StatusCode::kInvalidArgument, v1::ERROR_REASON_MALFORMED,
                                  "a region is one prefecture", "prefecture_code", "query.region",
                                  "2 digits, 01 to 47, or the nation");
  const Outcome refused = Renkei({"query", "--prefecture", "48", "--fiscal-year", "2011"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_EQ(refused.out, "");
  EXPECT_TRUE(IsOneLine(refused.err)) << refused.err;
  EXPECT_NE(refused.err.find("01 to 47"), std::string::npos) << refused.err;
}

TEST_F(RenkeiProgram, ChecksEveryLayoutThatMayBeChosen) {
  const Outcome outcome = Renkei({"--lang", "en", "release", "check", "--round", "r1"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_NE(outcome.out.find("Waist      5-20 %  < 1 %  population   waist"), std::string::npos)
      << outcome.out;
  EXPECT_EQ(outcome.err, "checking layout 2/2: no_sex\n");
  ASSERT_EQ(hub_->checks.size(), 2u);
  EXPECT_EQ(hub_->checks[0].round_id(), "r1");
  EXPECT_EQ(hub_->checks[0].layout(), "") << "the hub's default";
  EXPECT_EQ(hub_->checks[1].layout(), "no_sex");

  const Outcome places =
      Renkei({"--lang", "ja", "release", "check", "--round", "r1", "--indicator", "waist"});
  EXPECT_NE(places.out.find("一部秘匿"), std::string::npos) << places.out;
  const Outcome json = Renkei({"release", "check", "--round", "r1", "--format", "json"});
  EXPECT_EQ(json.out.substr(0, 1), "{");

  const Outcome unknown = Renkei({"release", "check", "--round", "r1", "--indicator", "bmi"});
  EXPECT_EQ(unknown.exit_code, 1);
  EXPECT_TRUE(IsOneLine(unknown.err)) << unknown.err;
  EXPECT_EQ(unknown.out, "");
}

TEST_F(RenkeiProgram, ChecksOneLayoutWhenItIsNamedOrFixed) {
  EXPECT_EQ(Renkei({"release", "check", "--round", "r1", "--layout", "no_sex"}).exit_code, 0);
  ASSERT_EQ(hub_->checks.size(), 1u);
  EXPECT_EQ(hub_->checks[0].layout(), "no_sex");
  hub_->fixed = true;
  const Outcome outcome = Renkei({"release", "check", "--round", "r1"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(hub_->checks.size(), 2u);
  EXPECT_NE(outcome.out.find("fixed the layout"), std::string::npos) << outcome.out;
}

TEST_F(RenkeiProgram, MakesAReleaseInTheNamedLayoutAndSaysWhich) {
  const Outcome outcome =
      Renkei({"--lang", "ja", "release", "make", "--round", "r1", "--layout", "no_sex"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(hub_->make.layout(), "no_sex");
  EXPECT_NE(outcome.out.find("表章区分 no_sex"), std::string::npos) << outcome.out;
}

TEST_F(RenkeiProgram, MakesAGroupingAndSaysItsName) {
  const Outcome outcome = Renkei({"--lang", "ja", "release", "group", "--release", "4", "--name",
                                  "川南", "--municipalities", "062031, 064262"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(hub_->group.release_number(), 4u);
  ASSERT_EQ(hub_->group.grouping().municipality_size(), 2);
  EXPECT_EQ(hub_->group.grouping().municipality(1), "064262");
  EXPECT_NE(outcome.out.find("公表 5"), std::string::npos) << outcome.out;
  EXPECT_NE(outcome.out.find("市町村の組 川南"), std::string::npos) << outcome.out;
}

TEST_F(RenkeiProgram, MakesABundleThatWorks) {
  const std::string out = folder_ + "/officer-2.bundle";
  const Outcome made =
      Renkei({"bundle", "make", "--role", "secretariat", "--area", "0604", "--out", out});
  EXPECT_EQ(made.exit_code, 0) << made.err;
  struct stat facts {};
  ASSERT_EQ(stat(out.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600u);
  const auto bundle = identity::ReadBundle(out);
  ASSERT_TRUE(bundle.ok()) << bundle.status();
  EXPECT_EQ(bundle->spiffe_id(), "spiffe://h.example/secretariat/0604/officer-2");
  const std::string own = bundle_;
  bundle_ = out;
  EXPECT_EQ(Renkei({"member", "list"}).exit_code, 0);
  bundle_ = own;
  EXPECT_EQ(
      Renkei({"bundle", "make", "--role", "secretariat", "--area", "0604", "--out", out}).exit_code,
      1);
}

TEST_F(RenkeiProgram, AWrongCommandLineIsExitCodeTwo) {
  for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
           {},
           {"member"},
           {"nonsense"},
           {"member", "invite", "--kind", "city", "--code", "062031", "--name", "x"},
           {"member", "invite", "--kind", "municipality"},
           {"bundle", "make", "--role", "king", "--out", "x"},
           {"bundle", "make", "--role", "secretariat", "--out", "x"},
           {"query", "--area", "0604"},
           {"query", "--fiscal-year", "2011"},
           {"query", "--area", "0604", "--prefecture", "06", "--fiscal-year", "2011"},
           {"query", "--prefecture", "06", "--nation", "--fiscal-year", "2011"},
           {"query", "--prefecture", "06", "--fiscal-year", "2011", "--release", "1"},
           {"query", "--nation", "--municipality", "062031", "--fiscal-year", "2011"},
           {"query", "--area", "0604", "--fiscal-year", "1999"},
           {"query", "--area", "0604", "--fiscal-year", "2011", "--by", "age"},
           {"query", "--area", "0604", "--fiscal-year", "2011", "--format", "xml"},
           {"query", "--area", "0604", "--fiscal-year", "2011", "--member-kind", "all"},
           {"--lang", "fr", "member", "list"},
           {"round", "open", "--area", "0604", "--fiscal-year", "2011", "--indicators", "default",
            "--purpose", "fun"},
           {"policy", "approve"},
           {"policy", "approve", "--policy", "x"},
           {"policy", "approve", "--digest", "XYZ"},
           {"policy", "approve", "--digest", "abcdef", "--policy", "x", "--version", "1"},
           {"policy", "diff"},
           {"policy", "diff", "--file", "x", "--to", "1"},
           {"policy", "show", "--policy", "x"},
           {"agreement", "sign"},
           {"agreement", "withdraw"},
           {"release", "check"},
           {"release", "check", "--round", "r1", "--format", "csv"},
           {"release", "group", "--release", "1", "--name", "x"},
           {"release", "show", "--release", "one"}}) {
    const Outcome outcome = Renkei(arguments);
    EXPECT_EQ(outcome.exit_code, 2) << outcome.out << outcome.err;
    EXPECT_EQ(outcome.out, "");
    EXPECT_NE(outcome.err, "");
  }
  EXPECT_EQ(tests::RunCommand({RENKEI_BIN_DIR "/renkei", "member", "list"}).exit_code, 2);
}

TEST_F(RenkeiProgram, BundleIsCheckedBeforeAnythingIsSent) {
  ASSERT_EQ(chmod(bundle_.c_str(), 0644), 0);
  const Outcome open = Renkei({"member", "list"});
  EXPECT_EQ(open.exit_code, 1);
  EXPECT_TRUE(IsOneLine(open.err)) << open.err;
  EXPECT_NE(open.err.find("chmod 600"), std::string::npos) << open.err;
  bundle_ = folder_ + "/none.bundle";
  const Outcome missing = Renkei({"member", "list"});
  EXPECT_EQ(missing.exit_code, 1);
  EXPECT_TRUE(IsOneLine(missing.err)) << missing.err;
}

TEST_F(RenkeiProgram, ASilentHubIsAFailureWithAdvice) {
  server_->Shutdown();
  const Outcome outcome = Renkei({"member", "list"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_TRUE(IsOneLine(outcome.err)) << outcome.err;
  EXPECT_NE(outcome.err.find("is the hub running"), std::string::npos) << outcome.err;
}

}  // namespace
}  // namespace renkei::tests
