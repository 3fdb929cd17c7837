// Errors that no other test meets, through the real program: number, exit code, and the line they
// name.

#include <csignal>

#include "engine/base/json.h"
#include "tests/catch.h"
#include "tests/cli/program.h"
#include "tests/io_http/http_server.h"

using namespace runbook;
using namespace runbook::test;

namespace {

struct Refusal {
  std::string recipe, number, says;
  int exit = 1;
};

void check_refusal(const Refusal& refusal, const Environment& environment = {}) {
  const Folder folder;
  folder.write("r.lua", refusal.recipe);
  const Ran ran = run_runbook({"run", "r.lua"}, folder.path(), environment);
  INFO(refusal.recipe << "\n" << ran.out << ran.err);
  CHECK(ran.exit == refusal.exit);
  CHECK_THAT(ran.err, ContainsSubstring(refusal.number));
  CHECK_THAT(ran.err, ContainsSubstring(refusal.says));
}

/// Fails in its last step, with a parameter, a service, and a stopped sibling.
constexpr std::string_view kFails = R"(
local p = recipe { params = { size = param.integer { default = 1 } } }
local service = require 'service'
step('start', function()
  return service.start { 'sh', '-c', 'echo up; exec sleep 60', name = 'server', ready = { log = 'up' } }
end)
finally(function() service.stop { name = 'server' } end)
parallel('both', {
  bad = function() fail('as it should') end,
  slow = function() sleep('long', '1m') end,
})
)";

Json refused_status(const Folder& folder) {
  return parse_json(run_runbook({"status", "--output", "json"}, folder.path()).out, "status");
}

}  // namespace

TEST_CASE("recipe{} that comes too late, or twice, is refused", "[cli][refusals]") {
  const std::string header =
      "local p = recipe { params = { n = param.integer { default = 1 } } }\n";
  check_refusal({"step('a', function() end)\n" + header, "RB0205", "r.lua:2", 3});
  check_refusal({"local home = env('HOME')\n" + header, "RB0205", "r.lua:2", 3});
  check_refusal({header + header, "RB0205", "a second time", 3});
}

TEST_CASE("What belongs to a step or to the top level is refused elsewhere", "[cli][refusals]") {
  check_refusal({"skip('nothing to do')\n", "RB1213", "r.lua:1", 3});
  check_refusal({"step('a', function()\n finally(function() end)\nend)\n", "RB1213", "r.lua:2"});
  check_refusal({"step('a', function()\n on_fail(function() end)\nend)\n", "RB1213", "r.lua:2"});
}

TEST_CASE("Pure primitives may stand above recipe{}, what acts or looks may not",
          "[cli][refusals]") {
  const std::string pure =
      "local crypto, json = require 'crypto', require 'json'\n"
      "local name = 'r-' .. crypto.sha256('abc'):sub(1, 4)\n"
      "local size = json.decode('{\"size\": 3}').size\n";
  const std::string header = "local p = recipe { name = name, params = { a = param.string {} } }\n";
  const std::string use = "output { name = name, size = size, a = p.a }\n";
  const Folder folder;
  folder.write("r.lua", pure + header + use);
  const Ran without = run_runbook({"run", "r.lua"}, folder.path());
  CHECK(without.exit == 2);  // so the header was read before there was a run
  CHECK_THAT(without.err, ContainsSubstring("RB0103"));
  const Ran ran = run_runbook({"run", "r.lua", "-p", "a=x"}, folder.path());
  INFO(ran.err);
  CHECK(ran.exit == 0);
  CHECK_THAT(ran.out, ContainsSubstring("r-ba78") && ContainsSubstring("3"));
  check_refusal({"local x = require('json').decode('{')\n" + header, "RB0811", "r.lua:1", 3});
  check_refusal({"local x = require('crypto').sha256 {}\n" + header, "RB0308", "r.lua:1", 3});
  check_refusal(
      {"pcall(require('fs').read, 'r.lua')\nlocal name\n" + header, "RB0205", "r.lua:3", 3});
}

TEST_CASE("A required option that is missing is named", "[cli][refusals]") {
  check_refusal({"step('a', function() require('process').run {} end)\n", "RB0308",
                 "the program and its arguments"});
  check_refusal({"step('a', function() require('fs').write('x') end)\n", "RB0308", "content"});
}

TEST_CASE("env wants a variable that is set and is no secret", "[cli][refusals]") {
  check_refusal({"local x = env('RUNBOOK_TEST_UNSET')\n", "RB1216", "RUNBOOK_TEST_UNSET", 2});
  check_refusal({"local x = env('API_TOKEN')\n", "RB1217", "API_TOKEN", 3}, {{"API_TOKEN", "abc"}});
}

TEST_CASE("What the recipe's allow list does not cover is refused before it happens",
          "[cli][refusals]") {
  const std::string header =
      "recipe { allow = { run = { 'true' }, net = {}, write = { 'out' } } }\n";
  for (const char* act :
       {"require('process').run { 'touch', 'x' }", "require('fs').write('x', 'y')",
        "require('http').get { url = 'http://localhost:1/' }",
        "require('service').start { 'true', name = 's', ready = { http = 'http://localhost:1/' } "
        "}"}) {
    check_refusal({header + "step('a', function() " + act + " end)\n", "RB3001", "r.lua:2", 30});
  }
}

TEST_CASE("A command line tool that the recipe does not allow is not run", "[cli][refusals]") {
  const std::string read =
      "step('look', function() require('kubectl').version { context = 'none' } "
      "end)\n";
  check_refusal({"recipe { allow = { run = { 'git' } } }\n" + read, "RB3001",
                 "kubectl.version wants run access to \"kubectl\"", 30});
}

TEST_CASE("A redirect does not lead out of the recipe's net", "[cli][refusals]") {
  HttpServer server([&](const SeenRequest& request) {
    const std::string port =
        request.headers.at("host").substr(request.headers.at("host").find(':'));
    return request.target == "/a" ? reply(302, "", {{"Location", "http://localhost" + port + "/b"}})
                                  : reply(200, "b");
  });
  const std::string get = "step('a', function() return require('http').get { url = '" +
                          server.url("/a") + "', follow_redirects = true }.body end)\n";
  check_refusal({"recipe { allow = { net = { '127.0.0.1' } } }\n" + get, "RB3001",
                 "http.get wants net access to \"localhost\"", 30});
  CHECK(server.seen().size() == 1);
  const Folder folder;
  folder.write("r.lua", "recipe { allow = { net = { '127.0.0.1', 'localhost' } } }\n" + get);
  CHECK(run_runbook({"run", "r.lua"}, folder.path()).exit == 0);
  CHECK(server.seen().size() == 3);
}

TEST_CASE("Without a usable libcurl HTTP is a missing prerequisite, and nothing else is",
          "[cli][refusals]") {
  const Folder library;
  library.write("libcurl.so.4", "no library");
  const Environment environment = {{"LD_LIBRARY_PATH", library.path().string()}};
  check_refusal({"step('a', function() require('http').get { url = 'http://localhost:1/' } end)\n",
                 "RB0708", "libcurl", 40},
                environment);
  const Folder folder;
  folder.write("r.lua", "step('a', function() end)\n");
  CHECK(run_runbook({"run", "r.lua"}, folder.path(), environment).exit == 0);
}

TEST_CASE("A store on a network filesystem is refused", "[cli][refusals]") {
  // ASan would rather be the first library itself.
  check_refusal({"step('a', function() end)\n", "RB5005", "nfs", 50},
                {{"LD_PRELOAD", NETWORK_FILESYSTEM_LIBRARY},
                 {"ASAN_OPTIONS", "verify_asan_link_order=0:detect_leaks=0"}});
}

TEST_CASE("A key that the project's state does not have is an error", "[cli][refusals]") {
  const Folder folder;
  folder.write("r.lua", "step('a', function() require('state').put('colour', 'red') end)\n");
  CHECK(run_runbook({"run", "r.lua"}, folder.path()).exit == 0);
  const Ran ran = run_runbook({"state", "color"}, folder.path());
  CHECK(ran.exit == 2);
  CHECK_THAT(ran.err, ContainsSubstring("RB0113"));
}

TEST_CASE("A session that reaches its time limit says so", "[cli][refusals]") {
  const Folder folder;
  folder.write("r.lua", "sleep('long', '1m')\n");
  const Ran ran = run_runbook({"run", "r.lua", "--timeout", "100ms"}, folder.path());
  CHECK(ran.exit == 124);
  CHECK_THAT(ran.err, ContainsSubstring("RB0111"));
}

TEST_CASE("A resume with another parameter, or without its service, needs a choice",
          "[cli][refusals]") {
  const Folder folder;
  folder.write("r.lua", std::string(kFails));
  CHECK(run_runbook({"run", "r.lua"}, folder.path()).exit == 1);
  Json pid;
  const Json status = refused_status(folder);
  for (const Json& step : status.at("steps")) {
    if (step.at("path") == "start") {
      pid = step.at("result").at("pid");
    }
    if (step.at("path") == "both/slow") {
      CHECK(step.at("state") == "cancelled");
      CHECK(step.at("error").at("code") == "RB1215");
    }
  }
  const Ran changed = run_runbook({"resume", "-p", "size=2"}, folder.path());
  CHECK(changed.exit == 12);
  CHECK_THAT(changed.err, ContainsSubstring("RB0108"));
  REQUIRE(pid.is_number());
  const int server = pid.get<int>();
  REQUIRE(kill(server, SIGKILL) == 0);
  REQUIRE(eventually([&] { return kill(server, 0) != 0; }));
  const Ran gone = run_runbook({"resume"}, folder.path());
  INFO(gone.err);
  CHECK(gone.exit == 12);
  CHECK_THAT(gone.err, ContainsSubstring("RB0902"));
  CHECK_THAT(gone.err, ContainsSubstring("server"));
  CHECK_THAT(gone.err, ContainsSubstring(" --rerun start "));
  const Ran again = run_runbook({"resume", "--rerun", "start"}, folder.path());
  INFO(again.err);
  CHECK_THAT(again.err, ContainsSubstring("start (attempt 2)"));
}

TEST_CASE("A lock that another live run holds is refused", "[cli][refusals]") {
  const Folder folder;
  folder.write("first.lua", "recipe { lock = 'cluster' }\nsleep('a day', '24h')\n");
  folder.write("second.lua",
               "recipe { lock = function() return 'cluster' end }\nstep('a', function() end)\n");
  const int first = start_runbook({"run", "first.lua"}, folder.path());
  REQUIRE(eventually(
      [&] { return folder.read("background.out").find("waiting") != std::string::npos; }));
  const Ran second = run_runbook({"run", "second.lua"}, folder.path());
  CHECK(second.exit == 20);
  CHECK_THAT(second.err, ContainsSubstring("RB2002"));
  CHECK_THAT(second.err, ContainsSubstring("\"cluster\" is held by run"));
  CHECK(kill(first, SIGTERM) == 0);
  CHECK(wait_for(first) == 143);
}

TEST_CASE("A resume that would act on another target is refused", "[cli][refusals]") {
  const Folder folder;
  folder.write("cluster", "red");
  folder.write("r.lua",
               "recipe { target = function()\n"
               "  return { cluster = require('fs').read('cluster') }\n"
               "end }\n"
               "step('a', function() fail 'no' end)\n");
  CHECK(run_runbook({"run", "r.lua"}, folder.path()).exit == 1);
  folder.write("cluster", "blue");
  const Ran changed = run_runbook({"resume"}, folder.path());
  CHECK(changed.exit == 12);
  CHECK_THAT(changed.err, ContainsSubstring("RB1209"));
  CHECK_THAT(changed.err, ContainsSubstring("blue"));
}

TEST_CASE("A run whose folder cannot be made has no journal to write to", "[cli][refusals]") {
  const Folder folder;
  folder.write("r.lua", "step('a', function() end)\n");
  folder.write(".runbook/runs", "a file\n");
  const Ran ran = run_runbook({"run", "r.lua"}, folder.path());
  CHECK(ran.exit == 50);
  CHECK_THAT(ran.err, ContainsSubstring("RB5001"));
}
