// list, show RECIPE, and what `runbook` alone prints.

#include <algorithm>

#include "engine/base/json.h"
#include "tests/catch.h"
#include "tests/cli/program.h"
#include "tests/cli/recorded.h"
#include "tests/tmux.h"

using namespace runbook;
using namespace runbook::test;

namespace {

constexpr std::string_view kDeploy = R"(
local p = recipe {
  name = 'deploy', version = '1.4.0', summary = 'Deploy the token',
  params = {
    rpc = param.url { env = 'RPC_URL', help = 'JSON-RPC endpoint' },
    replicas = param.integer { default = 2, min = 1, max = 9 },
    region = param.enum { values = { 'eu', 'us' } },
  },
}
step('prepare', function() end)
)";

/// A project with a recipe that has a header, one that has none, one that is broken, and files
/// that are no recipes.
void write_recipes(const Folder& folder) {
  folder.write("recipes/deploy.lua", std::string(kDeploy));
  folder.write("recipes/lib/chain.lua", "return { answer = 42 }\n");
  folder.write("plain.lua", "step('a', function() end)\n");
  folder.write("broken.lua", "recipe { name = 'broken'\n");
  folder.write("library.lua", "return { answer = 42 }\n");
  folder.write("editor.lua", "vim.opt.number = true\n");
  folder.write("node_modules/x/index.lua", "step('a', function() end)\n");
  folder.write("tests/x.lua", "step('a', function() end)\n");
  folder.write("commented.lua", "-- the body of step('a', f)\nerror 'no recipe'\n");
  folder.write("member.lua",
               "local G = {}\nfunction G.step(name) return host.step(name) end\nG()\n");
}

}  // namespace

TEST_CASE("list names the recipes below the root with their summaries, and nothing else", "[cli]") {
  const Folder folder;
  write_recipes(folder);
  const Ran ran = run_runbook({"list"}, folder.path());
  CHECK(ran.exit == 0);
  CHECK(ran.err.empty());
  CHECK_THAT(ran.out, ContainsSubstring("broken.lua          (does not load: RB0202 "));
  CHECK_THAT(ran.out, ContainsSubstring("\nplain.lua\n"
                                        "recipes/deploy.lua  Deploy the token\n"));
  CHECK(std::count(ran.out.begin(), ran.out.end(), '\n') == 3);
  CHECK_FALSE(std::filesystem::exists(folder.path() / ".runbook"));
}

TEST_CASE("list as JSON says what each recipe is called, does, or why it does not load", "[cli]") {
  const Folder folder;
  write_recipes(folder);
  const Json list =
      parse_json(run_runbook({"list", "--output", "json"}, folder.path()).out, "list");
  REQUIRE(list.size() == 3);
  CHECK(list.at(0).at("error").at("code") == "RB0202");
  CHECK(list.at(1).at("summary") == "");
  CHECK(list.at(2) == Json{{"v", 1},
                           {"recipe", "recipes/deploy.lua"},
                           {"name", "deploy"},
                           {"summary", "Deploy the token"},
                           {"error", nullptr}});
}

TEST_CASE("list says so when there is no recipe", "[cli]") {
  const Folder folder;
  const Ran ran = run_runbook({"list"}, folder.path());
  CHECK(ran.exit == 0);
  CHECK(ran.out.empty());
  CHECK_THAT(ran.err, ContainsSubstring("no recipes below " + folder.path().string()));
}

TEST_CASE("show RECIPE prints parameters with types, defaults and help, before any run", "[cli]") {
  const Folder folder;
  write_recipes(folder);
  const Ran ran = run_runbook({"show", "recipes/deploy.lua"}, folder.path());
  INFO(ran.err);
  CHECK(ran.exit == 0);
  CHECK(ran.out ==
        "deploy  recipes/deploy.lua  1.4.0\n"
        "Deploy the token\n"
        "\n"
        "Parameters\n"
        "  region    one of eu, us, required\n"
        "  replicas  integer 1..9, default 2\n"
        "  rpc       url, required, or $RPC_URL: JSON-RPC endpoint\n"
        "\n"
        "Steps are known once a run of it has finished.\n"
        "\n"
        "Next\n"
        "  runbook run recipes/deploy.lua -p region=...\n");
  CHECK(run_runbook({"show", "deploy"}, folder.path()).out == ran.out);
}

TEST_CASE("show RECIPE on a terminal wraps the help of a parameter beside its name", "[cli]") {
  const Folder folder;
  folder.write(
      "r.lua",
      "recipe { params = { rpc = param.url { env = 'RPC_URL', help = 'of a node that serves "
      "the chain' } } }\n");
  const Tmux terminal("cd '" + folder.path().string() + "' && '" RUNBOOK_BINARY "' show r", 40, 12);
  REQUIRE(terminal.shows("Next"));
  CHECK_THAT(terminal.shown(), ContainsSubstring("\n  rpc  url, required, or $RPC_URL: of a\n"
                                                 "       node that serves the chain\n"));
}

TEST_CASE("show RECIPE labels the steps of its last finished run", "[cli]") {
  const Folder folder;
  write_recipes(folder);
  Script good;
  good.session().begin("prepare").ok("prepare").end(RunPhase::ok, 0);
  good.add(event::RunFinished{RunPhase::ok});
  record_run(folder.path(), "9b22-calm-otter", good);
  Script unfinished;
  unfinished.session().begin("not in it").ok("not in it");
  record_run(folder.path(), "7f3a-lucky-heron", unfinished);
  const Ran ran = run_runbook({"show", "deploy"}, folder.path());
  CHECK_THAT(ran.out, ContainsSubstring("Steps of its last finished run, 9b22-calm-otter"));
  CHECK_THAT(ran.out, ContainsSubstring("  ok          prepare"));
  CHECK_THAT(ran.out, !ContainsSubstring("not in it"));
  const Json json =
      parse_json(run_runbook({"show", "deploy", "--output", "json"}, folder.path()).out, "show");
  CHECK(json.at("v") == 1);
  CHECK(json.at("steps_from") == "9b22-calm-otter");
  CHECK(json.at("steps") == Json::array({{{"path", "prepare"}, {"kind", "step"}}}));
  CHECK(json.at("params").at(0).at("values") == Json{"eu", "us"});
}

TEST_CASE("runbook alone shows how to begin, what is unfinished, and the recipes", "[cli]") {
  const Folder folder;
  write_recipes(folder);
  Script script;
  script.session().begin("prepare");
  record_run(folder.path(), "7f3a-lucky-heron", script);
  const Ran ran = run_runbook({}, folder.path());
  CHECK(ran.exit == 0);
  CHECK(ran.err.empty());
  CHECK_THAT(ran.out, ContainsSubstring("  resume      continue a run"));
  CHECK_THAT(ran.out, !ContainsSubstring("  services "));
  CHECK_THAT(ran.out, ContainsSubstring("  7f3a-lucky-heron       interrupted"));
  CHECK_THAT(ran.out, ContainsSubstring("  recipes/deploy.lua  Deploy the token\n"));
}

TEST_CASE("runbook alone shows ten recipes and says how to see the others", "[cli]") {
  const Folder folder;
  for (int number = 10; number < 22; ++number) {
    folder.write("recipe" + std::to_string(number) + ".lua", "step('a', function() end)\n");
  }
  const Ran ran = run_runbook({}, folder.path());
  CHECK_THAT(ran.out, ContainsSubstring("recipe19.lua"));
  CHECK_THAT(ran.out, !ContainsSubstring("recipe20.lua"));
  CHECK_THAT(ran.out, ContainsSubstring("and 2 more: runbook list\n"));
}

TEST_CASE("runbook alone where there is nothing is a usage error", "[cli]") {
  const Folder folder;
  const Ran ran = run_runbook({}, folder.path());
  CHECK(ran.exit == 2);
  CHECK(ran.out.empty());
  CHECK_THAT(ran.err, ContainsSubstring("runbook: resumable recipes"));
  CHECK_THAT(ran.err, ContainsSubstring("runbook --help"));
}
