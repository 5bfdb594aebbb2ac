// Seeded input of the figures, kept between runs: what one command of the generator makes is made
// again only when the command or the generator changed.
#pragma once

#include <string>
#include <vector>

#include "tests/bench/figure.h"

namespace renkei::tests::bench {

// The path of `name` in the folder of kept data, made by `renkei-synth <arguments>`, in which "@"
// stands for that path and "@/x" for the folder of that name with x behind it.
std::string MadeData(const Settings& settings, const std::string& name,
                     std::vector<std::string> arguments);

}  // namespace renkei::tests::bench
