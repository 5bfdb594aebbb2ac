// Measured values of a person whose conditions are given: every condition is reached by a number
// or an answer, and no other condition is touched.
#pragma once

#include "tests/synth/draw.h"
#include "tests/synth/exam.h"
#include "tests/synth/joint.h"

namespace renkei::tests::synth {

// How incomplete a source is.
enum class Completeness {
  kEveryIndicatorItem,  // what an indicator reads is always there, once, with a valid number
  kAsDelivered          // items not done, unmeasurable, marked H or L, answers left out
};

// `period` 1..4 decides the items and code lists (definitions 1.4).
Exam DrawExam(const Conditions& person, Sex sex, int age, int period, Completeness completeness,
              Draw& draw);

}  // namespace renkei::tests::synth
