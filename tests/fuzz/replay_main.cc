// Feeds every file of a corpus to its target, without a fuzzer: fuzz_replay TARGET FOLDER. An empty
// folder is an error, so that a test never passes for lack of inputs.
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "tests/fuzz/targets.h"

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: fuzz_replay TARGET FOLDER\n");
    return 2;
  }
  for (const renkei::fuzz::NamedTarget& target : renkei::fuzz::kTargets) {
    if (std::strcmp(target.name, argv[1]) != 0) continue;
    int files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(argv[2])) {
      std::ifstream in(entry.path(), std::ios::binary);
      const std::vector<char> bytes((std::istreambuf_iterator<char>(in)), {});
      std::fprintf(stderr, "%s\n", entry.path().c_str());
      target.run(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
      ++files;
    }
    std::printf("%s: %d inputs\n", argv[1], files);
    return files > 0 ? 0 : 1;
  }
  std::fprintf(stderr, "fuzz_replay: no target '%s'\n", argv[1]);
  return 2;
}
