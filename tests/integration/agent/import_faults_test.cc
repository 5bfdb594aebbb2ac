// `renkei-agent import` as a new user meets it: ten files with ten different faults. Each message
// says what is wrong, where, and what to do, and shows no value of a person.
#include "tests/integration/agent/agent_folder.h"

namespace renkei::tests {
namespace {

constexpr char kExamHeader[] = "insurer_number,number,birth_date,sex,exam_date,waist_cm\n";
constexpr char kGoodRow[] = "01130012,12,1960-01-15,1,2024-06-20,84.5\n";

class ImportFaults : public AgentFolder {
 protected:
  ImportFaults() {
    MakeAgent(
        "kind: MEMBER_KIND_INSURER\norganisation_code: \"01130012\"\n"
        "insurer_numbers: \"01130012\"\n");
  }
  // Everything that is said of one file.
  std::string Import(const std::string& name, const std::string& bytes, int exit_code,
                     std::vector<std::string> more = {}) const {
    more.insert(more.begin(), Write(name, bytes));
    const Outcome outcome = OnAgent("import", more);
    EXPECT_EQ(outcome.exit_code, exit_code) << name << ": " << outcome.err << outcome.out;
    return outcome.err + outcome.out;
  }
  static void ExpectSays(const std::string& said, std::vector<std::string> words) {
    for (const std::string& word : words) {
      EXPECT_NE(said.find(word), std::string::npos) << "not said: " << word << "\n" << said;
    }
    EXPECT_EQ(said.find("1960"), std::string::npos) << said;
  }
};

TEST_F(ImportFaults, AColumnThatIsNotThere) {
  ExpectSays(
      Import("e.csv", "insurer_number,number,birth_date,exam_date\n01130012,12,1960-01-15,x\n", 1),
      {"e.csv: nothing imported", "CSV_HEADER sex", "line 1", "correct the header row"});
}

TEST_F(ImportFaults, BytesThatAreNoText) {
  ExpectSays(Import("e.csv", std::string(kExamHeader) + "\x81\x20\xFF\n", 1),
             {"CSV_ENCODING", "neither UTF-8 nor CP932", "save the file as one of them"});
}

TEST_F(ImportFaults, AnExcelWorkbookOrADamagedArchive) {
  ExpectSays(Import("book.xlsx", "PK\x03\x04 this is cut off", 1),
             {"ARC_LAYOUT", "damaged or cut off", "send it again"});
}

TEST_F(ImportFaults, ADayThatDoesNotExist) {
  ExpectSays(
      Import("e.csv",
             std::string(kExamHeader) + kGoodRow + "01130012,13,1960-01-15,1,2024-02-30,80.0\n", 3),
      {"1 of 2 records rejected", "HDR_FORMAT exam_date (9999-99-99)", "line 3",
       "correct it at the source", "e.csv.rejected.csv"});
}

TEST_F(ImportFaults, AValueThatCannotBe) {
  ExpectSays(
      Import("e.csv", std::string(kExamHeader) + "01130012,12,1960-01-15,1,2024-06-20,845\n", 0),
      {"VAL_RANGE waist_cm (999)", "limit ", "check the value at the source", "line 2"});
}

TEST_F(ImportFaults, XmlWithADoctype) {
  ExpectSays(Import("h.xml", "<!DOCTYPE a><ClinicalDocument xmlns=\"urn:hl7-org:v3\"/>", 1),
             {"XML_DTD", "ask the sender for a file without it"});
}

TEST_F(ImportFaults, ALayoutOfItsOwnWithoutAMap) {
  ExpectSays(Import("clinic.csv", "社員番号,氏名,腹囲\n1,モギ,84.5\n", 1),
             {"CSV_HEADER", "no known file", "--map"});
}

TEST_F(ImportFaults, AMapThatDoesNotFit) {
  const std::string map = Write("m.textproto",
                                "name: \"m\"\nsource: \"s\"\nkind: KIND_EXAMS\n"
                                "column { source: \"腹囲\" target: \"waist\" }\n");
  ExpectSays(Import("clinic.csv", "腹囲\n84.5\n", 1, {"--map", map}),
             {"m.textproto:4: ", "\"waist\" is no column of exams and no item"});
  ExpectSays(Import("clinic.csv", "腹囲\n84.5\n", 1, {"--map", "nothing"}),
             {"no column map file \"nothing\"", "checkup_centre_kana, company_clinic"});
}

TEST_F(ImportFaults, ClaimsWhoseRecordsAreOutOfOrder) {
  ExpectSays(
      Import("RECEIPTC.UKE",
             "IR,1,13,1,1234567,,X,50607,00,\r\nSY,4019014,,,,,01,\r\n"
             "RE,1,1112,50605,X,1,3350115,\r\nGO,2,1250,99\r\n",
             1),
      {"UKE_SEQ", "order RE, HO, SY", "ask the sender for the file again", "line 2", "line 3",
       "UKE_TOTAL GO claims (stated 2, found 1)", "part of the file may be missing"});
}

TEST_F(ImportFaults, JsonOfAnotherKind) {
  ExpectSays(Import("p.json", "{\"resourceType\":\"Patient\",\"birthDate\":\"1960-01-15\"}", 1),
             {"FHIR_PROFILE", "not a Bundle", "ask the sender for the whole Bundle"});
}

}  // namespace
}  // namespace renkei::tests
