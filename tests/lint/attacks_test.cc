// The map of attacks (tests/attacks.md) names tests that exist, and leaves out none.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>

namespace {

namespace fs = std::filesystem;

const fs::path kTests = fs::path(RENKEI_SOURCE_DIR) / "tests";

std::string Read(const fs::path& path) {
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

std::set<std::string> TestsOfTheTree() {
  static const std::regex test(R"(\nTEST(?:_F|_P)?\(\s*(\w+),\s*(\w+)\))");
  std::set<std::string> names;
  for (const auto& entry : fs::recursive_directory_iterator(kTests)) {
    if (!entry.path().string().ends_with("_test.cc") &&
        !entry.path().string().ends_with("_contract.h")) {
      continue;
    }
    const std::string text = Read(entry.path());
    for (std::sregex_iterator it(text.begin(), text.end(), test), end; it != end; ++it) {
      names.insert((*it)[1].str() + "." + (*it)[2].str());
    }
  }
  return names;
}

// Rows of the map: the first cell's first word (A1, I1, or a defence), and the rest of the line.
std::map<std::string, std::string> Rows() {
  std::istringstream map(Read(kTests / "attacks.md"));
  std::map<std::string, std::string> rows;
  static const std::regex row(R"(\| ([^|]+?) \| (.*) \|)");
  for (std::string line; std::getline(map, line);) {
    std::smatch match;
    if (!std::regex_match(line, match, row)) continue;
    std::string name = match[1];
    static const std::regex numbered("[AI][0-9]+ .*");
    if (std::regex_match(name, numbered)) name = name.substr(0, name.find(' '));
    EXPECT_TRUE(rows.emplace(name, match[2]).second) << "twice: " << name;
  }
  return rows;
}

TEST(Attacks, EveryTestOfTheMapExists) {
  static const std::regex named(R"(`(\w+\.\w+)`)");
  const std::set<std::string> tests = TestsOfTheTree();
  EXPECT_GT(tests.size(), 500u);
  size_t checked = 0;
  for (const auto& [attack, text] : Rows()) {
    for (std::sregex_iterator it(text.begin(), text.end(), named), end; it != end; ++it) {
      ++checked;
      EXPECT_TRUE(tests.contains((*it)[1])) << attack << " names " << (*it)[1];
    }
  }
  EXPECT_GT(checked, 80u);
}

TEST(Attacks, NoneIsLeftOut) {
  const auto rows = Rows();
  std::set<std::string> wanted;
  for (int a = 1; a <= 27; ++a) wanted.insert("A" + std::to_string(a));
  for (const int i : {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 15, 18}) {
    wanted.insert("I" + std::to_string(i));
  }
  for (const char* defence :
       {"complementary suppression", "interval repair", "floor per zero policy", "one symbol",
        "contributor-known equations", "one-person equations", "ledger joint audit", "delta rule",
        "full-table escalation", "complement rows", "digits rule", "frozen membership",
        "UP_10 to nearest 5", "self mask, one answer, attempt, seed, modulus",
        "stored bytes on repeat"}) {
    wanted.insert(defence);
  }
  for (const std::string& name : wanted) {
    ASSERT_TRUE(rows.contains(name)) << name;
    const std::string& text = rows.at(name);
    EXPECT_TRUE(text.find('`') != std::string::npos || text.starts_with("Open: ")) << name;
  }
}

}  // namespace
