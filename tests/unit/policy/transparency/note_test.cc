// Signed notes and checkpoints: the vectors of trust 4.5 (C2SP signed-note and tlog-checkpoint) and
// each of the mutations that must be refused.
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "policy/base/bytes.h"
#include "policy/base/secret.h"
#include "policy/crypto/hash.h"
#include "policy/transparency/checkpoint.h"

namespace renkei::policy::transparency {
namespace {

constexpr char kOrigin[] = "example.com/fault_test";
constexpr char kVkey[] =
    "example.com/fault_test+7f84ee58+AfMY9QKMQjVcokKlKSGRvcLL8YwvpDHua/r0e64EfFIX";
constexpr char kWitnessVkey[] =
    "witness.example/w1+f1ed8c47+BCFS+NGbeR0kRTJC4V8uq2y3z/p7al7TAJeWDgaYgdsS";
constexpr char kNote[] =
    "example.com/fault_test\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n\n"
    "\xe2\x80\x94 example.com/fault_test "
    "f4TuWNGDdBBwmXM7AeZIEsBVUFuXluLkbY1SLByRY5OJinJMSe5GQvdVGiOSOhGcb2v52ksaDq+/"
    "27Jm6ogVjMUofgQ=\n";
constexpr char kWitnessLine[] =
    "\xe2\x80\x94 witness.example/w1 "
    "8e2MRwAAAABlU/EAhp/kYX7M3EMXd9ZDH8rs/"
    "3235+6Awb+tEKgCyi5m5hUqBtUbILDO5xVuCwhUznbO9LZqMFbCclCmuAJ8J7BYAw==\n";

std::unique_ptr<crypto::Signer> SignerOf(const std::string& seed) {
  return *crypto::MakeEd25519Signer(base::Secret::Copy(base::AsBytes(seed)));
}
// The seed of the vectors' private key text, behind its type byte.
std::unique_ptr<crypto::Signer> VectorSigner() {
  std::string bytes;
  EXPECT_TRUE(absl::Base64Unescape("AajLvPzbzMafNfiFvmRw1YlP7del7DYc1cr7Yntjf8yP", &bytes));
  return SignerOf(bytes.substr(1));
}

TEST(Note, OfTheSpecificationIsSignedByItsKey) {
  const absl::StatusOr<VerifierKey> key =
      ParseVerifierKey("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k");
  ASSERT_TRUE(key.ok()) << key.status();
  const std::string note =
      "This is an example message.\n\n\xe2\x80\x94 example.com/foo "
      "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM="
      "\n";
  const absl::StatusOr<std::string> text = OpenNote(note, {&*key, 1});
  ASSERT_TRUE(text.ok()) << text.status();
  EXPECT_EQ(*text, "This is an example message.\n");
}

TEST(Checkpoint, OfTheVectorsIsMadeAndOpened) {
  const auto signer = VectorSigner();
  const absl::StatusOr<VerifierKey> key = ParseVerifierKey(kVkey);
  ASSERT_TRUE(key.ok()) << key.status();
  EXPECT_EQ(*MakeVerifierKey(kOrigin, signer->public_key()), *key);
  EXPECT_EQ(FormatVerifierKey(*key), kVkey);
  const Checkpoint checkpoint{
      .origin = kOrigin,
      .size = 8,
      .root = *crypto::DigestFromBytes(absl::HexStringToBytes(
          "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"))};
  EXPECT_EQ(*SignCheckpoint(checkpoint, *signer), kNote);
  EXPECT_EQ(std::string(kNote).size(), 191u);
  EXPECT_EQ(crypto::ToHex(crypto::Sha256(base::AsBytes(kNote))),
            "c474cae349227f88c3fa2a7c7cbe728dfe0d694281b19874e47f78b7b89278cd");
  const absl::StatusOr<Checkpoint> opened = OpenCheckpoint(kNote, *key);
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ(*opened, checkpoint);
  EXPECT_EQ(*OpenCheckpoint(absl::StrCat(kNote, kWitnessLine), *key), checkpoint)
      << "a signature of an unknown key is ignored";
  std::string crowd = kNote;
  for (int i = 0; i < 16; ++i) crowd += kWitnessLine;
  EXPECT_TRUE(OpenCheckpoint(crowd, *key).ok());
}

struct Mutation {
  const char* name;
  std::function<std::string(std::string)> change;
};

std::function<std::string(std::string)> Replace(const char* from, const char* to) {
  return [from, to](std::string note) {
    const size_t at = note.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return note.replace(at, std::string(from).size(), to);
  };
}

TEST(Checkpoint, IsRefusedWithAnyOneMutation) {
  const VerifierKey key = *ParseVerifierKey(kVkey);
  const Mutation mutations[] = {
      {"another size", Replace("\n8\n", "\n9\n")},
      {"a leading zero", Replace("\n8\n", "\n08\n")},
      {"a sign", Replace("\n8\n", "\n+8\n")},
      {"a negative size", Replace("\n8\n", "\n-1\n")},
      {"another root", Replace("XcnaeacG", "YcnaeacG")},
      {"no newline at the end", [](std::string n) { return n.substr(0, n.size() - 1); }},
      {"CR LF", Replace("\n8\n", "\r\n8\r\n")},
      {"an ASCII dash", Replace("\xe2\x80\x94 ", "- ")},
      {"an unpadded signature", Replace("UofgQ=\n", "UofgQ\n")},
      {"another byte of the signature", Replace("jMUofgQ=", "jMUofgR=")},
      {"an extension line", Replace("gQyg=\n", "gQyg=\nmore\n")},
      {"another origin", Replace("example.com/fault_test\n", "example.com/fault_tesu\n")},
      {"no empty line", Replace("\n\n", "\n")},
      {"no signature", [](std::string n) { return n.substr(0, n.find("\xe2\x80\x94")); }},
      {"a line after the signatures", [](std::string n) { return n + "more\n"; }},
      {"the known key failing beside a good one",
       [](const std::string& n) {
         const std::string line = n.substr(n.find("\xe2\x80\x94"));
         return n + absl::StrReplaceAll(line, {{"27Jm6og", "27Jm6oh"}});
       }},
  };
  ASSERT_TRUE(OpenCheckpoint(kNote, key).ok());
  for (const Mutation& mutation : mutations) {
    const std::string changed = mutation.change(kNote);
    ASSERT_NE(changed, kNote) << mutation.name;
    EXPECT_FALSE(OpenCheckpoint(changed, key).ok()) << mutation.name;
  }
  // Only unknown keys.
  const auto other = SignerOf(std::string(32, 'B'));
  EXPECT_EQ(OpenCheckpoint(kNote, *MakeVerifierKey(kOrigin, other->public_key())).status().code(),
            absl::StatusCode::kPermissionDenied);
}

TEST(Checkpoint, IsRefusedInAnotherFormThoughItsKeySignedIt) {
  const auto signer = VectorSigner();
  const VerifierKey key = *ParseVerifierKey(kVkey);
  const std::string root = "XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=";
  const std::string good = absl::StrCat(kOrigin, "\n8\n", root, "\n");
  EXPECT_TRUE(OpenCheckpoint(*SignNote(good, kOrigin, *signer), key).ok());
  for (const std::string& text :
       {absl::StrCat(kOrigin, "\n08\n", root, "\n"), absl::StrCat(kOrigin, "\n+8\n", root, "\n"),
        absl::StrCat(kOrigin, "\n 8\n", root, "\n"), absl::StrCat(kOrigin, "\n-1\n", root, "\n"),
        absl::StrCat(kOrigin, "\n18446744073709551616\n", root, "\n"),
        absl::StrCat(kOrigin, "\n8\n", root.substr(0, 40), "\n"),
        absl::StrCat(kOrigin, "\n8\n", root.substr(0, 43), "\n"),
        absl::StrCat(kOrigin, "\n8\n", root, "\nmore\n"), absl::StrCat(kOrigin, "\n8\n"),
        absl::StrCat("example.com/other\n8\n", root, "\n"), absl::StrCat("\n8\n", root, "\n")}) {
    EXPECT_FALSE(OpenCheckpoint(*SignNote(text, kOrigin, *signer), key).ok()) << text;
  }
}

TEST(Note, IsNotMadeOfTextThatIsNone) {
  const auto signer = VectorSigner();
  for (const std::string text :
       {"", "no newline", "a\tb\n", "\xff\n", "\xc0\xaf\n", "\xed\xa0\x80\n"}) {
    EXPECT_EQ(SignNote(text, kOrigin, *signer).status().code(), absl::StatusCode::kInvalidArgument)
        << absl::CEscape(text);
  }
  EXPECT_TRUE(SignNote("連携\n\nempty lines are text too\n", kOrigin, *signer).ok());
  EXPECT_FALSE(SignNote("a\n", "with space", *signer).ok());
  EXPECT_FALSE(SignNote("a\n", "with+plus", *signer).ok());
  EXPECT_FALSE(SignNote("a\n", "", *signer).ok());
}

TEST(VerifierKeyTest, HasOneSpelling) {
  EXPECT_TRUE(ParseVerifierKey(kVkey).ok());
  EXPECT_FALSE(ParseVerifierKey(kWitnessVkey).ok()) << "type 04 signs cosignatures";
  for (const char* wrong :
       {"", "a+b", "example.com/fault_test+7F84EE58+AfMY9QKMQjVcokKlKSGRvcLL8YwvpDHua/r0e64EfFIX",
        "example.com/fault_test+7f84ee59+AfMY9QKMQjVcokKlKSGRvcLL8YwvpDHua/r0e64EfFIX",
        "example.com/other+7f84ee58+AfMY9QKMQjVcokKlKSGRvcLL8YwvpDHua/r0e64EfFIX",
        "example.com/fault_test+7f84ee58+AfMY9QKMQjVcokKlKSGRvcLL8YwvpDHua/r0e64EfFI"}) {
    EXPECT_EQ(ParseVerifierKey(wrong).status().code(), absl::StatusCode::kInvalidArgument) << wrong;
  }
}

}  // namespace
}  // namespace renkei::policy::transparency
