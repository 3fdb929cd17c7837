// tests/suite.sh: nothing that failed goes unsaid, also when it passes a second time.
#include <sys/wait.h>

#include <cstdio>
#include <filesystem>
#include <string>

#include "engine/base/file.h"
#include "tests/base/temporary_folder.h"
#include "tests/catch.h"

using namespace runbook;

namespace {

struct Suite {
  std::string printed;
  int exit = 0;
};

/// Runs the tests that CMake's language declares in `tests`, and reports as run.sh does.
Suite run_suite(const std::string& tests) {
  const TemporaryFolder folder;
  write_file_atomically(folder.path() / "CTestTestfile.cmake", tests);
  const std::string command = "cd " SOURCE_FOLDER " && sh -c '. tests/suite.sh; run_suite " +
                              folder.path().string() +
                              " -j2; code=$?; say_missed; echo $suite_passed passed, $suite_failed "
                              "failed, $suite_skipped skipped; exit $code' 2>&1";
  Suite suite;
  FILE* output = popen(command.c_str(), "r");
  REQUIRE(output != nullptr);
  for (int c = fgetc(output); c != EOF; c = fgetc(output)) {
    suite.printed += static_cast<char>(c);
  }
  suite.exit = WEXITSTATUS(pclose(output));
  return suite;
}

std::string report_of(const Suite& suite) {
  const std::size_t at = suite.printed.find("== what did not pass at once\n");
  return at == std::string::npos ? "" : suite.printed.substr(at);
}

}  // namespace

TEST_CASE("a failed test is named before the last line with the end of what it printed", "[lint]") {
  const Suite suite = run_suite(R"(add_test("good" "true")
add_test("bad: \"quoted\", 50% & <so> on" "sh" "-c" "seq 100; exit 3")
add_test("absent" "/nonexistent/program")
)");
  INFO(suite.printed);
  CHECK(suite.exit != 0);
  const std::string report = report_of(suite);
  CHECK_THAT(report, ContainsSubstring("!! FAILED: bad: \"quoted\", 50% & <so> on\n    61\n") &&
                         ContainsSubstring("    100\n!! FAILED: absent\n"));
  CHECK_THAT(report, Catch::Matchers::EndsWith("\n1 passed, 2 failed, 0 skipped\n"));
}

TEST_CASE("a test that passes only when it is run again, alone, has passed and is named",
          "[lint]") {
  const Suite suite = run_suite(R"(add_test("good" "true")
add_test("under load" "sh" "-c" "test -e mark || { touch mark; echo too slow; exit 1; }")
add_test("left out" "sh" "-c" "exit 4")
set_tests_properties("left out" PROPERTIES SKIP_RETURN_CODE 4)
)");
  INFO(suite.printed);
  CHECK(suite.exit == 0);
  CHECK(report_of(suite) ==
        "== what did not pass at once\n!! PASSED ONLY WHEN RUN AGAIN, ALONE: under load\n"
        "    too slow\n2 passed, 0 failed, 1 skipped\n");
}

TEST_CASE("a suite that passes at once says nothing of it", "[lint]") {
  const Suite suite = run_suite("add_test(\"good\" \"true\")\n");
  INFO(suite.printed);
  CHECK(suite.exit == 0);
  CHECK_THAT(suite.printed, Catch::Matchers::EndsWith("\n1 passed, 0 failed, 0 skipped\n") &&
                                !ContainsSubstring("== what did not pass at once"));
}

TEST_CASE("a suite without tests has failed", "[lint]") {
  const Suite suite = run_suite("");
  INFO(suite.printed);
  CHECK(suite.exit != 0);
  CHECK_THAT(report_of(suite), ContainsSubstring("!! FAILED: ctest ended with"));
}
