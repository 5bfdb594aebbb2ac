#include "tests/bench/figure.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "nlohmann/json.hpp"

namespace renkei::tests::bench {
namespace {

std::string Number(double value) {
  if (value >= 1000) return absl::StrFormat("%.0f", value);
  if (value >= 10) return absl::StrFormat("%.1f", value);
  return absl::StrFormat("%.3g", value);
}

std::string Optional(const std::optional<double>& value) {
  return value.has_value() ? Number(*value) : "";
}

}  // namespace

void Say(const std::string& line) { std::fprintf(stderr, "bench: %s\n", line.c_str()); }

std::string ToJson(const Figure& figure) {
  const auto maybe = [](const std::optional<double>& value) {
    return value.has_value() ? nlohmann::ordered_json(*value) : nlohmann::ordered_json(nullptr);
  };
  nlohmann::ordered_json json;
  json["name"] = figure.name;
  json["ours"] = figure.ours;
  json["unit"] = figure.unit;
  json["peer"] = maybe(figure.peer);
  json["peer_name"] = figure.peer_name;
  json["limit"] = maybe(figure.limit);
  json["limit_name"] = figure.limit_name;
  json["ratio"] = maybe(figure.ratio);
  json["goal"] =
      figure.goal.empty() ? nlohmann::ordered_json(nullptr) : nlohmann::ordered_json(figure.goal);
  json["met"] = figure.met.has_value() ? nlohmann::ordered_json(*figure.met)
                                       : nlohmann::ordered_json(nullptr);
  if (!figure.note.empty()) json["note"] = figure.note;
  return json.dump();
}

std::string ToTable(const std::vector<Figure>& figures) {
  std::string text =
      "| figure | ours | unit | peer | peer name | limit | limit name | ratio | goal | met |\n"
      "|---|---|---|---|---|---|---|---|---|---|\n";
  for (const Figure& f : figures) {
    absl::StrAppend(&text, "| ", f.name, f.note.empty() ? "" : absl::StrCat(" (", f.note, ")"),
                    " | ", Number(f.ours), " | ", f.unit, " | ", Optional(f.peer), " | ",
                    f.peer_name, " | ", Optional(f.limit), " | ", f.limit_name, " | ",
                    Optional(f.ratio), " | ", f.goal, " | ",
                    f.met.has_value() ? (*f.met ? "yes" : "no") : "", " |\n");
  }
  return text;
}

double Seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

void RequireEqual(const std::string& what, bool equal) {
  if (equal) return;
  std::fprintf(stderr, "bench: %s: the two sides do not give the same answer\n", what.c_str());
  std::exit(1);
}

}  // namespace renkei::tests::bench
