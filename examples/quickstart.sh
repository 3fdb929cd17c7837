#!/bin/sh
# From nothing to a finished run: installs what is missing, builds, runs examples/quickstart.lua to its end.
# Further arguments go to `runbook run`.
set -eu

top=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
cd "$top"
sh examples/setup.sh build node

mkdir -p build
cmake -S . -B build -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo -DRUNBOOK_UNITY=ON >build/configure.log 2>&1 || {
  cat build/configure.log >&2
  exit 1
}
cmake --build build --target runbook >&2

status=0
build/runbook run examples/quickstart.lua "$@" || status=$?
if [ "$status" = 12 ]; then
  # An earlier quickstart stopped half-way: that is what resume is for.
  run=$(build/runbook runs | awk '$NF == "examples/quickstart.lua" { print $1; exit }')
  status=0
  build/runbook resume "$run" || status=$?
fi
exit "$status"
