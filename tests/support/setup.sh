#!/usr/bin/env bash
# Installs what is missing on Debian 12 to build, test and measure Renkei. Run twice, it costs a second.
# Usage: bash tests/support/setup.sh [lint] [bench] [fuzz] [full]
set -euo pipefail

packages=(
  g++ cmake ninja-build ccache lld pkg-config git ca-certificates
  npm                                   # fetches the pinned SQLCipher amalgamation
  libgrpc++-dev protobuf-compiler protobuf-compiler-grpc libprotobuf-dev
  libabsl-dev libssl-dev openssl libgtest-dev libgmock-dev libbenchmark-dev
  libcli11-dev libspdlog-dev libpugixml-dev libzip-dev libdeflate-dev libutf8proc-dev zlib1g-dev nlohmann-json3-dev
  coinor-libclp-dev
  coinor-libcbc-dev                     # the optimum that tests and benches compare with; no part of the product
)
for extra in "$@"; do
  case $extra in
    lint) packages+=(clang-format-14 clang-tidy-14) ;;
    bench) packages+=(nodejs) ;;
    fuzz) packages+=(clang-14 libclang-rt-14-dev) ;;
    full) packages+=(glpk-utils) ;;       # a second solver, run as a program of its own
    *) echo "setup.sh: unknown part '$extra' (lint, bench, fuzz, full)" >&2; exit 2 ;;
  esac
done

missing=()
for package in "${packages[@]}"; do
  # A tool that is there under its own name needs no package of the same purpose.
  case $package in
    npm) command -v npm >/dev/null && continue ;;
    nodejs) command -v node >/dev/null && continue ;;
  esac
  state=$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null || true)
  [ "$state" = "install ok installed" ] || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
  echo "setup: installing ${#missing[@]} packages" >&2
  export DEBIAN_FRONTEND=noninteractive
  if [ "$(id -u)" != 0 ]; then
    echo "setup: run as root, or install yourself: apt-get install ${missing[*]}" >&2
    exit 1
  fi
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi
