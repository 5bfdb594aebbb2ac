// Makes the people of one member: who they are, where they live, whether they were examined.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/synth/draw.h"
#include "tests/synth/person.h"
#include "tests/synth/table.h"
#include "tests/synth/values.h"

namespace renkei::tests::synth {

// A place of residence: municipality code and a few of its postal codes.
struct Place {
  const char* municipality_code;
  const char* name;
  std::vector<const char*> postal_codes;
};
// The five municipalities of area 0604: 鶴岡市, 酒田市, 三川町, 庄内町, 遊佐町.
std::span<const Place> ShonaiPlaces();
// A few municipalities elsewhere.
std::span<const Place> OtherPlaces();

enum class Residence {
  kOnePlace,  // all in Population::place
  kRegion,    // the five by population, some elsewhere, some unknown
};
enum class Ages { kInsuredResidents, kEmployees, kWorkforce };  // the last with people under 40

struct Population {
  int fiscal_year = 2011;
  int eligible = 0;
  Ages ages = Ages::kInsuredResidents;
  Residence residence = Residence::kOnePlace;
  int place = 0;
  int examined_permille = 500;
  int conditions_permille = 1000;  // how common findings are, beside the published table
  std::string insurer_number;
  std::string symbol;
  int first_number = 1000;
  bool branches = false;  // 枝番 on the card
};

// 鶴岡市: eligible, examined and every count as published, plus some persons outside them all.
absl::StatusOr<std::vector<Person>> PublishedPeople(const Table& table,
                                                    const Population& population, uint64_t seed);

// Anybody else: about population.eligible eligible persons and some who are not.
std::vector<Person> InventedPeople(const Table& table, const Population& population, uint64_t seed);

// A person of a bench file: everything from (seed, index) alone.
Person BenchPerson(const Table& table, int fiscal_year, uint64_t seed, uint64_t index,
                   Completeness completeness = Completeness::kAsDelivered);

}  // namespace renkei::tests::synth
