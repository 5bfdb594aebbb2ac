// Canonical entry bytes, the one door, pseudonyms, the anchor.
#include "hub/log/log.h"

#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "hub/log/anchor.h"
#include "policy/base/random.h"
#include "tests/support/hub_store.h"

namespace renkei::hub::log {
namespace {

class CountingRandom final : public base::Random {
 public:
  void Fill(std::span<uint8_t> out) override {
    for (uint8_t& byte : out) byte = next_++;
  }

 private:
  uint8_t next_ = 0;
};

absl::Time At(absl::string_view text) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, text, &time, &error)) << error;
  return time;
}

Entry Vector() {
  Entry entry;
  entry.type = EntryType::kDuaActivated;
  entry.by = "spiffe://hub.shizuoka.example/secretariat/2208/officer-1";
  entry.fiscal_year = 2026;
  entry.objects = {{"version", int64_t{1}}, {"dua_id", "01890a5d-ac96-774b-bcce-b302099a8057"}};
  entry.clock_offset_ms = -3;
  entry.at = At("2026-11-22T06:44:00.125Z");
  return entry;
}

TEST(EntryBytes, AreThoseOfTheMeasuredVector) {
  // trust.md 4.3: 211 bytes and this leaf.
  const auto json = CanonicalJson(Vector());
  ASSERT_TRUE(json.ok()) << json.status();
  EXPECT_EQ(*json,
            "{\"by\":\"spiffe://hub.shizuoka.example/secretariat/2208/officer-1\",\"fy\":2026,"
            "\"o\":{\"dua_id\":\"01890a5d-ac96-774b-bcce-b302099a8057\",\"version\":1},"
            "\"off_ms\":-3,\"t\":\"dua.activated\",\"ts\":\"2026-11-22T06:44:00.125Z\",\"v\":1}");
  EXPECT_EQ(json->size(), 211u);
  EXPECT_EQ(crypto::ToHex(LeafHash(*json)),
            "5f6ddf3f3bb75be9ba7f054e65c49e7c5eefc562d41869ac64eb85ef4552c58d");
}

TEST(EntryBytes, KeepTheirFieldsInOrderWithAnEnvelope) {
  Entry entry = Vector();
  entry.dsse = crypto::Digest{};
  const auto json = CanonicalJson(entry);
  ASSERT_TRUE(json.ok());
  EXPECT_TRUE(absl::StrContains(*json, "officer-1\",\"dsse\":\"0000")) << *json;
}

TEST(EntryBytes, LeaveOutWhatIsNotKnown) {
  Entry entry = Vector();
  entry.clock_offset_ms.reset();
  entry.fiscal_year.reset();
  entry.objects.clear();
  const auto json = CanonicalJson(entry);
  ASSERT_TRUE(json.ok());
  EXPECT_FALSE(absl::StrContains(*json, "off_ms"));
  EXPECT_TRUE(absl::StrContains(*json, "\"o\":{},\"t\"")) << *json;
}

TEST(EntryBytes, NeverNameWhatIsNotOnTheList) {
  for (const char* key : {"count", "members", "n", "name", "message", ""}) {
    Entry entry = Vector();
    entry.objects[key] = int64_t{7};
    EXPECT_TRUE(absl::IsInvalidArgument(CanonicalJson(entry).status())) << key;
  }
}

TEST(EntryBytes, RefuseTextThatCouldForgeALine) {
  for (const std::string& text : {std::string("a\nb"), std::string("鶴岡"), std::string("\0", 1)}) {
    Entry entry = Vector();
    entry.objects["round_id"] = text;
    EXPECT_FALSE(CanonicalJson(entry).ok());
  }
  Entry entry = Vector();
  entry.objects["round_id"] = "a\"b\\c";
  const auto json = CanonicalJson(entry);
  ASSERT_TRUE(json.ok());
  EXPECT_TRUE(absl::StrContains(*json, R"("a\"b\\c")"));
}

TEST(EntryBytes, RefuseNumbersThatJsonCannotHold) {
  Entry entry = Vector();
  entry.objects["version"] = int64_t{1} << 53;
  EXPECT_FALSE(CanonicalJson(entry).ok());
  entry.objects["version"] = (int64_t{1} << 53) - 1;
  EXPECT_TRUE(CanonicalJson(entry).ok());
}

TEST(EntryTypes, AllHaveAWord) {
  for (int type = 0; type <= static_cast<int>(EntryType::kAccessDenied); ++type) {
    EXPECT_FALSE(WordOf(static_cast<EntryType>(type)).empty()) << type;
  }
}

class LogDoor : public HubStoreTest {
 protected:
  Act ActOf(const std::string& who, absl::string_view at = "2026-11-22T06:44:00Z") {
    return {.who = who, .now = At(at), .random = &random_};
  }
  void AppendSome(int count) {
    auto transaction = *store_->Write();
    for (int i = 0; i < count; ++i) {
      ASSERT_TRUE(Append(*transaction, ActOf("spiffe://h.example/hub"),
                         {.type = EntryType::kRoundOpened, .objects = {{"round_id", "r"}}})
                      .ok());
    }
    ASSERT_TRUE(transaction->Commit().ok());
  }

  CountingRandom random_;
};

TEST_F(LogDoor, NumbersEntriesFromZeroAndVerifiesThem) {
  AppendSome(3);
  auto snapshot = *store_->Read();
  EXPECT_EQ(snapshot->Head()->size, 3u);
  EXPECT_TRUE(VerifyEntries(*snapshot).ok());
}

TEST_F(LogDoor, AnEntryGoesWithItsTransaction) {
  {
    auto transaction = *store_->Write();
    ASSERT_TRUE(Append(*transaction, ActOf("spiffe://h.example/hub"), {}).ok());
  }
  EXPECT_EQ((*store_->Read())->Head()->size, 0u);
}

TEST_F(LogDoor, NamesAgentsAndHidesPersonsBehindAYearlyPseudonym) {
  auto transaction = *store_->Write();
  const std::string agent = "spiffe://h.example/member/municipality/062031/agent/1";
  const std::string officer = "spiffe://h.example/secretariat/0604/sato";
  EXPECT_EQ(*ActorOf(*transaction, agent, At("2026-01-01T00:00:00Z"), random_), agent);
  const auto first = ActorOf(*transaction, officer, At("2026-01-01T00:00:00Z"), random_);
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(*first, "spiffe://h.example/secretariat/0604/p-0001020304050607");
  EXPECT_EQ(*ActorOf(*transaction, officer, At("2026-12-31T23:59:59Z"), random_), *first);
  EXPECT_NE(*ActorOf(*transaction, officer, At("2027-01-01T00:00:00Z"), random_), *first);
}

TEST_F(LogDoor, AChangedEntryIsFound) {
  auto transaction = *store_->Write();
  ASSERT_TRUE(transaction
                  ->InsertEntry({.sequence = 0,
                                 .json = "{}",
                                 .leaf = LeafHash("{ }"),
                                 .chain = ChainHash({}, LeafHash("{ }"))})
                  .ok());
  ASSERT_TRUE(transaction->Commit().ok());
  transaction.reset();
  EXPECT_TRUE(absl::IsDataLoss(VerifyEntries(**store_->Read())));
}

TEST_F(LogDoor, ADatabaseBehindItsAnchorIsFound) {
  AppendSome(2);
  const auto head = (*store_->Read())->Head();
  EXPECT_TRUE(CheckAgainstAnchor(**store_->Read(), *head).ok());
  AppendSome(1);  // ahead of the anchor: a crash between commit and anchor
  EXPECT_TRUE(CheckAgainstAnchor(**store_->Read(), *head).ok());
  store::LogHead ahead = *head;
  ahead.size = 4;
  EXPECT_TRUE(absl::IsDataLoss(CheckAgainstAnchor(**store_->Read(), ahead)));
  store::LogHead other = *head;
  other.chain[0] ^= 1;
  EXPECT_TRUE(absl::IsDataLoss(CheckAgainstAnchor(**store_->Read(), other)));
}

TEST_F(LogDoor, TheAnchorFileIsReadBackAndRefusedWhenFaulty) {
  const std::string path = (folder_ / "anchor").string();
  EXPECT_FALSE(ReadAnchor(path, "h.example/log/1")->has_value());
  const store::LogHead head{.size = 12, .chain = LeafHash("x")};
  ASSERT_TRUE(WriteAnchor(path, "h.example/log/1", head).ok());
  const auto read = ReadAnchor(path, "h.example/log/1");
  ASSERT_TRUE(read.ok() && read->has_value());
  EXPECT_EQ((*read)->size, 12u);
  EXPECT_EQ((*read)->chain, head.chain);
  EXPECT_TRUE(absl::IsFailedPrecondition(ReadAnchor(path, "other.example/log/1").status()));
  const std::string text = FormatAnchor("o", head);
  for (const std::string& bad :
       {text.substr(1), text + "\n", text.substr(0, text.size() - 1), std::string(),
        std::string("renkei-anchor/v1\no\n012\n") + crypto::ToHex(head.chain) + "\n"}) {
    EXPECT_FALSE(ParseAnchor(bad, "o").ok()) << bad;
  }
}

}  // namespace
}  // namespace renkei::hub::log
