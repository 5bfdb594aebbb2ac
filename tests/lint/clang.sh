#!/usr/bin/env bash
# clang-format and clang-tidy over our own C++; any finding is an error.
set -euo pipefail
cd "$(dirname "$0")/../.."
mapfile -t sources < <(git ls-files '*.cc' '*.h')
clang-format-14 --dry-run --Werror "${sources[@]}"
echo "clang-format: ${#sources[@]} files clean"
cmake --preset release >/dev/null
cmake --build --preset release --target renkei_protos renkei_protos_grpc
mapfile -t units < <(git ls-files '*.cc' | grep -v '^tests/')
printf '%s\n' "${units[@]}" | xargs -P "$(nproc)" -n 4 clang-tidy-14 --quiet -p .build/release 2>&1 |
  sed '/ warnings generated\.$/d'  # of the system's headers, which are not shown
echo "clang-tidy: ${#units[@]} files clean"
