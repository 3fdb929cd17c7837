#!/bin/sh
# Everything a change must pass: sets up, builds, runs all tests and the Lua checks.
# The last line is "N passed, N failed, N skipped"; the exit status is 0 only if nothing failed. Before it: what failed,
# and what passed only when it was run again, alone, with the end of its output.
set -u

top=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
cd "$top" || exit 1
build=${RUNBOOK_BUILD:-build}
passed=0
failed=0
skipped=0
. tests/suite.sh

finish() {
  say_missed
  printf '%s passed, %s failed, %s skipped\n' "$passed" "$failed" "$skipped"
  [ "$failed" = 0 ]
  exit
}

step() {
  name=$1
  shift
  printf '\n== %s\n' "$name"
  # Shown as it comes, and its end kept for the report.
  { "$@" 2>&1; printf '%s' "$?" >"$missed.status"; } | tee "$missed.output"
  [ "$(cat "$missed.status")" = 0 ] && return
  note_missed "FAILED: $name" <"$missed.output"
  failed=$((failed + 1))
  return 1
}

# Recipes and the standard library; .luacheckrc names the globals they may use.
check_lua() { luacheck -q --no-color stdlib modules recipes examples tests; }

step 'set up' sh examples/setup.sh build node || finish
step 'configure' cmake -S . -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo -DRUNBOOK_UNITY=ON || finish
step 'build' cmake --build "$build" || finish
printf '\n== tests\n'
run_suite "$build" -j2 "$@"
passed=$((passed + suite_passed))
failed=$((failed + suite_failed))
skipped=$((skipped + suite_skipped))
step 'luacheck' check_lua && passed=$((passed + 1))
finish
