#!/bin/sh
# The second tier, slower than tests/run.sh: the suite under ASan and UBSan, the journal under TSan, every fuzz
# target for half a minute, kills at random instants, real chains (geth, Hardhat), a real Kubernetes, the benchmarks.
# What cannot run is said, loudly.
# The last line is "N passed, N failed, N skipped". Seconds per fuzz target: RUNBOOK_FUZZ_SECONDS (30). Minutes after
# which no further part is begun (what is left out is said): RUNBOOK_SECOND_TIER_MINUTES (28).
set -u

top=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
cd "$top" || exit 1
seconds=${RUNBOOK_FUZZ_SECONDS:-30}
passed=0
failed=0
skipped=0
. tests/suite.sh

begun=$(date +%s)
budget=$((${RUNBOOK_SECOND_TIER_MINUTES:-28} * 60))
# part NAME FUNCTION…: begins it, or says that its time is up.
part() {
  name=$1
  shift
  if [ $(($(date +%s) - begun)) -ge "$budget" ]; then
    skip "$name" "the $((budget / 60)) minutes of this tier are over"
  else
    note "$name"
    "$@"
  fi
}

note() { printf '\n== %s (%s)\n' "$1" "$(date -u +%H:%M:%S)"; }
skip() {
  printf '!! SKIPPED: %s: %s\n' "$1" "$2"
  skipped=$((skipped + 1))
}
judge() {
  name=$1
  shift
  if "$@"; then
    passed=$((passed + 1))
  else
    printf '!! FAILED: %s\n' "$name"
    failed=$((failed + 1))
  fi
}

# configure FOLDER OPTION…: a build of its own beside the normal one.
configure() {
  folder=$1
  shift
  cmake -S . -B "$folder" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo "$@" >/dev/null
}

# One build for the suite and the fuzz targets: the fuzzers' counters cost the suite little.
sanitized=build/sanitized
configure_sanitized() {
  configure "$sanitized" -DRUNBOOK_UNITY=ON -DCMAKE_CXX_COMPILER=clang++-14 -DCMAKE_C_COMPILER=clang-14 -DRUNBOOK_FUZZ=ON \
    -DRUNBOOK_SANITIZE=address,undefined -DCMAKE_CXX_FLAGS_RELWITHDEBINFO='-O1 -gline-tables-only'
}

address_and_undefined() {
  # ASan keeps what was freed for a while: how much memory a run takes cannot be asked of it. The kill matrices start
  # the program some thousand times, and what they start is under the sanitizers in the other tests too.
  cmake --build "$sanitized" &&
    run_suite "$sanitized" -j3 -LE 'bench|timing' -E 'costs no more memory|^test_crash|^test_crib'
}

checked_suite() {
  if configure_sanitized; then
    judge 'ASan and UBSan' address_and_undefined
  else
    skip 'ASan and UBSan' 'clang++-14 is not installed'
  fi
}

thread() {
  configure build/tsan -DRUNBOOK_UNITY=ON -DRUNBOOK_SANITIZE=thread &&
    cmake --build build/tsan --target test_journal &&
    ctest --test-dir build/tsan --output-on-failure -R '^test_journal'
}

fuzz() {
  if ! configure_sanitized; then
    skip 'fuzzing' 'clang++-14 is not installed'
    return
  fi
  targets=$(cmake --build "$sanitized" --target help 2>/dev/null | sed -n 's/^\(fuzz_[a-z_]*\):.*/\1/p')
  if [ -z "$targets" ]; then
    skip 'fuzzing' 'tests/fuzz has no targets'
    return
  fi
  # shellcheck disable=SC2086  # one word per target
  judge 'the fuzz targets build' cmake --build "$sanitized" --target $targets
  note "fuzz: $(printf '%s' "$targets" | wc -w) targets, $seconds s each, three at a time"
  logs=$(mktemp -d)
  # shellcheck disable=SC2016  # $0 is the target
  printf '%s\n' $targets | xargs -P 3 -I '{}' sh -c '"$1" "$2" >"$3/$2.log" 2>&1; echo $? >"$3/$2.status"' \
    fuzz "$top/tests/real/fuzz_one.sh" '{}' "$logs"
  for target in $targets; do
    cat "$logs/$target.log"
    judge "$target" [ "$(cat "$logs/$target.status")" = 0 ]
  done
  rm -rf "$logs"
}

setup() { sh tests/real/setup.sh || skip 'set up' 'some tools could not be installed'; }

# A test program of the normal build that only this tier runs.
extra() {
  name=$1
  program=$2
  shift 2
  if [ -x "$program" ]; then
    judge "$name" "$program" "$@"
  else
    skip "$name" "$program was not built"
  fi
}

# real NAME TOOL PROGRAM TAG: cases against a real tool, which setup.sh has put into its cache.
cache=${RUNBOOK_REAL_CACHE:-${HOME:-}/.cache/runbook-real}
real() {
  if [ -e "$cache/$2" ]; then
    extra "$1" "build/tests/$3" "$4"
  else
    skip "$1" "tests/real/setup.sh could not install $2"
  fi
}

part 'set up' setup
part 'normal build' judge 'normal build' sh -c 'cmake -S . -B build -G Ninja -DRUNBOOK_UNITY=ON >/dev/null && cmake --build build'
part 'kills at random instants' extra 'random kills' build/tests/crash/test_crash '[.random]'
part 'geth' real 'geth' bin/geth modules/test_chains '[.geth]'
part 'CRIB on geth' real 'CRIB on geth' bin/geth recipes/test_crib '[.geth]'
part 'CRIB in kubernetes' real 'CRIB in kubernetes' kubernetes/complete recipes/test_crib '[.kubernetes]'
part 'hardhat node' real 'hardhat node' hardhat/complete modules/test_chains '[.hardhat]'
part 'hardhat' real 'hardhat' hardhat/complete modules/test_modules_hardhat '[.hardhat]'
part 'kubernetes' real 'kubernetes' kubernetes/complete modules/kubectl/test_modules_kubectl '[.kubernetes]'
part 'helm releases' real 'helm releases' kubernetes/complete modules/devspace/test_modules_devspace '[.kubernetes]'
part 'benchmarks' extra 'benchmarks' build/tests/bench/runbook_bench
part 'the journal under TSan' judge 'TSan' thread
part 'the suite under ASan and UBSan' checked_suite
part 'fuzzing' fuzz
part 'CRIB kills' extra 'CRIB kills' build/tests/recipes/test_crib '[.crib-kills]'
part 'CRIB provisioning kills' extra 'CRIB provisioning kills' build/tests/recipes/test_crib_dons '[.crib-kills]'

say_missed
printf '%s passed, %s failed, %s skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" = 0 ]
