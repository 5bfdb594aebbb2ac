#include "agents/app/person_file.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace renkei::agents::app {
namespace {

TEST(PersonFile, AFaultNamesTheFileAndTheLine) {
  char pattern[] = "/tmp/renkei-persons-XXXXXX";
  const std::filesystem::path dir = mkdtemp(pattern);
  const std::string path = dir / "persons.csv";
  const cohort::Pseudonymiser pseudonymiser(
      policy::base::Secret::Copy(std::vector<uint8_t>(32, 7)));
  std::ofstream(path) << "person_id,birth_date,sex\nSECRET,1960-02-30,M\n";
  const absl::Status fault = ReadPersonFile(path, pseudonymiser).status();
  EXPECT_EQ(fault.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(fault.message().find(path + ": line 2: birth_date"), 0u) << fault;
  EXPECT_EQ(fault.message().find("SECRET"), absl::string_view::npos) << fault;
  std::ofstream(path) << "person_id,birth_date,sex\n1,1960-02-28,M\n";
  EXPECT_EQ(ReadPersonFile(path, pseudonymiser)->size(), 1u);
  const absl::Status missing = ReadPersonFile(path + ".no", pseudonymiser).status();
  EXPECT_EQ(missing.code(), absl::StatusCode::kNotFound);
  EXPECT_NE(missing.message().find("persons.csv.no"), absl::string_view::npos) << missing;
  std::filesystem::remove_all(dir);
}

}  // namespace
}  // namespace renkei::agents::app
