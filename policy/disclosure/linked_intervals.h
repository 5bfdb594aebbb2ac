// The interval audit of what linked measures of one release say of each other (I3, privacy 3.3):
// each measure is wide enough for itself; here a reader has the tables of all of them and the rows
// between. Against the public. Inside disclosure only. Left out: those who know some of the
// persons, groupings, and what more than 8 measures say together.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "policy/disclosure/family_counts.h"
#include "policy/disclosure/interval_repair.h"
#include "policy/disclosure/linked_rows.h"
#include "policy/disclosure/linked_system.h"
#include "policy/disclosure/lock_step.h"
#include "policy/disclosure/movement_bounds.h"
#include "policy/disclosure/primary.h"

namespace renkei::policy::disclosure {

class LinkedIntervals {
 public:
  // All but `staying` must outlive it. That has a flag per publishable cell, by measure: it stays
  // hidden or shown as it is when HideMore is called, whatever follows. Empty: none does.
  LinkedIntervals(const FamilyCounts& family, const TableShape& shape,
                  const std::vector<std::vector<Judgement>>& judgements,
                  std::span<const uint8_t> table_key, std::vector<std::vector<bool>> staying = {});

  // Flags of publishable cells by measure; each call with more of them hidden. True when it hid
  // more. What the rows leave too narrow with everything hidden is asked as far as they leave it.
  bool HideMore(std::vector<std::vector<bool>>* hidden);

 private:
  // A part of at most 8 measures.
  struct Group {
    LinkedGroup linked;
    std::map<int, std::vector<MovementBounds>> room;  // of inner cells, by measure
    // With these remainders a measure was found wide enough. Hiding more leaves it so.
    std::map<int, std::vector<Remainder>> clean_with;
  };

  void HideIn(Group* group, std::vector<std::vector<bool>>* hidden) const;
  std::map<int, std::vector<Remainder>> RemaindersOfEach(
      const Group& group, const std::vector<std::vector<bool>>& hidden) const;
  IntervalsOf IntervalsOfEach(const Group& group, const std::vector<std::vector<bool>>& hidden,
                              const std::map<int, std::vector<Remainder>>& remainders) const;
  void FindRoom(Group* group, const IntervalsOf& intervals) const;
  void CutToRoom(const Group& group, IntervalsOf* intervals) const;
  std::vector<LinkedNeed> UnmetIn(const Group& group, int measure,
                                  const IntervalsOf& intervals) const;
  void Cure(const Group& group, int measure, std::vector<LinkedNeed> needs,
            IntervalsOf* intervals) const;
  std::vector<LinkedNeed> RepairInStep(const Group& group, std::span<const LockStep> steps,
                                       std::vector<LinkedNeed> needs, IntervalsOf* intervals) const;
  std::vector<LinkedNeed> Repair(const Group& group, const std::vector<int>& measures,
                                 std::vector<LinkedNeed> needs, IntervalsOf* intervals) const;
  std::vector<LinkedNeed> AskedLess(const Group& group, std::vector<LinkedNeed> needs,
                                    const IntervalsOf& intervals) const;

  const FamilyCounts& family_;
  const TableShape& shape_;
  const std::vector<std::vector<Judgement>>& judgements_;
  std::span<const uint8_t> table_key_;
  std::vector<std::vector<bool>> staying_;
  std::vector<std::vector<Group>> groups_;  // by parts, which may share measures
};

}  // namespace renkei::policy::disclosure
