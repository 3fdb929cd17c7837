// Killed at any instant, each job and each key is made once, and no person is asked.
#include <fmt/format.h>
#include <signal.h>
#include <sys/wait.h>

#include <atomic>
#include <thread>

#include "tests/catch.h"
#include "tests/cli/program.h"
#include "tests/modules/chainlink/node_calls.h"

using namespace runbook;
using namespace runbook::test;

namespace {

constexpr int kWasKilled = 128 + SIGKILL;

/// One way to act, as a recipe, and what the node holds after it was done once.
struct Act {
  std::string name;
  std::string method;
  std::string path;
  std::string recipe;
  std::function<void(const ChainlinkNode&)> check;
};

const std::vector<Act>& acts() {
  static const std::vector<Act> all = {
      {"create_job", "POST", "/v2/jobs",
       "step('create', function() return node:create_job { toml = spec('0x01') } end)",
       [](const ChainlinkNode& node) {
         CHECK(node.count("jobs_created") == 1);
         CHECK(node.state().at("jobs").size() == 1);
       }},
      {"replace_job", "PUT", "/v2/jobs",
       "local job = step('create', function() return node:create_job { toml = spec('0x01') } end)\n"
       "step('replace', function() return node:replace_job { id = job.id, toml = spec('0x02') } "
       "end)",
       [](const ChainlinkNode& node) {
         CHECK(node.count("jobs_replaced") == 1);
         REQUIRE(node.state().at("jobs").size() == 1);
         CHECK_THAT(node.state().at("jobs").at(0).at("toml").get<std::string>(),
                    ContainsSubstring("0x02"));
       }},
      {"create_ocr2_key", "POST", "/v2/keys/ocr2",
       "step('create', function() return node:create_ocr2_key { chain_type = 'evm' } end)",
       [](const ChainlinkNode& node) { CHECK(node.count("ocr2_keys_created") == 1); }},
      {"create_aptos_key", "POST", "/v2/keys/aptos",
       "step('create', function() return node:create_aptos_key() end)",
       [](const ChainlinkNode& node) { CHECK(node.count("aptos_keys_created") == 1); }}};
  return all;
}

constexpr const char* kRecipe = R"lua(
local chainlink = require 'chainlink'
local node = chainlink.node {{
  name = 'node-3', url = '{}', email = 'admin@chain.link',
  password = secret('node', {{ env = 'NODE_PASSWORD' }}),
}}
local function spec(contract)
  return 'type = "bootstrap"\nschemaVersion = 1\nname = "boot"\ncontractID = "' .. contract
    .. '"\nrelay = "evm"\n[relayConfig]\nchainID = "1"\n'
end
{}
)lua";

/// A project with the recipe of one act on a node of its own.
class Trial {
 public:
  explicit Trial(const Act& act) : act_(act) {
    folder_.write("r.lua", fmt::format(kRecipe, node.url(), act.recipe));
  }

  Ran die_at(const std::string& point, int event) {
    Environment environment = kEnvironment;
    environment["CRASH_POINT"] = point;
    environment["CRASH_AT"] = std::to_string(event);
    return run_program(
        {CRASH_PROGRAM, "run", folder_.path().string(), (folder_.path() / "r.lua").string()},
        folder_.path(), environment);
  }
  /// Killed when the node was asked, before or after it has done so.
  void die_when_asked(ChainlinkNode::Moment moment, const std::vector<std::string>& arguments) {
    std::atomic<int> pid = 0;
    node.on_request(moment, act_.method, act_.path, [&pid] {
      while (pid == 0) {
        std::this_thread::yield();
      }
      ::kill(pid, SIGKILL);
    });
    pid = start_runbook(arguments, folder_.path(), kEnvironment);
    CHECK(wait_for(pid) == kWasKilled);
    node.on_request(moment, act_.method, act_.path, nullptr);
  }
  /// What an operator types after a kill: resume, or if nothing was recorded yet, the same again.
  void go_on_and_check() {
    Ran ran = run_runbook({"resume"}, folder_.path(), kEnvironment);
    if (ran.err.find("there are no runs yet") != std::string::npos) {
      ran = run_runbook({"run", "r.lua"}, folder_.path(), kEnvironment);
    }
    INFO(ran.err);
    REQUIRE(ran.exit == 0);
    act_.check(node);
  }

  ChainlinkNode node;

 private:
  inline static const Environment kEnvironment = {{"NODE_PASSWORD", kPassword}};
  const Act& act_;
  const Folder folder_;
};

}  // namespace

TEST_CASE("Killed before or after any event, each job and key is made once", "[chainlink]") {
  const std::string point = GENERATE("before_append", "after_commit");
  const int which = GENERATE(0, 1, 2);
  const Act& act = acts().at(static_cast<std::size_t>(which));
  int event = 1;
  for (;; ++event) {
    Trial trial(act);
    const Ran killed = trial.die_at(point, event);
    INFO(act.name << ": " << point << " " << event << "\n" << killed.err);
    if (killed.exit == 0) {
      act.check(trial.node);
      break;
    }
    REQUIRE(killed.exit == kWasKilled);
    trial.go_on_and_check();
  }
  CHECK(event > 6);
}

TEST_CASE("Killed while the node does it, or when it has done it, each job and key is made once",
          "[chainlink]") {
  for (const Act& act : acts()) {
    for (const auto moment : {ChainlinkNode::Moment::before, ChainlinkNode::Moment::after}) {
      INFO(act.name << (moment == ChainlinkNode::Moment::before ? ", before" : ", after"));
      Trial trial(act);
      trial.die_when_asked(moment, {"run", "r.lua"});
      trial.go_on_and_check();
    }
  }
}

TEST_CASE("Killed when the node has not done it, each job and key is made by a resume",
          "[chainlink]") {
  for (const Act& act : acts()) {
    INFO(act.name);
    Trial trial(act);
    trial.node.fault({{"kind", "drop"}, {"method", act.method}, {"path", act.path}});
    trial.die_when_asked(ChainlinkNode::Moment::after, {"run", "r.lua"});
    trial.go_on_and_check();
  }
}

TEST_CASE("Killed when a replacement had only deleted, the job is there after a resume",
          "[chainlink]") {
  Act act = acts().at(1);
  act.check = [](const ChainlinkNode& node) {
    CHECK(node.count("jobs_created") == 2);
    REQUIRE(node.state().at("jobs").size() == 1);
    CHECK(node.state().at("jobs").at(0).at("attributes").at("bootstrapSpec").at("contractID") ==
          "0x02");
  };
  Trial trial(act);
  trial.node.fault({{"kind", "half_replace"}, {"method", "PUT"}});
  trial.die_when_asked(ChainlinkNode::Moment::after, {"run", "r.lua"});
  CHECK(trial.node.state().at("jobs").empty());
  trial.go_on_and_check();
}
