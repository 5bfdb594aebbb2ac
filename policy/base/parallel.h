// Independent tasks on all cores. Which thread takes which task is not fixed: tasks write to places
// of their own.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

namespace renkei::policy::base {

// Calls task(0) .. task(tasks - 1), each once; the caller's thread works too. Returns when all are
// done.
template <typename Task>
void InParallel(size_t tasks, Task task) {
  std::atomic<size_t> next = 0;
  const auto work = [&] {
    for (size_t i = next++; i < tasks; i = next++) task(i);
  };
  std::vector<std::thread> others;
  const size_t cores = std::max<size_t>(std::thread::hardware_concurrency(), 1);
  for (size_t i = 1; i < std::min(cores, tasks); ++i) others.emplace_back(work);
  work();
  for (std::thread& other : others) other.join();
}

}  // namespace renkei::policy::base
