#!/bin/sh
# Runs a real tool and keeps the case for the fake: sh tests/fakes/record.sh FOLDER NAME TOOL ARGUMENT…
# What is on stdin is kept too; with nothing there, no stdin will be asked for.
set -u
[ $# -ge 3 ] || { printf 'usage: sh %s FOLDER NAME TOOL ARGUMENT…\n' "$0" >&2; exit 2; }
case=$1/$2
tool=$3
shift 3
printf '%s\n' "$@" >"$case.argv"
cat >"$case.in"
"$tool" "$@" <"$case.in" >"$case.out" 2>"$case.err"
printf '%s\n' "$?" >"$case.rc"
for part in in out err; do
  [ -s "$case.$part" ] || rm "$case.$part"
done
[ "$(cat "$case.rc")" != 0 ] || rm "$case.rc"
