#!/bin/sh
# What the second tier needs beyond tests/run.sh: the sanitizer and fuzzing runtime of clang, and real chains and
# their tools in a cache outside the tree (RUNBOOK_REAL_CACHE, ~/.cache/runbook-real): bin/geth, and hardhat/ with the
# packages of package.json. What is not to be had is said, and the tests that need it are skipped. Safe to run again.
set -eu

top=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
cache=${RUNBOOK_REAL_CACHE:-${HOME:?}/.cache/runbook-real}
geth_version=1.14.12

say() { printf 'setup: %s\n' "$*" >&2; }
lack() { printf '!! SKIPPED: %s is not to be had: %s\n' "$1" "$2" >&2; }

have_geth() { "$cache/bin/geth" version 2>/dev/null | grep -q "^Version: $geth_version"; }

fetch_geth() {
  if have_geth; then return; fi
  if ! command -v go >/dev/null 2>&1; then
    lack geth 'Go is not installed'
    return
  fi
  say "building geth $geth_version (a minute and a half, once)"
  GOBIN=$cache/bin GOFLAGS=-mod=mod go install "github.com/ethereum/go-ethereum/cmd/geth@v$geth_version" >&2 ||
    lack geth 'go install failed'
}

fetch_packages() {
  here=$top/tests/real/package.json
  there=$cache/hardhat
  if cmp -s "$here" "$there/package.json" && [ -f "$there/complete" ]; then return; fi
  if ! command -v npm >/dev/null 2>&1; then
    lack Hardhat 'npm is not installed'
    return
  fi
  say "installing Hardhat and what runbook is compared with (tests/real/package.json)"
  mkdir -p "$there"
  cp "$here" "$there/package.json"
  if (cd "$there" && npm install --no-audit --no-fund --ignore-scripts --loglevel=error >&2); then
    : >"$there/complete"
  else
    lack Hardhat 'npm install failed'
  fi
}

sh "$top/examples/setup.sh" build node real
mkdir -p "$cache/bin"
fetch_geth
fetch_packages
