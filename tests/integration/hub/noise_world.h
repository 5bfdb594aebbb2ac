// A hub whose policy has a noise lane, and releases made without its server, so that calls can fail
// in between and threads can race.
#pragma once

#include <map>

#include "hub/app/config.h"
#include "hub/reference/populations.h"
#include "hub/releases/make.h"
#include "hub/releases/stored_release.h"
#include "hub/store/sqlcipher_store.h"
#include "policy/base/files.h"
#include "policy/rules/policy_document.h"
#include "tests/integration/hub/agreements_world.h"
#include "tests/integration/hub/faulty_store.h"

namespace renkei::hub {

// sigma^2 = 60; one measure costs 2 / (2 x 60) = 1/60.
inline std::string NoisePolicy(const std::string& budget, uint32_t version = 1) {
  return absl::StrReplaceAll(policy::rules::Policy::Default()->text(),
                             {{"version: 1\n", absl::StrCat("version: ", version, "\n")}}) +
         "noise {\n  family: \"checkup\"\n  family: \"guidance\"\n"
         "  variance { numerator: 60 denominator: 1 }\n  rho_per_data_year { " +
         budget + " }\n  councils_per_person: 1\n}\n";
}
inline constexpr char kThreeReleases[] = "numerator: 1 denominator: 20";

class NoiseWorld : public Agreements {
 protected:
  virtual std::string PolicyText() { return NoisePolicy(kThreeReleases); }
  std::string MoreConfig() override {
    if (PolicyText().empty()) return "";
    std::ofstream(Path("policy.textproto")) << PolicyText();
    return "policy_file: \"" + Path("policy.textproto") + "\"\n";
  }
  void SetUp() override {
    Agreements::SetUp();
    Agree(&tsuruoka_, 1);
    EnrolOthers();
  }
  void TearDown() override {
    store_.reset();
    Agreements::TearDown();
  }

  // The server ends; the test has the hub's store and keys in its place.
  void TakeOver() {
    server_.reset();
    root_.emplace(*base::ReadSecretFile(Path("hub.secret"), 32));
    deployment_ = *app::ReadDeploymentId(Path("hub"));
    OpenStore();
    terms_.catalogue = *policy::catalogue::Catalogue::LoadBuiltIn();
    terms_.trust_domain = "hub.shonai.example";
    terms_.audience = "hub.shonai.example/log/1";
    terms_.areas = {"0604", "0602"};
    terms_.population_editions = reference::Populations::Editions();
    for (const std::string& edition : terms_.population_editions) {
      surroundings_.population_persons[edition] = reference::Populations::Load(edition)->persons();
    }
    surroundings_.release_root = app::DeriveKey(*root_, deployment_, app::kReleaseRootLabel);
    UseKeys();
  }
  void OpenStore() {
    store_.reset();
    store_ =
        *store::SqlcipherStore::Open(app::DatabasePath(Path("hub")),
                                     app::DeriveKey(*root_, deployment_, app::kDatabaseKeyLabel));
  }
  void UseKeys() {
    surroundings_.noise_keys.emplace(app::NoiseKeysPath(Path("hub")),
                                     app::DeriveKey(*root_, deployment_, app::kNoiseKeysLabel));
  }
  absl::StatusOr<store::ReleaseRow> MakeHere(store::Store& store, const v1::Round& round,
                                             base::Random& random) {
    return releases::Make(store, terms_, surroundings_,
                          base::RoundId(DescriptorOf(round).round_id()), "",
                          {.who = "spiffe://hub.shonai.example/secretariat/0604/secretariat-1",
                           .now = clock_.Now(),
                           .random = &random});
  }
  absl::StatusOr<store::ReleaseRow> MakeHere(const v1::Round& round) {
    return MakeHere(*store_, round, random_);
  }

  std::vector<std::string> KeyFiles() const {
    std::vector<std::string> names;
    const std::string folder = app::NoiseKeysPath(Path("hub"));
    if (!fs::exists(folder)) return names;
    for (const auto& file : fs::directory_iterator(folder)) names.push_back(file.path().string());
    return names;
  }
  // Sum of rho in sixtieths of what is stored; every cost here is a multiple of 1/60.
  int64_t SixtiethsSpent() {
    int64_t spent = 0;
    const auto charges = (*store_->Read())->ListNoiseCharges();
    for (const store::NoiseChargeRow& row : *charges) {
      spent += row.rho_numerator * 60 / row.rho_denominator;
    }
    return spent;
  }

  std::unique_ptr<store::SqlcipherStore> store_;
  rounds::Terms terms_;
  releases::Surroundings surroundings_;

 private:
  std::optional<base::Secret> root_;
  std::vector<uint8_t> deployment_;
};

}  // namespace renkei::hub
