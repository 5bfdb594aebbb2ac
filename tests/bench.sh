#!/usr/bin/env bash
# Builds the release preset, makes seeded data, measures every figure beside its peer or limit in the
# same run and checks that the answers are equal.
# Usage: bash tests/bench.sh [--only NAME] [--json] [--rows N] [--documents N] [--persons N]
#   --json       one line per figure instead of the table
#   --rows       persons in the CSV and evaluation figures (default 2000000)
#   --documents  XML documents (default 200000)
set -euo pipefail
cd "$(dirname "$0")/.."
case " $* " in *" --help "*|*" -h "*) sed -n '2,7p' "$0" | sed 's/^# \{0,1\}//'; exit 0 ;; esac

bash tests/support/setup.sh bench
cmake --preset release >/dev/null
cmake --build --preset release --target renkei-bench renkei-synth renkei-hub renkei-agent renkei >&2

# The peer: DuckDB through its npm package, pinned in package.json.
peer=.build/bench
mkdir -p "$peer"
cp tests/bench/package.json tests/bench/duckdb.mjs "$peer/"
if [ ! -d "$peer/node_modules/@duckdb/node-api" ]; then
  (cd "$peer" && npm install --silent --no-audit --no-fund >&2)
fi
exec .build/release/bin/renkei-bench --bin .build/release/bin --peer "$peer" "$@"
