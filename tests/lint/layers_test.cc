// The dependency direction of the house, read from every #include.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

const fs::path kRoot = RENKEI_SOURCE_DIR;

std::string Read(const fs::path& path) {
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

std::map<std::string, std::set<std::string>> AllowedEdges() {
  std::map<std::string, std::set<std::string>> edges;
  std::istringstream lines(Read(kRoot / "tests/lint/edges.txt"));
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line[0] == '#') continue;
    const size_t colon = line.find(':');
    std::istringstream rooms(line.substr(colon + 1));
    std::set<std::string>& to = edges[line.substr(0, colon)];
    for (std::string room; rooms >> room;) to.insert(room);
  }
  return edges;
}

// "policy/disclosure" of policy/disclosure/protect.h; empty for other trees.
std::string RoomOf(const std::string& path) {
  static const std::regex room("^((?:policy|hub|agents)/[a-z_]+)/");
  std::smatch match;
  return std::regex_search(path, match, room) ? match[1].str() : "";
}

std::vector<fs::path> Sources(const std::set<std::string>& tops) {
  std::vector<fs::path> files;
  for (const std::string& top : tops) {
    for (const auto& entry : fs::recursive_directory_iterator(kRoot / top)) {
      const std::string extension = entry.path().extension();
      if (entry.path().string().find("/node_modules/") != std::string::npos) continue;
      if (extension == ".cc" || extension == ".h")
        files.push_back(fs::relative(entry.path(), kRoot));
    }
  }
  return files;
}

TEST(Layers, EveryIncludeIsOnTheListOfAllowedEdges) {
  const auto edges = AllowedEdges();
  static const std::regex include("#include \"([^\"]+)\"");
  int checked = 0;
  for (const fs::path& file : Sources({"policy", "hub", "agents"})) {
    const std::string from = RoomOf(file);
    ASSERT_TRUE(edges.contains(from))
        << file << ": room " << from << " is not in tests/lint/edges.txt";
    const std::string text = Read(kRoot / file);
    for (std::sregex_iterator it(text.begin(), text.end(), include), end; it != end; ++it) {
      const std::string to = RoomOf((*it)[1]);
      if (to.empty() || to == from) continue;
      ++checked;
      EXPECT_TRUE(edges.at(from).contains(to)) << file << " includes " << (*it)[1];
    }
  }
  EXPECT_GT(checked, 100) << "the test must have read the tree";
}

TEST(Layers, TheListItselfPointsOneWay) {
  const auto edges = AllowedEdges();
  std::set<std::string> done;
  std::set<std::string> path;
  const std::function<void(const std::string&)> visit = [&](const std::string& room) {
    ASSERT_TRUE(path.insert(room).second) << "cycle through " << room;
    for (const std::string& to : edges.at(room)) {
      EXPECT_TRUE(edges.contains(to)) << room << " names unknown room " << to;
      if (!done.contains(to) && edges.contains(to)) visit(to);
    }
    path.erase(room);
    done.insert(room);
  };
  for (const auto& [room, to] : edges) {
    if (!done.contains(room)) visit(room);
    for (const std::string& target : to) {
      EXPECT_FALSE(room.starts_with("policy/") && !target.starts_with("policy/")) << room;
      EXPECT_FALSE(room.starts_with("hub/") && target.starts_with("agents/")) << room;
      EXPECT_FALSE(room.starts_with("agents/") && target.starts_with("hub/")) << room;
    }
  }
}

TEST(Layers, TheTopLevelHoldsWhatTheArchitectureNamesAndNothingElse) {
  const std::set<std::string> allowed = {
      "CMakeLists.txt", "protos",    "hub",     "agents",       "policy",
      "tests",          "README.md", "LICENSE", "CHANGELOG.md", "CMakePresets.json"};
  for (const auto& entry : fs::directory_iterator(kRoot)) {
    const std::string name = entry.path().filename();
    EXPECT_TRUE(name[0] == '.' || allowed.contains(name)) << name;
  }
}

TEST(Rooms, EveryRoomSaysInAReadmeWhatItIsFor) {
  for (const auto& [room, to] : AllowedEdges()) {
    EXPECT_TRUE(fs::exists(kRoot / room / "README.md")) << room;
  }
}

TEST(Files, AreOneConceptOfAtMostFourHundredLines) {
  for (const fs::path& file : Sources({"policy", "hub", "agents", "tests"})) {
    const std::string text = Read(kRoot / file);
    const auto lines = std::count(text.begin(), text.end(), '\n');
    EXPECT_LE(lines, 400) << file;
  }
}

TEST(Words, NoNameThatSaysNothing) {
  static const std::regex banned(
      R"(\b(class|struct|enum class|namespace)\s+\w*(Manager|Helper|Util|Utils|Impl|Data|Info)\b)");
  static const std::regex unfinished(R"(\b(TODO|FIXME|XXX|HACK)\b|GTEST_SKIP|\bDISABLED_)");
  for (const fs::path& file : Sources({"policy", "hub", "agents", "tests"})) {
    if (file == "tests/lint/layers_test.cc") continue;
    const std::string text = Read(kRoot / file);
    std::smatch match;
    EXPECT_FALSE(std::regex_search(text, match, banned)) << file << ": " << match[0];
    EXPECT_FALSE(std::regex_search(text, match, unfinished)) << file << ": " << match[0];
  }
}

TEST(Protos, EnumsBeginWithUnspecifiedAndEveryRpcHasItsOwnMessages) {
  static const std::regex enumeration(R"(enum (\w+) \{\s*(?://[^\n]*\n\s*)*(\w+) = 0;)");
  static const std::regex rpc(R"(rpc (\w+)\((\w+)\) returns \((\w+)\))");
  int enums = 0, rpcs = 0;
  for (const auto& entry : fs::directory_iterator(kRoot / "protos/renkei/v1")) {
    const std::string text = Read(entry.path());
    EXPECT_NE(text.find("package renkei.v1;"), std::string::npos) << entry.path();
    for (std::sregex_iterator it(text.begin(), text.end(), enumeration), end; it != end;
         ++it, ++enums) {
      EXPECT_TRUE((*it)[2].str().ends_with("_UNSPECIFIED")) << (*it)[1];
    }
    for (std::sregex_iterator it(text.begin(), text.end(), rpc), end; it != end; ++it, ++rpcs) {
      EXPECT_EQ((*it)[2], (*it)[1].str() + "Request");
      EXPECT_EQ((*it)[3], (*it)[1].str() + "Response");
    }
  }
  EXPECT_GT(enums, 10);
  EXPECT_GT(rpcs, 15);
}

}  // namespace
