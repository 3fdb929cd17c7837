#include "engine/base/json.h"
#include "tests/catch.h"
#include "tests/cli/program.h"
#include "tests/cli/recorded.h"

using namespace runbook;
using namespace runbook::test;

namespace {

/// A run that was cut off in two once calls of "pay", one of which uses up a resource.
Script cut_off() {
  Script script;
  script.session().begin("pay");
  event::CallBegun call;
  call.primitive = "process.run";
  call.fingerprint = "f";
  script.add(call, "pay", 1);
  call.primitive = "eth.send";
  call.resource = "eth/1/0xabc";
  return script.add(call, "pay", 1);
}

Json marked_status(const Folder& folder) {
  return parse_json(run_runbook({"status", "--output", "json"}, folder.path()).out, "status");
}

}  // namespace

TEST_CASE("mark done gives the step a result and settles its calls that use up nothing", "[cli]") {
  const Folder folder;
  record_run(folder.path(), "7f3a-lucky-heron", cut_off());
  const Ran ran = run_runbook(
      {"mark", "7f3a", "pay", "done", "--reason", "seen in the bank", "--result", R"({"id":7})"},
      folder.path());
  CHECK(ran.exit == 0);
  CHECK_THAT(ran.err, ContainsSubstring("Marked pay done."));
  CHECK_THAT(ran.err, ContainsSubstring("Still open: eth.send uses up eth/1/0xabc"));
  const Json step = marked_status(folder).at("steps").at(0);
  CHECK(step.at("state") == "ok");
  CHECK(step.at("result") == Json{{"id", 7}});
  const std::string page = run_runbook({"show", "7f3a", "pay"}, folder.path()).out;
  CHECK_THAT(page, ContainsSubstring("Call process.run  attempt 1  ok"));
  CHECK_THAT(page, ContainsSubstring("Call eth.send  attempt 1  no end recorded"));
  const std::string events = run_runbook({"show", "7f3a", "--output", "json"}, folder.path()).out;
  CHECK_THAT(events, ContainsSubstring("seen in the bank"));
  CHECK_THAT(events, ContainsSubstring(R"("settled":"mark")"));
}

TEST_CASE("mark takes the result from a file", "[cli]") {
  const Folder folder;
  record_run(folder.path(), "7f3a-lucky-heron", cut_off());
  folder.write("result.json", "[1, 2]");
  CHECK(run_runbook({"mark", "@last", "pay", "done", "--reason", "r", "--result", "@result.json"},
                    folder.path())
            .exit == 0);
  CHECK(marked_status(folder).at("steps").at(0).at("result") == Json{1, 2});
}

TEST_CASE("mark failed records who said so and why", "[cli]") {
  const Folder folder;
  record_run(folder.path(), "7f3a-lucky-heron", cut_off());
  CHECK(run_runbook({"mark", "7f3a", "pay", "failed", "--reason", "never arrived"}, folder.path())
            .exit == 0);
  const Json step = marked_status(folder).at("steps").at(0);
  CHECK(step.at("state") == "failed");
  CHECK(step.at("error").at("code") == "RB1211");
  CHECK(step.at("error").at("message") == "never arrived");
}

TEST_CASE("mark needs a reason, a known step, a state and JSON", "[cli]") {
  const Folder folder;
  record_run(folder.path(), "7f3a-lucky-heron", cut_off());
  const auto exit_of = [&](const std::vector<std::string>& arguments) {
    return run_runbook(arguments, folder.path()).exit;
  };
  CHECK(exit_of({"mark", "7f3a", "pay", "done"}) == 2);
  CHECK(exit_of({"mark", "7f3a", "pya", "done", "--reason", "r"}) == 2);
  CHECK(exit_of({"mark", "7f3a", "pay", "finished", "--reason", "r"}) == 2);
  CHECK(exit_of({"mark", "7f3a", "pay", "done", "--reason", "r", "--result", "{"}) == 2);
  CHECK(exit_of({"mark", "7f3a", "pay", "failed", "--reason", "r", "--result", "1"}) == 2);
  CHECK(marked_status(folder).at("steps").at(0).at("state") == "interrupted");
}

TEST_CASE("mark is refused when the run has ended for good", "[cli]") {
  const Folder folder;
  Script script;
  script.session().begin("pay").ok("pay").end(RunPhase::ok, 0);
  script.add(event::RunFinished{RunPhase::ok});
  record_run(folder.path(), "7f3a-lucky-heron", script);
  const Ran ran = run_runbook({"mark", "7f3a", "pay", "failed", "--reason", "r"}, folder.path());
  CHECK(ran.exit == 2);
  CHECK_THAT(ran.err, ContainsSubstring("RB0109"));
}
