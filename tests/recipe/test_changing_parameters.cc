// Parameters that may have another value when a run is resumed, and those that may not.

#include "tests/catch.h"
#include "tests/recipe/asked_run.h"

namespace runbook {
namespace {

std::string with_parameter(const std::string& declaration) {
  return "local p = recipe { params = { rpc = " + declaration + R"( } }
step('first', function() return p.rpc end)
gate 'on'
step('second', function() return p.rpc end)
)";
}

RunReport resumed_with(AskedRun& run, const std::string& first, const std::string& second) {
  run.options.parameters = {first};
  CHECK(run.session().exit == 10);
  run.options.parameters.clear();
  if (!second.empty()) {
    run.options.parameters = {second};
  }
  run.typed = {{"a"}};
  return run.session();
}

}  // namespace

TEST_CASE("a parameter has another value on resume where the recipe says that it may") {
  AskedRun run(with_parameter("param.url { may_change = true }"));
  CHECK(resumed_with(run, "rpc=http://one.test/", "rpc=http://two.test/").exit == 0);
  CHECK(run.result_of("first") == "http://one.test/");
  CHECK(run.result_of("second") == "http://two.test/");
}

TEST_CASE("without one given on resume it has the first value again") {
  AskedRun run(with_parameter("param.url { may_change = true }"));
  CHECK(resumed_with(run, "rpc=http://one.test/", "").exit == 0);
  CHECK(run.result_of("second") == "http://one.test/");
}

TEST_CASE("without may_change another value is refused") {
  AskedRun run(with_parameter("param.url {}"));
  const RunReport report = resumed_with(run, "rpc=http://one.test/", "rpc=http://two.test/");
  CHECK(report.exit == 12);
  REQUIRE(report.error);
  CHECK(report.error->code == Code::parameters_changed);
}

TEST_CASE("a URL that may change takes its secrets along, and neither is in the journal") {
  AskedRun run(with_parameter("param.url { may_change = true }"));
  const RunReport report = resumed_with(run, "rpc=http://user:first-secret@one.test/",
                                        "rpc=http://user:second-secret@two.test/");
  CHECK(report.exit == 0);
  CHECK(run.journal().find("-secret") == std::string::npos);
  CHECK_THAT(run.result_of("second").get<std::string>(), ContainsSubstring("two.test"));
}

TEST_CASE("a secret is rotated where the recipe says that it may be") {
  AskedRun run(with_parameter("param.secret { may_change = true }"));
  CHECK(resumed_with(run, "rpc=first-secret", "rpc=second-secret").exit == 0);
  CHECK(run.journal().find("-secret") == std::string::npos);
  AskedRun fixed(with_parameter("param.secret {}"));
  const RunReport report = resumed_with(fixed, "rpc=first-secret", "rpc=second-secret");
  CHECK(report.exit == 12);
  REQUIRE(report.error);
  CHECK(report.error->code == Code::secret_changed);
}

}  // namespace runbook
