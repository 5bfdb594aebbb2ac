#include "agents/intake/in_order.h"

#include <gtest/gtest.h>

#include <atomic>

namespace renkei::agents::intake {
namespace {

struct Piece {
  int number = 0;
  uint64_t result = 0;
};

struct Outcome {
  std::vector<int> taken;
  absl::Status status;
};

// Pieces 0..count-1 of very different cost; `fails_at` by which step.
Outcome RunAll(size_t threads, int count, int cut_fails_at = -1, int take_fails_at = -1) {
  Outcome out;
  int next = 0;
  std::atomic<int> cutting = 0, workers = 0;
  const std::thread::id caller = std::this_thread::get_id();
  InOrder<Piece> pieces(
      threads,
      [&](Piece* piece) -> absl::StatusOr<bool> {
        EXPECT_EQ(cutting.fetch_add(1), 0);
        piece->number = next;
        cutting.fetch_sub(1);
        if (next == cut_fails_at) return absl::DataLossError("cut");
        return next++ < count;
      },
      [&](Piece* piece, size_t worker) {
        EXPECT_LT(worker, threads);
        EXPECT_LE(workers.fetch_add(1) + 1, static_cast<int>(threads));
        piece->result = 0;
        for (int i = 0; i < (piece->number * 7919) % 5000; ++i) piece->result += 2;
        workers.fetch_sub(1);
      },
      [&](Piece* piece) {
        EXPECT_EQ(std::this_thread::get_id(), caller);
        EXPECT_EQ(piece->result, 2 * static_cast<uint64_t>((piece->number * 7919) % 5000));
        if (piece->number == take_fails_at) return absl::ResourceExhaustedError("take");
        out.taken.push_back(piece->number);
        return absl::OkStatus();
      });
  out.status = pieces.Run();
  return out;
}

TEST(InOrder, TakesEveryPieceInTheOrderOfTheFile) {
  for (const size_t threads : {0u, 1u, 2u, 3u, 8u}) {
    for (const int count : {0, 1, 2, 5, 1000}) {
      const Outcome outcome = RunAll(threads == 0 ? 1 : threads, count);
      EXPECT_TRUE(outcome.status.ok());
      ASSERT_EQ(outcome.taken.size(), static_cast<size_t>(count)) << threads;
      for (int i = 0; i < count; ++i) EXPECT_EQ(outcome.taken[static_cast<size_t>(i)], i);
    }
  }
}

TEST(InOrder, TakesAllBeforeAFaultOfTheFileAndTellsIt) {
  for (const size_t threads : {1u, 2u, 4u}) {
    for (int at = 0; at < 20; ++at) {
      const Outcome outcome = RunAll(threads, 100, at);
      EXPECT_EQ(outcome.status.code(), absl::StatusCode::kDataLoss);
      EXPECT_EQ(outcome.taken.size(), static_cast<size_t>(at));
    }
  }
}

TEST(InOrder, StopsAtThePieceThatCannotBeTaken) {
  for (const size_t threads : {1u, 2u, 4u}) {
    for (int at = 0; at < 20; ++at) {
      const Outcome outcome = RunAll(threads, 100, -1, at);
      EXPECT_EQ(outcome.status.code(), absl::StatusCode::kResourceExhausted);
      EXPECT_EQ(outcome.taken.size(), static_cast<size_t>(at));
    }
  }
}

}  // namespace
}  // namespace renkei::agents::intake
