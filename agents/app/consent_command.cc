// renkei-agent consent: the group of commands, `import`, and what the others share.
#include <memory>
#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "agents/app/consent_commands.h"
#include "agents/app/import_run.h"
#include "policy/base/clock.h"

namespace renkei::agents::app {

namespace consent = renkei::policy::consent;

namespace {

template <typename Value>
std::string ListText(const std::vector<Value>& values, bool japanese, const char* all) {
  if (values.empty()) return all;
  std::string text;
  for (const Value value : values) {
    absl::StrAppend(&text,
                    text.empty() ? ""
                    : japanese   ? "、"
                                 : ", ",
                    consent::WordOf(value, japanese));
  }
  return text;
}

}  // namespace

std::string JstText(absl::Time time) {
  return absl::FormatTime("%Y-%m-%d %H:%M:%E*S JST", time, policy::base::Jst());
}

std::string PurposesText(const consent::Event& event, bool japanese) {
  return ListText(event.purposes, japanese, japanese ? "すべての目的" : "all purposes");
}

std::string CategoriesText(const consent::Event& event, bool japanese) {
  return ListText(event.categories, japanese, japanese ? "すべての情報" : "all categories");
}

std::string EventText(const consent::Event& event, bool japanese) {
  const auto part = [japanese](const char* ja, const char* en, absl::string_view value) {
    return absl::StrCat(japanese ? "；" : "; ", japanese ? ja : en, japanese ? "：" : " ", value);
  };
  std::string text =
      absl::StrCat(JstText(event.event_time), "  ", consent::WordOf(event.type, japanese),
                   japanese ? "：" : ": ", PurposesText(event, japanese), japanese ? "；" : "; ",
                   CategoriesText(event, japanese));
  if (event.effective_at != event.event_time) {
    text += part("効力", "in force from", JstText(event.effective_at));
  }
  if (event.valid_from.has_value())
    text += part("有効開始", "valid from", JstText(*event.valid_from));
  if (event.valid_to.has_value()) {
    text += part("有効終了（その前まで）", "valid until before", JstText(*event.valid_to));
  }
  if (event.basis != v1::LEGAL_BASIS_UNSPECIFIED) {
    text += part("根拠", "basis", consent::WordOf(event.basis, japanese));
  }
  if (!event.text_ref.empty()) text += part("文面", "text", event.text_ref);
  if (event.grantor != consent::Grantor::kSelf) {
    text += part("同意者", "given by", consent::WordOf(event.grantor, japanese));
  }
  if (event.grantor_ends_on.has_value()) {
    text += part("代理の終了", "power ends", JstText(*event.grantor_ends_on));
  }
  if (event.refers_to.has_value()) {
    text += part("対象の記録", "of the event of", JstText(*event.refers_to));
  }
  return text;
}

absl::StatusOr<absl::Time> InstantOption(const std::string& option, const std::string& text,
                                         absl::Time now) {
  // Whole seconds: people read such times, and type them to name an event.
  if (text.empty()) return absl::FromUnixSeconds(absl::ToUnixSeconds(now));
  const std::optional<absl::Time> time = consent::ParseInstant(text);
  if (time.has_value()) return *time;
  return absl::InvalidArgumentError(absl::StrCat(
      option, ": must be a day as 2026-04-01 (00:00 JST) or a time as 2026-04-01T09:30:00+09:00"));
}

void AddConsentImportCommand(CLI::App& consent, Action& action) {
  auto options = std::make_shared<ImportRequest>();
  options->as = "consents";
  CLI::App* command = consent.add_subcommand(
      "import", "Read consents.csv files: the same as `import --as consents`");
  AddImportOptions(*command, *options);
  command->callback([options, &action] { action = [options] { return RunImport(*options); }; });
}

void AddConsentCommand(CLI::App& app, Action& action) {
  CLI::App* consent = app.add_subcommand(
      "consent", "Consent of persons: record, withdraw, show, count, import events");
  consent->require_subcommand(1);
  AddConsentImportCommand(*consent, action);
  AddConsentRecordCommand(*consent, action);
  AddConsentWithdrawCommand(*consent, action);
  AddConsentShowCommand(*consent, action);
  AddConsentStatsCommand(*consent, action);
}

}  // namespace renkei::agents::app
