#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "policy/base/error.h"
#include "policy/crypto/dsse.h"
#include "policy/disclosure/protected_table.h"

namespace renkei::policy::disclosure {
namespace {

class FixedRandom final : public base::Random {
 public:
  void Fill(std::span<uint8_t> out) override {
    for (uint8_t& b : out) b = 3;
  }
};

agreement::ExactCellsGrant GrantFor(const std::string& use) {
  FixedRandom random;
  const auto signer = *crypto::MakeEd25519Signer(crypto::GenerateEd25519Seed(random));
  const std::string text = absl::StrCat(
      R"(dua_id: "01890a5d-ac96-774b-bcce-b302099a8057" version: 1
         member_kind: MEMBER_KIND_MUNICIPALITY member_code: "062031" member_name: "m"
         counterparty: "c" valid_from: "2026-04-01" valid_to: "2027-04-01"
         purpose: PURPOSE_REGIONAL_PLANNING incident_contact_hours: 24 exact_inner_cells: true )",
      use);
  const auto verified = agreement::SignedAgreement::VerifyMember(
      crypto::SignEnvelope(crypto::kAgreementType, text, *signer), signer->public_key());
  EXPECT_TRUE(verified.ok()) << verified.status();
  return *agreement::ExactCellsGrant::From(*verified);
}

tables::Cube CubeOf2011() {
  return tables::Cube(std::make_shared<const tables::Layout>(
      *tables::Layout::Make("0604", base::FiscalYear(2011), {{"mets_rate", 1}}, {"062031"})));
}

constexpr char kUse[] =
    "first_fiscal_year: 2011 last_fiscal_year: 2011 indicator: \"mets_rate\" area: \"0604\"";

TEST(ExactForPooling, PassesTheExactCountsThatTheAgreementCovers) {
  tables::Cube cube = CubeOf2011();
  cube.counts()[0] = 7;
  const auto grant = GrantFor(kUse);
  const auto table = ExactForPooling(cube, grant);
  ASSERT_TRUE(table.ok()) << table.status();
  EXPECT_EQ(table->counts(), cube.counts());
  EXPECT_EQ(table->agreement_digest(), grant.agreement().digest());
}

TEST(ExactForPooling, RefusesAnotherAreaYearOrMeasure) {
  const char* uses[] = {
      "first_fiscal_year: 2011 last_fiscal_year: 2011 indicator: \"mets_rate\" area: \"0603\"",
      "first_fiscal_year: 2012 last_fiscal_year: 2012 indicator: \"mets_rate\" area: \"0604\"",
      "first_fiscal_year: 2011 last_fiscal_year: 2011 indicator: \"smoking\" area: \"0604\""};
  for (const char* use : uses) {
    const auto table = ExactForPooling(CubeOf2011(), GrantFor(use));
    EXPECT_EQ(table.status().code(), absl::StatusCode::kPermissionDenied) << use;
    EXPECT_EQ(base::DetailOf(table.status()).reason(), v1::ERROR_REASON_AGREEMENT_SCOPE);
  }
}

TEST(ExactForPooling, RefusesImplausibleCounts) {
  tables::Cube cube = CubeOf2011();
  cube.counts()[3] = -1;
  EXPECT_EQ(ExactForPooling(cube, GrantFor(kUse)).status().code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace renkei::policy::disclosure
