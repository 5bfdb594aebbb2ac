// Conditions of the catalogue to steps of a plan; equal conditions of one year become one step.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "agents/evaluate/plan.h"
#include "policy/catalogue/catalogue.h"

namespace renkei::agents::evaluate {

// The catalogue's check has passed: every name exists and nothing refers to itself.
class ConditionCompiler {
 public:
  // Both outlive the compiler.
  ConditionCompiler(const policy::catalogue::Catalogue& catalogue, Plan* plan);

  // Slot of a condition.
  int Compile(const v1::Condition& condition);
  // Index into Plan::amounts.
  int AmountIndex(const v1::Amount& amount);
  // Position of an item among the own year's columns; final after Finish.
  int ItemColumn(const std::string& item) { return ColumnId(item); }
  // The coded classifications that `slot` depends on are used by the family.
  void NoteFamily(int slot, int family);
  // Columns get their final order; derivations of needed targets join in. Returns the final
  // position of what ItemColumn gave through FinalColumn.
  absl::Status Finish();
  int FinalColumn(int id) const;

 private:
  struct Year {
    std::vector<int> column_ids;                       // Step::column until finished
    absl::flat_hash_map<std::string, int> slot_of;     // by serialised condition
    absl::flat_hash_map<std::string, int> class_slot;  // by classification id
  };
  Year& year() { return in_previous_ ? before_ : now_; }
  void NoteFamily(int slot, int family, std::set<int>* seen);
  int Add(Step step);
  int ColumnId(const std::string& item);
  const policy::catalogue::ItemColumn& Item(const std::string& item) const;
  int CompileRef(const std::string& id);
  void CompileParts(const google::protobuf::RepeatedPtrField<v1::Condition>& parts, Step* step);
  Step MakeStep(const v1::Condition& condition);
  Step MakeComparison(const v1::Comparison& compare);
  Step MakeCodeMatch(const v1::CodeIn& code);
  Step MakeAttendance(const v1::AttendanceIn& attendance);
  int CompileClassification(const std::string& id);
  int AddClassification(const v1::Classification& classification);
  absl::Status FinishYear(const Year& year, PlanColumns* columns);

  const policy::catalogue::Catalogue& catalogue_;
  Plan& plan_;
  absl::flat_hash_map<std::string, const v1::NamedCondition*> conditions_;
  absl::flat_hash_map<std::string, const v1::Classification*> classifications_;
  Year now_;
  Year before_;
  bool in_previous_ = false;
};

}  // namespace renkei::agents::evaluate
