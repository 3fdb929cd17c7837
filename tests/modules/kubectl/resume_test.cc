// Primitives that act once, cut off and resumed: by the real program, with the fake on its PATH.
#include <signal.h>

#include "engine/service/service.h"
#include "tests/cli/program.h"
#include "tests/modules/kubectl/kubectl_calls.h"

using namespace runbook;
using namespace runbook::test;

namespace {

struct Resumed {
  explicit Resumed(const std::string& step) {
    folder.write("r.lua",
                 "local kubectl = require \"kubectl\"\nlocal service = require \"service\"\n"
                 "local web = { context = \"admin\", namespace = \"web\" }\n" +
                     step);
  }
  Ran type(const std::vector<std::string>& arguments) const {
    return run_runbook(arguments, folder.path(), environment());
  }
  Environment environment() const { return {{"PATH", kubectl.path_variable()}}; }
  bool has(const char* file) const { return std::filesystem::exists(folder.path() / file); }

  const Folder folder;
  FakeTool kubectl{"kubectl", recorded_kubectl()};
};

constexpr const char* kUndo =
    "step('take back', function()\n"
    "  return kubectl.rollout_undo { 'deployment/web', context = 'admin', namespace = 'web' }\n"
    "end)\n";

std::string forward_recipe(int port) {
  return "local reached = step('reach it', function()\n"
         "  return kubectl.port_forward { 'service/web', port = 80, local_port = " +
         std::to_string(port) +
         ", context = 'admin', namespace = 'web' }\n"
         "end)\n"
         "step('stop it', function() return service.stop('service-web') end)\n"
         "output { address = reached.address }\n";
}

std::vector<std::string> forward_words(int port) {
  return {"--context=admin",     "--namespace=web", "port-forward",
          "--address=127.0.0.1", "service/web",     std::to_string(port) + ":80"};
}

std::string forwarding(int port) {
  return "echo 'Forwarding from 127.0.0.1:" + std::to_string(port) + " -> 80'; exec sleep 600";
}

}  // namespace

TEST_CASE("A rollout that was taken back as the run was killed is not taken back again",
          "[kubectl]") {
  Resumed run(kUndo);
  run.kubectl.play({"rollout-after", "rollout-revisions", "rollout-undo", "rollout-undone"});
  run.kubectl.before("rollout-undo", "kill -9 $PPID");
  CHECK(run.type({"run", "r.lua"}).exit == 128 + SIGKILL);
  const Ran resumed = run.type({"resume", "@last"});
  INFO(resumed.err);
  CHECK(resumed.exit == 0);
  CHECK(run.kubectl.played() == std::vector<std::string>{"rollout-after", "rollout-revisions",
                                                         "rollout-undo", "rollout-undone"});
}

TEST_CASE("A rollout that was not taken back when the run was killed is now", "[kubectl]") {
  Resumed run(kUndo);
  run.kubectl.play({"rollout-after", "rollout-revisions"});
  run.kubectl.play("killed",
                   {"--context=admin", "--namespace=web", "--request-timeout=30s", "rollout",
                    "undo", "deployment/web", "--to-revision=1"},
                   "");
  run.kubectl.play({"rollout-undo"});
  run.kubectl.before("killed", "kill -9 $PPID");
  CHECK(run.type({"run", "r.lua"}).exit == 128 + SIGKILL);
  const Ran resumed = run.type({"resume", "@last"});
  INFO(resumed.err);
  CHECK(resumed.exit == 0);
  CHECK(run.kubectl.played().back() == "rollout-undo");
}

TEST_CASE("A port that is forwarded is a service of the run", "[kubectl]") {
  const int port = free_port();
  Resumed run(forward_recipe(port));
  run.kubectl.play("forward", forward_words(port), "");
  run.kubectl.before("forward", forwarding(port));
  const Ran ran = run.type({"run", "r.lua"});
  INFO(ran.err);
  CHECK(ran.exit == 0);
  CHECK_THAT(ran.out, ContainsSubstring("address: 127.0.0.1:" + std::to_string(port)));
}

TEST_CASE("A forward whose run was killed before kubectl answered is found again, and waited for",
          "[kubectl]") {
  const int port = free_port();
  Resumed run(forward_recipe(port));
  const std::string folder = run.folder.path().string();
  run.kubectl.play("forward", forward_words(port), "");
  run.kubectl.before("forward", "cd " + folder +
                                    "; touch begun; until [ -e answer ]; do sleep 0.02; done; " +
                                    forwarding(port));
  const int pid = start_runbook({"run", "r.lua"}, run.folder.path(), run.environment());
  CHECK(eventually([&] { return run.has("begun"); }));
  kill(pid, SIGKILL);
  wait_for(pid);
  run.folder.write("answer", "");
  const Ran resumed = run.type({"resume", "@last"});
  INFO(resumed.err);
  CHECK(resumed.exit == 0);
  CHECK(run.kubectl.played() == std::vector<std::string>{"forward"});
}

TEST_CASE("A forward to what is not there fails with kubectl's reason, and leaves nothing",
          "[kubectl]") {
  Resumed run(
      "step('reach it', function()\n"
      "  return kubectl.port_forward { 'service/nope', port = 80, local_port = 40123,\n"
      "    context = 'admin', namespace = 'web' }\n"
      "end)\n");
  run.kubectl.play({"port-forward-missing"});
  const Ran ran = run.type({"run", "r.lua"});
  CHECK(ran.exit == 1);
  CHECK_THAT(ran.err,
             ContainsSubstring("RB3104") && ContainsSubstring("services \"nope\" not found"));
  CHECK_THAT(run.type({"status", "@last"}).out, !ContainsSubstring("service-nope  running"));
}

TEST_CASE("A command in a container that was cut off asks, unless the recipe says what it is",
          "[kubectl]") {
  const std::string more = GENERATE("", ", idempotent = true");
  INFO(more);
  Resumed run(
      "step('migrate', function()\n"
      "  return kubectl.exec { 'migrate', object = 'deployment/web', context = 'admin',\n"
      "    namespace = 'web'" +
      more +
      " }.code\n"
      "end)\n");
  const std::vector<std::string> words{
      "--context=admin", "--namespace=web", "exec", "deployment/web", "--", "migrate"};
  run.kubectl.play("killed", words, "");
  run.kubectl.play("migrated", words, "done\n");
  run.kubectl.before("killed", "kill -9 $PPID");
  CHECK(run.type({"run", "r.lua"}).exit == 128 + SIGKILL);
  const Ran resumed = run.type({"resume", "@last"});
  INFO(resumed.err);
  CHECK(resumed.exit == (more.empty() ? 11 : 0));
  if (more.empty()) {
    CHECK_THAT(resumed.err, ContainsSubstring("leaves no trace that runbook knows of"));
  }
}
