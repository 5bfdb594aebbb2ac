#!/usr/bin/env bash
# Installs what is missing, builds, runs every test and ends with ctest's summary.
# Usage: bash tests/run.sh [--preset release|asan|tsan] [--lint] [--fuzz [SECONDS]] [--full]
#   plain    release preset: unit, contract, integration, e2e, golden and lint tests
#   --lint   clang-format and clang-tidy over the whole tree instead
#   --fuzz   every fuzz target for SECONDS (default 60) under ASan and UBSan instead
#   --full   the long suites too
set -euo pipefail
cd "$(dirname "$0")/.."

preset=release lint=0 fuzz=0 full=0
while [ $# -gt 0 ]; do
  case $1 in
    --preset) preset=${2:?--preset needs release, asan or tsan}; shift ;;
    --lint) lint=1 ;;
    --fuzz)
      fuzz=60
      if [[ ${2:-} =~ ^[1-9][0-9]*$ ]]; then fuzz=$2; shift; fi ;;
    --full) full=1 ;;
    -h|--help) sed -n '2,8p' "$0" | sed 's/^# \{0,1\}//'; exit 0 ;;
    *) echo "run.sh: unknown argument '$1'; see --help" >&2; exit 2 ;;
  esac
  shift
done
case $preset in release|asan|tsan) ;; *) echo "run.sh: unknown preset '$preset'" >&2; exit 2 ;; esac

if [ $lint = 1 ]; then
  bash tests/support/setup.sh lint
  exec bash tests/lint/clang.sh
fi
if [ $fuzz != 0 ]; then
  bash tests/support/setup.sh fuzz
  exec bash tests/fuzz/run.sh "$fuzz"
fi
parts=()
[ $full = 1 ] && parts=(full)
bash tests/support/setup.sh "${parts[@]}"
cmake --preset "$preset" >.build-configure.log 2>&1 || { cat .build-configure.log >&2; rm -f .build-configure.log; exit 1; }
rm -f .build-configure.log
cmake --build --preset "$preset"
export RENKEI_FULL=$full
export ASAN_OPTIONS=detect_leaks=1:halt_on_error=1 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
# The distribution's gRPC has no instrumentation: ThreadSanitizer cannot see its locks, so under it
# run the tests whose threads are all ours.
chosen=()
[ "$preset" = tsan ] && chosen=(-LE 'e2e|integration' -E '^golden/tsuruoka$')
exec ctest --test-dir ".build/$preset" --output-on-failure --no-tests=error -j "$(nproc)" "${chosen[@]}"
