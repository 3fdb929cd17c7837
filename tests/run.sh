#!/bin/sh
# Everything a change must pass: sets up, builds, runs all tests and the Lua checks.
# The last line is "N passed, N failed, N skipped"; the exit status is 0 only if nothing failed.
set -u

top=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
cd "$top" || exit 1
build=${RUNBOOK_BUILD:-build}
passed=0
failed=0
skipped=0

finish() {
  printf '%s passed, %s failed, %s skipped\n' "$passed" "$failed" "$skipped"
  [ "$failed" = 0 ]
  exit
}

step() {
  printf '\n== %s\n' "$1"
  shift
  "$@" && return
  printf 'FAILED: %s\n' "$*"
  failed=$((failed + 1))
  return 1
}

# One number of ctest's JUnit file: count tests | failures | disabled | skipped.
count() { sed -n "/<testsuite /,/>/s/.*[[:space:]]$1=\"\([0-9]*\)\".*/\1/p" "$build/junit.xml" | head -n 1; }

run_ctest() {
  rm -f "$build/junit.xml"
  ctest --test-dir "$build" -j2 --output-on-failure --no-tests=error --output-junit junit.xml "$@"
  code=$?
  if [ ! -s "$build/junit.xml" ]; then
    failed=$((failed + 1))
    return
  fi
  bad=$(count failures)
  left_out=$(($(count disabled) + $(count skipped)))
  [ "$code" = 0 ] || [ "$bad" != 0 ] || bad=1
  failed=$((failed + bad))
  skipped=$((skipped + left_out))
  passed=$((passed + $(count tests) - $(count failures) - left_out))
}

# Recipes and the standard library; .luacheckrc names the globals they may use.
check_lua() { luacheck -q --no-color stdlib modules recipes examples tests; }

step 'set up' sh examples/setup.sh build node || finish
step 'configure' cmake -S . -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo -DRUNBOOK_UNITY=ON || finish
step 'build' cmake --build "$build" || finish
printf '\n== tests\n'
run_ctest "$@"
step 'luacheck' check_lua && passed=$((passed + 1))
finish
