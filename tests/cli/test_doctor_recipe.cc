// doctor RECIPE: the tools it needs, what it must be given, whether it loads.

#include "engine/base/json.h"
#include "engine/cli/doctor.h"
#include "engine/cli/doctor_tools.h"
#include "engine/lua/module.h"
#include "tests/catch.h"
#include "tests/cli/program.h"

using namespace runbook;
using namespace runbook::test;

namespace {

std::string add_script(const Folder& folder, const std::string& name, const std::string& script) {
  namespace fs = std::filesystem;
  const fs::path program = folder.write("bin/" + name, "#!/bin/sh\n" + script + "\n");
  fs::permissions(program, fs::perms::owner_all);
  return program.string();
}

Environment with_tools(const Folder& folder, Environment more = {}) {
  more["PATH"] = (folder.path() / "bin").string() + ":/usr/bin:/bin";
  return more;
}

Ran doctor_of_recipe(const Folder& folder, const Environment& more = {}) {
  return run_runbook({"doctor", "r.lua"}, folder.path(), with_tools(folder, more));
}

}  // namespace

TEST_CASE("doctor of a recipe says of each tool where it is and which version it has",
          "[cli][doctor]") {
  const Folder folder;
  folder.write("r.lua",
               "recipe { needs = { ['test-cluster'] = '>=1.27', ['test-old'] = '>=2',\n"
               "  ['test-absent'] = '*', sh = '*' } }\nstep('a', function() end)\n");
  const std::string cluster = add_script(folder, "test-cluster", "echo v1.30.2");
  const std::string old = add_script(folder, "test-old", "echo 1.9");
  const Ran ran = doctor_of_recipe(folder);
  CHECK(ran.exit == 40);
  CHECK_THAT(ran.out, ContainsSubstring("ok     recipe     r.lua loads, and all that it requires"));
  CHECK_THAT(ran.out,
             ContainsSubstring("ok     test-cluster 1.30.2, " + cluster + " (>=1.27 is needed)\n"));
  CHECK_THAT(ran.out,
             ContainsSubstring("WRONG  test-old   RB1402: " + old + " is 1.9, and >=2 is needed"));
  CHECK_THAT(ran.out,
             ContainsSubstring("WRONG  test-absent RB1401: test-absent is not on PATH\n") &&
                 ContainsSubstring(" -> install test-absent, or put it on PATH\n"));
  CHECK_THAT(ran.out, ContainsSubstring("ok     sh         /"));
  CHECK_THAT(ran.out, ContainsSubstring("\n2 problems\n"));
}

TEST_CASE("doctor of a recipe names the parameters that nothing gives yet, and wrong ones",
          "[cli][doctor]") {
  const Folder folder;
  folder.write("r.lua",
               "recipe { params = {\n"
               "  rpc = param.url { env = 'TEST_RPC', help = 'a node' },\n"
               "  team = param.string {}, size = param.integer { env = 'TEST_SIZE' },\n"
               "  key = param.secret { env = 'TEST_KEY' },\n"
               "  note = param.string { required = false } } }\nstep('a', function() end)\n");
  const Ran missing = doctor_of_recipe(folder, {{"TEST_KEY", "hunter2hunter2"}});
  CHECK(missing.exit == 0);
  CHECK_THAT(missing.out, ContainsSubstring(
                              "note   parameter  rpc is required and nothing gives it yet: a node\n"
                              "                  -> -p rpc=..., or set TEST_RPC\n"));
  CHECK_THAT(missing.out, ContainsSubstring("note   parameter  team is required"));
  CHECK_THAT(missing.out, !ContainsSubstring("note is required"));
  CHECK_THAT(missing.out, !ContainsSubstring("key is required"));
  const Ran wrong = doctor_of_recipe(folder, {{"TEST_SIZE", "many"}, {"TEST_KEY", "hunt2"}});
  CHECK(wrong.exit == 40);
  CHECK_THAT(wrong.out, ContainsSubstring("WRONG  parameter  RB") && ContainsSubstring("size"));
  CHECK_THAT(wrong.out, ContainsSubstring("\n2 problems\n") && !ContainsSubstring("hunt2"));
}

TEST_CASE("doctor of a recipe loads also what is required behind its header", "[cli][doctor]") {
  const Folder folder;
  folder.write("lib/good.lua", "local json = require 'json'\nreturn {}\n");
  folder.write("lib/broken.lua", "return {\n");
  folder.write("r.lua",
               "recipe { name = 'r' }\n-- require 'commented'\n--[[ require 'out' ]]\n"
               "local good = require 'good'\nlocal text = \"require 'quoted'\"\n\n"
               "step('a', function()\n  local broken = require('broken')\n"
               "  local jsn = require \"jsn\"\nend)\n");
  const Ran ran = doctor_of_recipe(folder);
  CHECK(ran.exit == 40);
  CHECK_THAT(ran.out, ContainsSubstring("WRONG  recipe     RB0202: ") &&
                          ContainsSubstring("lib/broken.lua"));
  CHECK_THAT(ran.out, ContainsSubstring("there is no module \"jsn\"; did you mean \"json\"?") &&
                          ContainsSubstring("r.lua:9"));
  CHECK_THAT(ran.out, ContainsSubstring("\n2 problems\n"));
}

TEST_CASE("doctor of a recipe that does not load says where", "[cli][doctor]") {
  const Folder folder;
  folder.write("r.lua", "recipe { name = 'r'\nstep(\n");
  const Ran ran = doctor_of_recipe(folder);
  CHECK(ran.exit == 40);
  CHECK_THAT(ran.out, ContainsSubstring("WRONG  recipe     RB0202") && ContainsSubstring("r.lua:"));
  const Ran none = run_runbook({"doctor", "absent"}, folder.path());
  CHECK(none.exit == 3);
  CHECK_THAT(none.err, ContainsSubstring("RB0201"));
}

TEST_CASE("The checks of a tool are run all at once, and what fails says what to type",
          "[cli][doctor]") {
  const Folder folder;
  // Each check waits until the other has begun.
  const std::string cluster = add_script(
      folder, "test-cluster",
      "touch \"$0.$1\"; until [ -e \"$0.login\" ] && [ -e \"$0.context\" ]; do sleep 0.01; "
      "done; [ $1 = context ] && { echo kind-crib; exit 0; }; echo 'not logged in' >&2; "
      "exit 1");
  FoundNeed found{{"test-cluster", "*"}, {}, {cluster, "1.30"}, std::nullopt};
  found.tool.checks = {{"context", {"context"}, "test-cluster use"},
                       {"login", {"login"}, "test-cluster login"}};
  std::vector<Finding> findings;
  look_at_found({found}, folder.path(), findings);
  CHECK(findings_page(findings, 0) == "ok     test-cluster 1.30, " + cluster +
                                          "\n"
                                          "ok     test-cluster context: kind-crib\n"
                                          "WRONG  test-cluster login: not logged in\n"
                                          "                    -> test-cluster login\n"
                                          "1 problem\n");
}

TEST_CASE("doctor of a recipe as JSON has a state for each need", "[cli][doctor]") {
  const Folder folder;
  folder.write("r.lua",
               "recipe { needs = { ['test-absent'] = '>=2' } }\nstep('a', function() end)");
  const Ran ran =
      run_runbook({"doctor", "r.lua", "--output", "json"}, folder.path(), with_tools(folder));
  CHECK(ran.exit == 40);
  const Json json = parse_json(ran.out, "doctor");
  CHECK(json.at("ok") == false);
  CHECK(json.at("checks").back().at("check") == "test-absent");
  CHECK(json.at("checks").back().at("state") == "wrong");
}

TEST_CASE("The findings of doctor are wrapped beside their names on a terminal", "[cli][doctor]") {
  const std::vector<Finding> findings = {
      {Finding::State::ok, "kubectl", "1.32.4, /usr/local/bin/kubectl (>=1.27 is needed)", ""},
      {Finding::State::wrong, "devspace", "RB1401: devspace is not on PATH, and >=6 is needed",
       "install devspace: https://www.devspace.sh/docs/getting-started/installation"}};
  CHECK(findings_page(findings, 80) ==
        "ok     kubectl    1.32.4, /usr/local/bin/kubectl (>=1.27 is needed)\n"
        "WRONG  devspace   RB1401: devspace is not on PATH, and >=6 is needed\n"
        "                  -> install devspace:\n"
        "                     https://www.devspace.sh/docs/getting-started/installation\n"
        "1 problem\n");
  CHECK(findings_page(findings, 40) ==
        "ok     kubectl    1.32.4,\n"
        "                  /usr/local/bin/kubectl\n"
        "                  (>=1.27 is needed)\n"
        "WRONG  devspace   RB1401: devspace is\n"
        "                  not on PATH, and >=6\n"
        "                  is needed\n"
        "                  -> install devspace:\n"
        "                     https://www.devspace.sh/docs/getting-started/installation\n"
        "1 problem\n");
}

TEST_CASE("doctor of a recipe takes its parameters, and asks tools about what they name",
          "[cli][doctor]") {
  const Folder folder;
  folder.write(
      "r.lua",
      "recipe { params = { context = param.string {}, nodes = param.path { required = false "
      "} },\n  needs = { kubectl = { version = '>=1.24', unless = 'nodes', with = { context "
      "= 'context' } } } }\nstep('a', function() end)\n");
  // Says what it was asked, as the check's first line.
  add_script(folder, "kubectl",
             "case \"$1\" in version) echo '{\"clientVersion\":{\"gitVersion\":\"v1.30.1\"}}';; *) "
             "echo \"$@\";; esac");
  const auto doctor = [&](std::vector<std::string> typed) {
    std::vector<std::string> words = {"doctor", "r.lua"};
    words.insert(words.end(), typed.begin(), typed.end());
    return run_runbook(words, folder.path(), with_tools(folder));
  };
  const Ran west = doctor({"-p", "context=west"});
  CHECK(west.exit == 0);
  CHECK_THAT(west.out, ContainsSubstring("--context=west") && !ContainsSubstring("kubeconfig"));
  CHECK_THAT(west.out, !ContainsSubstring("is required"));
  CHECK_THAT(doctor({}).out, !ContainsSubstring("--context="));
  CHECK_THAT(doctor({"-p", "nodes=list.txt"}).out, !ContainsSubstring("kubectl"));
  const Ran unknown = doctor({"-p", "contex=west"});
  CHECK(unknown.exit == 40);
  CHECK_THAT(unknown.out, ContainsSubstring("no parameter contex; did you mean context?"));
}
