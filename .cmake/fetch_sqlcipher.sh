#!/usr/bin/env bash
# Puts the pinned SQLCipher 4.14.0 amalgamation into the cache folder and prints its path.
# The sources come from an npm package; whatever does not match the pinned digests is refused.
set -euo pipefail
cache=${1:?usage: fetch_sqlcipher.sh CACHE_DIR}
package=@journeyapps/sqlcipher@6.0.0
tgz_sha256=ad3ee0e551de315b230db78e2294d41868b5c166d44c0c87da35fb6b87bde54c
c_sha256=2ba87bbc92caf02c0ac640198c537c24bdda899a18bbba289f3d3f44d56795e4
h_sha256=c7253bc5d2ba0fad5236fc10ed959f99374bdbc224c200250c9c4a90edf56023
dir=$cache/sqlcipher-4.14.0

digest() { sha256sum "$1" | cut -d' ' -f1; }
check() {
  [ "$(digest "$1")" = "$2" ] && return
  echo "$1: SHA-256 is $(digest "$1"), pinned is $2; refused. If it is a cached copy, delete it and build again." >&2
  exit 1
}

if [ ! -f "$dir/sqlite3.c" ] || [ ! -f "$dir/sqlite3.h" ]; then
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  (cd "$work" && npm pack --silent "$package" >/dev/null)
  tgz=$(ls "$work"/*.tgz)
  check "$tgz" "$tgz_sha256"
  tar -xzf "$tgz" -C "$work" --wildcards '*/deps/sqlcipher-amalgamation*'
  archive=$(find "$work" -name 'sqlcipher-amalgamation*.tar.gz' | head -1)
  [ -z "$archive" ] || tar -xzf "$archive" -C "$work"
  mkdir -p "$dir"
  cp "$(find "$work" -name sqlite3.h | head -1)" "$dir/sqlite3.h"
  cp "$(find "$work" -name sqlite3.c | head -1)" "$dir/sqlite3.c.new"
  mv "$dir/sqlite3.c.new" "$dir/sqlite3.c"
fi
check "$dir/sqlite3.c" "$c_sha256"
check "$dir/sqlite3.h" "$h_sha256"
echo "$dir"
