#include "tests/modules/hardhat/hardhat_project.h"

using namespace runbook;
using namespace runbook::test;

TEST_CASE("Hardhat gets its task as arguments, nothing on stdin, and what it must not ask about",
          "[hardhat_module]") {
  setenv("DOTENV_CONFIG_PATH", "/else/where", 1);
  const HardhatProject unused;
  HardhatProject project;
  project.hardhat(
      "cat >stdin; echo 'Compiled 2 Solidity files successfully (evm target: cancun).'");
  const Json result = project.run("compile", {{"force", true},
                                              {"config", "/project/other.config.js"},
                                              {"env", {{"RPC_URL", "http://x"}, {"LEVEL", 3}}}});
  unsetenv("DOTENV_CONFIG_PATH");
  CHECK(result.at("compiled") == 2);
  CHECK(project.read("arguments") == "--config\n/project/other.config.js\ncompile\n--force\n");
  CHECK(project.read("stdin").empty());
  const std::string env = project.read("env");
  CHECK_THAT(env, ContainsSubstring("HARDHAT_DISABLE_TELEMETRY_PROMPT=true"));
  CHECK_THAT(env, ContainsSubstring("CI=1"));
  CHECK_THAT(env, ContainsSubstring("RPC_URL=http://x"));
  CHECK_THAT(env, ContainsSubstring("LEVEL=3"));
  CHECK_THAT(env, !ContainsSubstring("DOTENV_CONFIG_PATH"));
}

TEST_CASE("Hardhat's node is spared what could lead it elsewhere, and what env takes from it",
          "[hardhat_module]") {
  HardhatProject project(RUNBOOK_BINARY);
  setenv("HARDHAT_NETWORK", "mainnet", 1);
  setenv("UNWANTED", "yes", 1);
  Json options{{"env", {{"UNWANTED", false}, {"FORCE_COLOR", "1"}}}};
  const Error ended = project.once_error("node", options);  // the script serves nothing
  unsetenv("HARDHAT_NETWORK");
  unsetenv("UNWANTED");
  CHECK(ended.code == Code::service_exited);
  CHECK_THAT(project.read("arguments"), Catch::Matchers::StartsWith("node\n--hostname\n"));
  const std::string env = project.read("env");
  CHECK_THAT(env, !ContainsSubstring("HARDHAT_NETWORK=") && !ContainsSubstring("UNWANTED="));
  CHECK_THAT(env, ContainsSubstring("FORCE_COLOR=1"));
}

TEST_CASE("Nothing to compile is none compiled", "[hardhat_module]") {
  HardhatProject project;
  project.hardhat("echo 'Nothing to compile'");
  CHECK(project.run("compile", Json::object()).at("compiled") == 0);
}

TEST_CASE("A project without Hardhat says how to install it", "[hardhat_module]") {
  HardhatProject project;
  const Error error = project.error_of("compile", {{"cwd", "/usr"}});
  CHECK(error.code == Code::hardhat_missing);
  CHECK(error.hint == "npm install --prefix /usr");
}

TEST_CASE("Hardhat may be installed above the project, as npm does in a workspace",
          "[hardhat_module]") {
  HardhatProject project;
  std::filesystem::create_directories(project.path("packages/contracts"));
  project.run("compile", {{"cwd", project.path("packages/contracts")}});
  CHECK(project.read("packages/contracts/arguments") == "compile\n");
}

TEST_CASE("A file that is read too late is refused", "[hardhat_module]") {
  HardhatProject project;
  const Error error = project.error_of("compile", {{"env", {{"DOTENV_CONFIG_PATH", "x.env"}}}});
  CHECK(error.code == Code::option_invalid);
  CHECK_THAT(error.hint, ContainsSubstring("pass the variables themselves"));
  CHECK_FALSE(project.was_called());
}

TEST_CASE("A secret goes in as a variable, never as an argument", "[hardhat_module]") {
  HardhatProject project;
  project.vault.add("key", "a-private-key");
  const Error error = project.error_of("task", {{"name", "send"}, {"args", {"a-private-key"}}});
  CHECK(error.code == Code::secret_in_arguments);
  CHECK_FALSE(project.was_called());
  project.run("task", {{"name", "send"}, {"env", {{"KEY", "a-private-key"}}}});
  CHECK_THAT(project.read("env"), ContainsSubstring("KEY=a-private-key"));
}

TEST_CASE("A script's JSON is the result's value", "[hardhat_module]") {
  HardhatProject project;
  project.hardhat("echo '{\"supply\": \"1000\"}'");
  const Json result = project.run(
      "run",
      {{"script", "scripts/a.js"}, {"network", "localhost"}, {"compile", false}, {"json", true}});
  CHECK(result.at("value").at("supply") == "1000");
  CHECK(project.read("arguments") == "--network\nlocalhost\nrun\n--no-compile\nscripts/a.js\n");
  project.hardhat("test $1 = compile && echo Compiled 1 Solidity file || echo '{}'");
  CHECK(project.run("run", {{"script", "a.js"}, {"json", true}}).at("stdout") == "{}\n");
  project.hardhat("echo hello");
  const Error error = project.error_of("run", {{"script", "a.js"}, {"json", true}});
  CHECK(error.code == Code::json_invalid);
  CHECK(error.effect == EffectDone::unknown);
}

TEST_CASE("Tests are counted, and those that fail are an error", "[hardhat_module]") {
  HardhatProject project;
  project.hardhat("printf '  97 passing (1m)\\n  2 pending\\n'");
  const Json result = project.run("test", {{"files", {"test/a.js"}}, {"grep", "token"}});
  CHECK(result.at("passing") == 97);
  CHECK(result.at("failing") == 0);
  CHECK(result.at("pending") == 2);
  CHECK(project.read("arguments") == "test\n--grep\ntoken\ntest/a.js\n");
  project.hardhat(project.as_recorded("tests", 1));
  CHECK(project.error_of("test", Json::object()).code == Code::hardhat_failed);
}

TEST_CASE("A task that asked and then exited with status 0 has failed", "[hardhat_module]") {
  HardhatProject project;
  project.hardhat(project.as_recorded("prompt", 0));
  const Error error = project.error_of("task", {{"name", "anything"}});
  CHECK(error.code == Code::hardhat_prompted);
  CHECK(error.effect == EffectDone::none);
}

TEST_CASE("A task that outlives its time has no known end", "[hardhat_module]") {
  HardhatProject project;
  project.hardhat("exec sleep 60");
  const Error error = project.error_of("task", {{"name", "slow"}, {"timeout", "100ms"}});
  CHECK(error.code == Code::process_timed_out);
  CHECK(error.effect == EffectDone::unknown);
}

TEST_CASE("A line too long to be masked is not logged", "[hardhat_module]") {
  HardhatProject project;
  project.hardhat("head -c 3000000 /dev/zero | tr '\\0' x; echo; echo after");
  RecordedCall call = project.make("task", {{"name", "long"}});
  project.run("task", call);
  CHECK(call.lines.back() == "out after");
  for (const std::string& line : call.lines) {
    CHECK(line.size() < 100);
  }
}
