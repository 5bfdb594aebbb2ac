#include "tests/bench/evaluation.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <memory>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "agents/cohort/year_scan.h"
#include "agents/evaluate/measure_program.h"
#include "policy/consent/gate.h"
#include "policy/sqlcipher/database.h"
#include "policy/tables/cube.h"
#include "tests/bench/agent_run.h"
#include "tests/bench/figure.h"
#include "tests/bench/sql_of_measure.h"

namespace renkei::tests::bench {
namespace {

using policy::catalogue::Catalogue;

constexpr size_t kPageBytes = 4096;
constexpr size_t kReservedBytes = 80;  // of a page: initialisation vector and HMAC-SHA-512
constexpr int kBlocksPerChunk = 512;   // README of agents/cohort

// Every municipality that the seeded persons live in belongs to this area.
policy::tables::Layout LayoutOf(const Catalogue& catalogue, const std::vector<std::string>& ids,
                                int fiscal_year) {
  std::vector<policy::tables::MeasureVersion> measures;
  measures.reserve(ids.size());
  for (const std::string& id : ids) measures.push_back({id, catalogue.FindMeasure(id)->version()});
  const policy::base::FiscalYear year(fiscal_year);
  return Need(policy::tables::Layout::Make("0604", year, measures,
                                           catalogue.areas().MunicipalitiesOf("0604", year)),
              "layout");
}

// Pages that one thread takes in and opens per second: AES-256-CBC and HMAC-SHA-512 as SQLCipher
// does them.
double PagesPerSecond() {
  std::vector<uint8_t> page(kPageBytes, 7), out(kPageBytes + 16), key(32, 1), iv(16, 2), mac(64);
  const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> cipher(EVP_CIPHER_CTX_new(),
                                                                               EVP_CIPHER_CTX_free);
  const double start = Seconds();
  long pages = 0;
  for (; Seconds() - start < 0.5; pages += 64) {
    for (int i = 0; i < 64; ++i) {
      unsigned int mac_size = 0;
      HMAC(EVP_sha512(), key.data(), static_cast<int>(key.size()), page.data(), page.size() - 64,
           mac.data(), &mac_size);
      int size = 0;
      EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_cbc(), nullptr, key.data(), iv.data());
      EVP_CIPHER_CTX_set_padding(cipher.get(), 0);
      EVP_DecryptUpdate(cipher.get(), out.data(), &size, page.data(),
                        static_cast<int>(kPageBytes - kReservedBytes));
    }
  }
  return static_cast<double>(pages) / (Seconds() - start);
}

}  // namespace

std::vector<std::string> MeasuresOfBench(const Catalogue& catalogue, int fiscal_year) {
  std::vector<std::string> ids;
  for (const v1::Measure& measure : catalogue.definitions().measure()) {
    const int year = fiscal_year;
    const bool is_of_year =
        (measure.from_fiscal_year() == 0 || static_cast<int>(measure.from_fiscal_year()) <= year) &&
        (measure.to_fiscal_year() == 0 || year <= static_cast<int>(measure.to_fiscal_year()));
    if (is_of_year && SqlCanCount(catalogue, measure)) ids.push_back(measure.id());
  }
  return ids;
}

std::vector<int> ColumnsRead(const Catalogue& catalogue, const std::vector<std::string>& ids,
                             int fiscal_year) {
  return Need(agents::evaluate::MeasureProgram::Compile(catalogue,
                                                        LayoutOf(catalogue, ids, fiscal_year)),
              "compile")
      .needed_columns();
}

Evaluated Evaluate(const Catalogue& catalogue, agents::cohort::CohortStore& store,
                   const std::vector<std::string>& ids, int fiscal_year, int threads) {
  const auto layout =
      std::make_shared<const policy::tables::Layout>(LayoutOf(catalogue, ids, fiscal_year));
  const auto program =
      Need(agents::evaluate::MeasureProgram::Compile(catalogue, *layout), "compile");
  v1::DataUseAgreement agreement;
  agreement.add_basis()->set_basis(v1::LEGAL_BASIS_STATUTE);
  const auto gate = Need(policy::consent::ConsentGate::Make(
                             catalogue.definitions(),
                             Need(policy::consent::BasisTable::FromAgreement(agreement), "basis")),
                         "gate");
  agents::cohort::RowQuery query;
  query.fiscal_year = layout->fiscal_year();
  query.member_kind = v1::MEMBER_KIND_MUNICIPALITY;
  // Residence is not compared with the peer: everybody counts in one row.
  query.geography_of = [](const std::string&) { return std::optional<int>(0); };
  query.unknown_geography = 0;
  query.needed_columns = program.needed_columns();

  struct Part {
    agents::evaluate::Counter counter;
    long rows = 0;
  };
  std::vector<Part> parts;
  parts.reserve(static_cast<size_t>(threads));
  for (int i = 0; i < threads; ++i) parts.push_back({program.StartCounting()});
  const auto absent = policy::consent::CategoryOutcomes::AllAbsent();
  Need(agents::cohort::ForEachBatch(
           store, query, threads,
           [&](int thread) -> agents::cohort::BatchVisit {
             Part& part = parts[static_cast<size_t>(thread)];
             return [&part, &gate, &absent](
                        policy::consent::RowBatch& batch,
                        std::span<const agents::cohort::ConsentSubjectRef>) -> absl::Status {
               part.rows += static_cast<long>(batch.size());
               const std::vector<policy::consent::CategoryOutcomes> outcomes(batch.size(), absent);
               part.counter.Add(gate.Admit(std::move(batch), outcomes));
               return absl::OkStatus();
             };
           })
           .status(),
       "evaluate");
  Evaluated out;
  policy::tables::Cube cube(layout);
  for (Part& part : parts) {
    part.counter.MoveInto(&cube);
    out.rows += part.rows;
  }
  for (int sex = 0; sex < policy::tables::kSexes; ++sex) {
    for (int band = 0; band < policy::tables::kBands; ++band) {
      out.counts.push_back(sex);
      out.counts.push_back(band);
      for (size_t m = 0; m < ids.size(); ++m) {
        const int64_t in_k = cube.at(static_cast<int>(m), 0, sex, band, 0);
        out.counts.push_back(in_k + cube.at(static_cast<int>(m), 0, sex, band, 1));
        out.counts.push_back(in_k);
      }
    }
  }
  return out;
}

double DecryptionLimit(const std::string& store_path, const std::vector<int>& columns, long rows,
                       int threads) {
  const auto database = Need(policy::sqlcipher::Database::Open(store_path, StoreKey()), "store");
  const auto bytes_of = [&database](const std::string& sql) {
    auto statement = Need(database->Prepare(sql), "bytes");
    Need(statement.Step(), "bytes");
    return static_cast<double>(statement.Int(0));
  };
  const double bytes =
      bytes_of("SELECT sum(length(keys)) FROM exam_chunks") +
      bytes_of(absl::StrCat("SELECT sum(length(content)) FROM exam_columns WHERE id % ",
                            kBlocksPerChunk, " IN (", absl::StrJoin(columns, ","), ")"));
  const double pages = bytes / static_cast<double>(kPageBytes - kReservedBytes);
  std::vector<double> speed(static_cast<size_t>(threads));
  std::vector<std::thread> workers;
  for (double& of_thread : speed) {
    workers.emplace_back([&of_thread] { of_thread = PagesPerSecond(); });
  }
  for (std::thread& worker : workers) worker.join();
  double pages_per_second = 0;
  for (const double of_thread : speed) pages_per_second += of_thread;
  return static_cast<double>(rows) / (pages / pages_per_second);
}

}  // namespace renkei::tests::bench
