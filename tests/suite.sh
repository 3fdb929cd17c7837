# Sourced by run.sh and real/run.sh: the tests of one build folder, and what must be known of those that did not pass at
# once. `missed` names the file that gathers it: a line with "!!" for each, and the end of its output below it.

missed=$(mktemp)
trap 'rm -f "$missed" "$missed".*' EXIT

# End of a report: after this line stands only what failed, and the last line.
say_missed() {
  [ -s "$missed" ] || return 0
  printf '\n== what did not pass at once\n'
  cat "$missed"
}

# note_missed SENTENCE: with the last 40 lines of stdin.
note_missed() {
  printf '!! %s\n' "$1" >>"$missed"
  tail -n 40 | sed 's/^/    /' >>"$missed"
}

# output_of TEST FILE: what it printed, from ctest's LastTest.log.
output_of() {
  TEST_NAME=$1 awk '
    inside && $0 == "<end of output>" { inside = 0; if (mine) exit }
    inside && mine { print }
    !inside && /^[0-9]+\/[0-9]+ Test: / { mine = substr($0, index($0, " Test: ") + 7) == ENVIRON["TEST_NAME"] }
    before == "Output:" && /^-+$/ { inside = 1 }
    { before = $0 }' "$2"
}

# Those that failed, a second time and one at a time: what then passes was failed by the load of the machine. More than
# twenty are no matter of load.
run_again() {
  [ "$(wc -l <"$logs/LastTestsFailed.log")" -le 20 ] || return 0
  printf '\n== what failed, again and alone\n'
  # Where all pass ctest leaves the list as it was.
  ctest --test-dir "$folder" --rerun-failed -j1 --output-on-failure && : >"$logs/LastTestsFailed.log"
}

note_failures() {
  cp "$logs/LastTestsFailed.log" "$missed.first"
  cp "$logs/LastTest.log" "$missed.log"
  run_again
  while IFS= read -r line; do
    if grep -qxF -e "$line" "$logs/LastTestsFailed.log"; then
      suite_failed=$((suite_failed + 1))
      output_of "${line#*:}" "$missed.log" | note_missed "FAILED: ${line#*:}"
    else
      output_of "${line#*:}" "$missed.log" | note_missed "PASSED ONLY WHEN RUN AGAIN, ALONE: ${line#*:}"
    fi
  done <"$missed.first"
}

# run_suite FOLDER OPTION…: ctest with these options. Sets suite_passed, suite_failed and suite_skipped; 0 if nothing
# failed.
run_suite() {
  folder=$1
  shift
  logs=$folder/Testing/Temporary
  suite_failed=0
  rm -f "$folder/junit.xml" "$logs/LastTestsFailed.log" "$logs/LastTestsDisabled.log"
  ctest --test-dir "$folder" --output-on-failure --no-tests=error --output-junit junit.xml "$@"
  code=$?
  total=$(sed -n '/<testsuite /,/>/s/.*[[:space:]]tests="\([0-9]*\)".*/\1/p' "$folder/junit.xml" 2>/dev/null | head -n 1)
  suite_skipped=$(cat "$logs/LastTestsDisabled.log" 2>/dev/null | wc -l)
  if [ -s "$logs/LastTestsFailed.log" ]; then
    note_failures
  elif [ "$code" != 0 ]; then
    suite_failed=1
    note_missed "FAILED: ctest ended with $code" </dev/null
  fi
  suite_passed=$((${total:-0} - suite_failed - suite_skipped))
  [ "$suite_passed" -ge 0 ] || suite_passed=0
  [ "$suite_failed" = 0 ]
}
