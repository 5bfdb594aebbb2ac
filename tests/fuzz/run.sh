#!/usr/bin/env bash
# Builds the libFuzzer programs and runs each for SECONDS on its corpus, one per processor at a time;
# tests/run.sh --fuzz.
# Usage: bash tests/fuzz/run.sh SECONDS [TARGET...]
# Inputs that were found stay in .build/fuzz/found/TARGET; a failing one is printed and its name kept.
set -euo pipefail
cd "$(dirname "$0")/../.."
seconds=${1:?seconds}
shift
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=(zip hc08 hg08 csv column_map uke json)

cmake --preset fuzz >/dev/null
cmake --build --preset fuzz
export ASAN_OPTIONS=detect_leaks=1:abort_on_error=1:allocator_may_return_null=0
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
fuzz_one() {
  local seconds=$1 target=$2 found=.build/fuzz/found/$2
  mkdir -p "$found"
  echo "fuzz: $target for $seconds s" >&2
  if .build/fuzz/test-bin/fuzz_"$target" -max_total_time="$seconds" -max_len=65536 -timeout=20 \
      -rss_limit_mb=2048 -print_final_stats=1 -artifact_prefix=".build/fuzz/$target-" \
      "$found" "tests/fuzz/corpus/$target" >".build/fuzz/$target.log" 2>&1; then
    rm -f ".build/fuzz/$target.failed"
  else
    touch ".build/fuzz/$target.failed"
  fi
}
export -f fuzz_one
printf '%s\n' "${targets[@]}" | xargs -P "$(nproc)" -I{} bash -c 'fuzz_one "$0" {}' "$seconds"

failed=()
for target in "${targets[@]}"; do
  echo "$target:"
  grep -E "number_of_executed_units|new_units_added|peak_rss_mb" ".build/fuzz/$target.log" || true
  [ -e ".build/fuzz/$target.failed" ] || continue
  failed+=("$target")
  tail -n 60 ".build/fuzz/$target.log" >&2
done
if [ ${#failed[@]} -gt 0 ]; then
  echo "fuzz: FAILED: ${failed[*]}; the inputs are .build/fuzz/TARGET-crash-*" >&2
  exit 1
fi
echo "fuzz: ${#targets[@]} targets ran $seconds s each without a finding"
