#include "agents/intake/archive.h"

#include <fstream>

#include "tests/unit/agents/intake/intake_fixture.h"

namespace renkei::agents::intake {
namespace {

class ArchiveTest : public IntakeTest {
 protected:
  static std::string IndexName() { return absl::StrCat(kStem, "/ix08_V08.xml"); }
  static std::string Person(int number) {
    DocumentParts parts;
    parts.number = absl::StrCat(number);
    parts.body = Section("01010", Quantity("9N016160100000001", "88.5", "cm"));
    return MakeDocument(parts);
  }
  static std::vector<ZipEntry> Delivery(int persons) {
    std::vector<ZipEntry> entries = {{IndexName(), MakeIndex(persons)}};
    for (int i = 1; i <= persons; ++i) entries.push_back({PersonFile(i), Person(i)});
    return entries;
  }
  FileOutcome ImportEntries(const std::vector<ZipEntry>& entries,
                            const std::string& name = ZipName()) {
    sink_ = RememberingSink();
    WriteZip(folder_ + "/" + name, entries);
    return Import(folder_ + "/" + name);
  }
  void ExpectRefused(const std::vector<ZipEntry>& entries, MessageCode code) {
    ExpectRefusal(ImportEntries(entries), code);
  }
  void ExpectRefusal(const FileOutcome& outcome, MessageCode code) {
    EXPECT_EQ(outcome.verdict, Verdict::kNothing);
    EXPECT_EQ(outcome.report.messages.CountOf(code), 1u)
        << RenderText(outcome.report, Language::kEnglish);
    EXPECT_EQ(outcome.report.records.accepted, 0u);
    EXPECT_TRUE(sink_.exams.empty());
    EXPECT_EQ(sink_.commits, 0);
  }
};

TEST_F(ArchiveTest, ImportsEveryPersonFileInOneTransaction) {
  const FileOutcome outcome = ImportEntries(Delivery(3));
  EXPECT_EQ(outcome.verdict, Verdict::kAllAccepted)
      << RenderText(outcome.report, Language::kEnglish);
  EXPECT_TRUE(outcome.report.messages.empty());
  EXPECT_EQ(sink_.exams.size(), 3u);
  EXPECT_EQ(sink_.commits, 1);
  EXPECT_EQ(outcome.report.files.seen, 3u);
  EXPECT_EQ(CountsOf(outcome, "waist_cm").valid, 3u);
}

TEST_F(ArchiveTest, RejectsOnlyTheFaultyMember) {
  std::vector<ZipEntry> entries = Delivery(3);
  entries[2].bytes = "<broken";
  const FileOutcome outcome = ImportEntries(entries);
  EXPECT_EQ(outcome.verdict, Verdict::kPartly);
  EXPECT_EQ(sink_.exams.size(), 2u);
  EXPECT_EQ(outcome.report.files.rejected, 1u);
  const std::string text = RenderText(outcome.report, Language::kEnglish);
  EXPECT_NE(text.find("XML_FORMED"), std::string::npos) << text;
  EXPECT_NE(text.find("DATA/h66311111162011070101000002.xml"), std::string::npos) << text;
}

TEST_F(ArchiveTest, RefusesUnsafePaths) {
  for (const char* name : {"/etc/passwd", "../evil.xml", "a/../../evil.xml", "C:/evil.xml",
                           "c:evil", "a\\b.xml", "..\\evil.xml"}) {
    EXPECT_NE(WhyUnsafePath(name), nullptr) << name;
    std::vector<ZipEntry> entries = Delivery(1);
    entries.push_back({name, "x"});
    ExpectRefused(entries, MessageCode::kArcPath);
  }
  EXPECT_EQ(WhyUnsafePath("stem/DATA/h1.xml"), nullptr);
  EXPECT_EQ(WhyUnsafePath("stem/a..b"), nullptr);
}

TEST_F(ArchiveTest, RefusesLinks) {
  std::vector<ZipEntry> entries = Delivery(1);
  entries.push_back({absl::StrCat(kStem, "/DATA/link"), "/etc/passwd", true});
  ExpectRefused(entries, MessageCode::kArcPath);
}

// libzip does not write two entries of one name; the name is changed in the bytes of the file.
TEST_F(ArchiveTest, RefusesANameThatOccursTwice) {
  const std::string path = folder_ + "/" + ZipName();
  WriteZip(path, Delivery(2));
  std::string bytes = ReadAll(path);
  for (size_t at; (at = bytes.find(PersonFile(2))) != std::string::npos;) {
    bytes.replace(at, PersonFile(2).size(), PersonFile(1));
  }
  ExpectRefusal(ImportText(ZipName(), bytes), MessageCode::kArcPath);
}

TEST_F(ArchiveTest, RefusesATruncatedArchiveWhereverItIsCut) {
  const std::string path = folder_ + "/" + ZipName();
  WriteZip(path, Delivery(2));
  const std::string whole = ReadAll(path);
  for (size_t size = 4; size < whole.size(); size += 37) {
    sink_ = RememberingSink();
    ExpectRefusal(ImportText(ZipName(), whole.substr(0, size)), MessageCode::kArcLayout);
  }
}

TEST_F(ArchiveTest, KeepsNothingWhenAMemberIsDamaged) {
  const std::string path = folder_ + "/" + ZipName();
  WriteZip(path, Delivery(3));
  std::string bytes = ReadAll(path);
  const size_t at = bytes.find(PersonFile(3));
  ASSERT_NE(at, std::string::npos);
  bytes[at + PersonFile(3).size() + 100] ^= 0x55;
  const FileOutcome outcome = ImportText(ZipName(), bytes);
  ExpectRefusal(outcome, MessageCode::kArcLayout);
  EXPECT_EQ(sink_.rollbacks, 1);
  EXPECT_EQ(outcome.report.records.rejected, outcome.report.records.seen);
}

TEST_F(ArchiveTest, ReadsEveryPackingLibzipKnows) {
  for (const int method : {ZIP_CM_STORE, ZIP_CM_DEFLATE, ZIP_CM_BZIP2}) {
    std::vector<ZipEntry> entries = Delivery(3);
    for (ZipEntry& entry : entries) entry.method = method;
    const FileOutcome outcome = ImportEntries(entries);
    EXPECT_EQ(outcome.verdict, Verdict::kAllAccepted) << method;
    EXPECT_EQ(sink_.exams.size(), 3u) << method;
  }
}

// Damage is found by the checksum or does not matter; it never becomes another value.
TEST_F(ArchiveTest, NeverTakesAnotherValueFromAFlippedBit) {
  const std::string path = folder_ + "/" + ZipName();
  WriteZip(path, Delivery(1));
  const std::string whole = ReadAll(path);
  ASSERT_EQ(ImportText(ZipName(), whole).verdict, Verdict::kAllAccepted);
  ASSERT_EQ(sink_.exams.size(), 1u);
  const std::vector<policy::catalogue::ItemValue> values = sink_.exams[0].items;
  size_t refused = 0;
  for (size_t at = 0; at < whole.size(); at += 3) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ (1 << (at % 8)));
    sink_ = RememberingSink();
    const FileOutcome outcome = ImportText(ZipName(), damaged);
    if (sink_.commits == 0) ++refused;
    for (const auto& exam : sink_.exams) EXPECT_EQ(exam.items, values) << "byte " << at;
  }
  EXPECT_GT(refused, whole.size() / 6);
}

// A directory that claims gigabytes of packed bytes for a small member is not given that memory.
TEST_F(ArchiveTest, FetchesPackedOnlyWhatIsNoLargerPacked) {
  const std::string path = folder_ + "/" + ZipName();
  WriteZip(path, Delivery(2));
  std::string bytes = ReadAll(path);
  bytes[bytes.rfind(PersonFile(1)) - 46 + 21] = 32;  // 8 KiB more of packed bytes
  bytes[bytes.size() - 1] = 64;                      // and a comment of the archive for room
  bytes.append(64 * 256, ' ');
  std::ofstream(path, std::ios::binary) << bytes;
  std::optional<ArchiveProblem> problem;
  auto archive = Archive::Open(path, bytes.size(), options_.limits, &problem);
  ASSERT_TRUE(archive.ok()) << archive.status();
  MessageLog messages;
  problem = archive->Survey(false, &messages);
  ASSERT_FALSE(problem) << problem->member << " " << problem->detail;
  ASSERT_EQ(archive->documents().size(), 2u);
  EXPECT_FALSE(archive->documents()[0].may_be_fetched_packed);
  EXPECT_TRUE(archive->documents()[1].may_be_fetched_packed);
}

TEST_F(ArchiveTest, RefusesABombByRatio) {
  std::vector<ZipEntry> entries = Delivery(1);
  entries.push_back({PersonFile(2), std::string(4 << 20, ' ')});
  ExpectRefused(entries, MessageCode::kArcSize);
}

TEST_F(ArchiveTest, RefusesABombBySize) {
  options_.limits.max_ratio = 1000000;
  options_.limits.max_member_bytes = 1 << 20;
  std::vector<ZipEntry> entries = Delivery(1);
  entries.push_back({PersonFile(2), std::string((1 << 20) + 1, ' ')});
  ExpectRefused(entries, MessageCode::kArcSize);
  options_.limits.max_member_bytes = 64 << 20;
  options_.limits.max_archive_bytes = 1 << 20;
  ExpectRefused(entries, MessageCode::kArcSize);
  options_.limits.max_archive_bytes = 64 << 20;
  options_.limits.max_members = 2;
  ExpectRefused(entries, MessageCode::kArcSize);
}

// The directory says that a member is small; the packed bytes say otherwise.
TEST_F(ArchiveTest, RefusesAMemberThatUnpacksToMoreThanItDeclares) {
  const std::string path = folder_ + "/" + ZipName();
  WriteZip(path, Delivery(2));
  std::string bytes = ReadAll(path);
  const size_t central = bytes.rfind(PersonFile(2));
  const size_t local = bytes.find(PersonFile(2));
  const size_t packed = static_cast<unsigned char>(bytes[central - 46 + 20]) +
                        256u * static_cast<unsigned char>(bytes[central - 46 + 21]);
  for (const size_t field : {central - 46 + 24, local - 30 + 22}) {
    // As large as its packed bytes, so that it is fetched packed.
    bytes[field] = static_cast<char>(packed & 255);
    bytes[field + 1] = static_cast<char>(packed >> 8);
    bytes[field + 2] = bytes[field + 3] = 0;
  }
  const FileOutcome outcome = ImportText(ZipName(), bytes);
  EXPECT_EQ(outcome.verdict, Verdict::kNothing);
  EXPECT_EQ(sink_.commits, 0);
  EXPECT_EQ(outcome.report.messages.CountOf(MessageCode::kArcSize), 1u);
}

TEST_F(ArchiveTest, RefusesPasswords) {
  std::vector<ZipEntry> entries = Delivery(2);
  entries[1].is_encrypted = true;
  ExpectRefused(entries, MessageCode::kArcEncrypted);
}

TEST_F(ArchiveTest, NeedsDataFolderAndIndex) {
  ExpectRefused({{IndexName(), MakeIndex(0)}}, MessageCode::kArcLayout);
  std::vector<ZipEntry> without_index = Delivery(2);
  without_index.erase(without_index.begin());
  ExpectRefused(without_index, MessageCode::kArcLayout);
  options_.index_optional = true;
  const FileOutcome outcome = ImportEntries(without_index);
  EXPECT_EQ(outcome.verdict, Verdict::kAllAccepted);
  EXPECT_EQ(outcome.report.messages.CountOf(MessageCode::kArcLayout), 1u);
}

TEST_F(ArchiveTest, ReadsTheIndexInBothNamespaces) {
  for (const char* file : {"synthetic_ix08.xml", "synthetic_ix08_newns.xml"}) {
    std::vector<ZipEntry> entries = Delivery(1);
    entries[0].bytes = ReadAll(std::string(RENKEI_SOURCE_DIR) + "/tests/golden/data/" + file);
    const FileOutcome outcome = ImportEntries(entries);
    EXPECT_EQ(outcome.verdict, Verdict::kAllAccepted) << file;
    EXPECT_TRUE(outcome.report.messages.empty()) << RenderText(outcome.report, Language::kEnglish);
  }
}

TEST_F(ArchiveTest, WarnsOfWrongCountsOrphansAndNames) {
  std::vector<ZipEntry> entries = Delivery(2);
  entries[0].bytes = MakeIndex(5);
  entries.push_back({absl::StrCat(kStem, "/DATA/山田太郎.xml"), "x"});
  const FileOutcome outcome = ImportEntries(entries, "delivery.zip");
  EXPECT_EQ(outcome.verdict, Verdict::kAllAccepted);
  EXPECT_EQ(sink_.exams.size(), 2u);
  EXPECT_EQ(outcome.report.messages.CountOf(MessageCode::kArcCount), 1u);
  EXPECT_EQ(outcome.report.messages.CountOf(MessageCode::kArcOrphan), 1u);
  EXPECT_EQ(outcome.report.messages.CountOf(MessageCode::kArcName), 1u);
  const std::string text = RenderText(outcome.report, Language::kEnglish);
  EXPECT_NE(text.find("index 5, DATA 3"), std::string::npos) << text;
  EXPECT_EQ(text.find("山田"), std::string::npos) << text;
}

TEST_F(ArchiveTest, ReadsGuidanceBesideCheckups) {
  std::vector<ZipEntry> entries = Delivery(1);
  std::string name = PersonFile(2);
  name[name.rfind('/') + 1] = 'g';
  entries.push_back({name, MakeDocument({.report_type = "21", .program = "100"})});
  entries[0].bytes = MakeIndex(2);
  const FileOutcome outcome = ImportEntries(entries);
  EXPECT_EQ(outcome.verdict, Verdict::kAllAccepted);
  EXPECT_EQ(sink_.exams.size(), 1u);
  EXPECT_EQ(sink_.guidance.size(), 1u);
  EXPECT_EQ(outcome.report.guidance_records, 1u);
}

std::string MakeSummary(int persons, const char* name_space) {
  return absl::StrCat("<summary xmlns=\"", name_space, "\"><serviceEventType code=\"1\"/>",
                      "<totalSubjectCount value=\"", persons, "\"/></summary>");
}

TEST_F(ArchiveTest, ComparesTheSummaryInBothNamespaces) {
  for (const char* name_space :
       {"http://tokuteikenshin.jp/checkup/2007",
        "https://www.mhlw.go.jp/stf/seisakunitsuite/bunya/0000161103.html"}) {
    std::vector<ZipEntry> entries = Delivery(2);
    entries.push_back({absl::StrCat(kStem, "/su08_V08.xml"), MakeSummary(2, name_space)});
    FileOutcome outcome = ImportEntries(entries);
    EXPECT_TRUE(outcome.report.messages.empty());
    ASSERT_EQ(outcome.report.totals.size(), 2u);
    EXPECT_EQ(outcome.report.totals[1].what, "su08 totalSubjectCount");
    EXPECT_EQ(outcome.report.totals[1].stated, 2u);
    EXPECT_EQ(outcome.report.totals[1].found, 2u);
    entries.back().bytes = MakeSummary(7, name_space);
    outcome = ImportEntries(entries);
    EXPECT_EQ(outcome.verdict, Verdict::kAllAccepted);
    EXPECT_EQ(outcome.report.messages.CountOf(MessageCode::kArcCount), 1u);
    const std::string text = RenderText(outcome.report, Language::kEnglish);
    EXPECT_NE(text.find("summary 7, DATA 2"), std::string::npos) << text;
  }
}

TEST_F(ArchiveTest, ImportsInSpiteOfASummaryThatCannotBeRead) {
  std::vector<ZipEntry> entries = Delivery(1);
  entries.push_back({absl::StrCat(kStem, "/su08_V08.xml"), MakeSummary(1, "urn:other")});
  const FileOutcome outcome = ImportEntries(entries);
  EXPECT_EQ(outcome.verdict, Verdict::kAllAccepted);
  EXPECT_EQ(outcome.report.messages.CountOf(MessageCode::kArcTotal), 1u);
}

constexpr char kOldNamespace[] = "http://tokuteikenshin.jp/checkup/2007";
constexpr char kNewNamespace[] = "https://www.mhlw.go.jp/stf/seisakunitsuite/bunya/0000161103.html";

std::string SettlementFile(int number) {
  std::string name = PersonFile(number);
  return name.replace(name.find("/DATA/h"), 7, "/CLAIMS/c");
}

std::string MakeSettlement(const char* root, const char* name_space, const std::string& amounts) {
  return absl::StrCat("<", root, " xmlns=\"", name_space,
                      "\"><subjectPerson><name>山田</name></subjectPerson><settlement>", amounts,
                      "</settlement></", root, ">");
}

std::string SummaryWithAmounts(const char* amounts) {
  return absl::StrCat("<summary xmlns=\"", kOldNamespace, "\"><totalSubjectCount value=\"2\"/>",
                      amounts, "</summary>");
}

TEST_F(ArchiveTest, ComparesTheSummarysAmountsWithTheSettlements) {
  std::vector<ZipEntry> entries = Delivery(2);
  entries.push_back({absl::StrCat(kStem, "/su08_V08.xml"),
                     SummaryWithAmounts("<totalCostAmount value=\"15000\" currency=\"JPY\"/>"
                                        "<totalPaymentAmount value=\"1300\"/>"
                                        "<totalClaimAmount value=\"13700\"/>")});
  entries.push_back({SettlementFile(1),
                     MakeSettlement("checkupClaim", kOldNamespace,
                                    "<unitAmount value=\"8000\"/><paymentAmount value=\"1300\"/>"
                                    "<claimAmount value=\"6700\"/>")});
  entries.push_back(
      {SettlementFile(2), MakeSettlement("interventionClaim", kNewNamespace,
                                         "<unitAmount value=\"7000\"/><paymentAmount value=\"0\"/>"
                                         "<claimAmount value=\"7000\"/>")});
  FileOutcome outcome = ImportEntries(entries);
  EXPECT_EQ(outcome.verdict, Verdict::kAllAccepted);
  EXPECT_TRUE(outcome.report.messages.empty()) << RenderText(outcome.report, Language::kEnglish);
  ASSERT_EQ(outcome.report.totals.size(), 5u);
  EXPECT_EQ(outcome.report.totals[2].what, "su08 totalCostAmount");
  EXPECT_EQ(outcome.report.totals[2].found, 15000u);
  EXPECT_EQ(outcome.report.totals[3].found, 1300u);
  EXPECT_EQ(outcome.report.totals[4].found, 13700u);

  entries.pop_back();
  outcome = ImportEntries(entries);
  EXPECT_EQ(outcome.verdict, Verdict::kAllAccepted);
  EXPECT_EQ(outcome.report.messages.CountOf(MessageCode::kArcCount), 2u) << "the payment agrees";
  const std::string text = RenderText(outcome.report, Language::kEnglish);
  EXPECT_NE(text.find("summary 15000, CLAIMS 8000"), std::string::npos) << text;
  EXPECT_EQ(text.find("山田"), std::string::npos) << text;
}

TEST_F(ArchiveTest, ASettlementThatCannotBeReadLeavesItsSumUnknown) {
  for (const std::string& bytes :
       {std::string("<!DOCTYPE x>"), MakeSettlement("checkupClaim", "urn:other", ""),
        MakeSettlement("checkupClaim", kOldNamespace, "<claimAmount value=\"-1\"/>"),
        MakeSettlement("checkupClaim", kOldNamespace,
                       "<claimAmount value=\"9999999999999999\"/>")}) {
    std::vector<ZipEntry> entries = Delivery(2);
    entries.push_back({absl::StrCat(kStem, "/su08_V08.xml"),
                       SummaryWithAmounts("<totalClaimAmount value=\"13700\"/>")});
    entries.push_back({SettlementFile(1), bytes});
    const FileOutcome outcome = ImportEntries(entries);
    EXPECT_EQ(outcome.verdict, Verdict::kAllAccepted);
    EXPECT_EQ(outcome.report.files.seen, 2u);
    EXPECT_EQ(outcome.report.totals.size(), 2u);
    EXPECT_EQ(outcome.report.messages.CountOf(MessageCode::kArcCount), 0u);
    EXPECT_GT(outcome.report.messages.CountOf(MessageCode::kArcTotal), 0u);
  }
}

TEST_F(ArchiveTest, RollsBackWhenTheStoreIsFull) {
  WriteZip(folder_ + "/" + ZipName(), Delivery(3));
  for (int n = 0; n < 3; ++n) {
    sink_ = RememberingSink();
    sink_.fail_at_put = n;
    EXPECT_TRUE(absl::IsResourceExhausted(TryImport(folder_ + "/" + ZipName()).status()));
    EXPECT_EQ(sink_.rollbacks, 1);
  }
}

TEST(ArchiveNames, FollowTheNationalForm) {
  EXPECT_TRUE(ArchiveNameIsNational("6631111116_01130012_201107010_1.zip"));
  EXPECT_TRUE(ArchiveNameIsNational("01130012_01130012_201107019_5.zip"));
  for (const char* name :
       {"delivery.zip", "6631111116_01130012_201107010_6.zip", "6631111116_01130012_20110701_1.zip",
        "6631111116_01130012_201107010_1.ZIP", "x6631111116_01130012_201107010_1.zip"}) {
    EXPECT_FALSE(ArchiveNameIsNational(name)) << name;
  }
}

}  // namespace
}  // namespace renkei::agents::intake
