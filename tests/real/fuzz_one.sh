#!/bin/sh
# Runs one fuzz target of build/sanitized for RUNBOOK_FUZZ_SECONDS (30); fails if it found anything.
set -u
build=build/sanitized
found=$build/found/$1
rm -rf "$found"
mkdir -p "$found" "$build/corpus/$1"
printf '%s\n' "-- $1"
"$build/tests/fuzz/$1" -max_total_time="${RUNBOOK_FUZZ_SECONDS:-30}" -rss_limit_mb=2048 -print_final_stats=1 \
  -artifact_prefix="$found/" "$build/corpus/$1" 2>&1 | tail -n 15
# The pipe hides the status; libFuzzer leaves a file behind for whatever it finds.
[ -x "$build/tests/fuzz/$1" ] && [ -z "$(ls "$found")" ] || { printf 'found: %s\n' "$found"/*; exit 1; }
