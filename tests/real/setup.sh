#!/bin/sh
# What the second tier needs beyond tests/run.sh: the sanitizer and fuzzing runtime of clang.
set -eu
top=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
exec sh "$top/examples/setup.sh" build node real
