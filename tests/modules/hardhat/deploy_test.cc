#include "tests/modules/hardhat/hardhat_project.h"

using namespace runbook;
using namespace runbook::test;

namespace {

// What recorded/pending.json holds: the account's first transaction.
constexpr const char* kHash = "0x2f68f374273ce62013a7f14bca363524090c2b5e098af131429f7c2529dbf671";
constexpr const char* kSender = "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266";
constexpr const char* kFirst = "0x5FbDB2315678afecb367f032d93F642f64180aa3";
constexpr const char* kFirstLower = "0x5fbdb2315678afecb367f032d93f642f64180aa3";

const std::string kToken = std::string(R"({"address":")") + kFirst +
                           R"(","abi":[],"deployedBytecode":"0x6001","args":["7"]})";

/// Its hardhat deploys Token to the address of the account's first contract.
struct Deploying : HardhatProject {
  Deploying() {
    write("Token.json", kToken);
    hardhat("mkdir -p deployments/local && cp Token.json deployments/local/");
    chain.set([](FakeChain::State& state) { state.code[kFirstLower] = "0x6001"; });
  }
  Json options(const Json& more = Json::object()) const {
    Json all{{"network", "local"}, {"url", chain.url()}, {"sender", kSender}};
    all.update(more);
    return all;
  }
  Json deploy(const Json& more = Json::object()) { return run_once("deploy", options(more)); }
  Error deploy_error(const Json& more = Json::object()) {
    return once_error("deploy", options(more));
  }
  /// As a deploy that was killed leaves it.
  void leave_pending() const {
    Json pending = Json::parse(hardhat::recorded("pending.json"));
    pending[kHash]["deployment"] = {{"abi", Json::array()}, {"deployedBytecode", "0x6001"}};
    write("deployments/local/.pendingTransactions", pending.dump());
  }
  static Json receipt(int status) {
    return {{"status", "0x" + std::to_string(status)},
            {"from", kSender},
            {"contractAddress", kFirstLower},
            {"transactionIndex", "0x0"},
            {"gasUsed", "0x10"},
            {"cumulativeGasUsed", "0x10"},
            {"blockHash", "0x01"},
            {"blockNumber", "0x2"},
            {"transactionHash", kHash}};
  }
  static Json first_transaction(const std::string& hash) {
    return {{"hash", hash}, {"from", kSender}, {"nonce", "0x0"}};
  }
  Outcome probe_after(const Json& intent_more) {
    Json intent{{"chain_id", "31337"}, {"genesis", "0x00aa"}, {"stale", false}};
    intent.update(intent_more);
    return probe("deploy", options(), {intent, {}});
  }

  FakeChain chain;
};

}  // namespace

TEST_CASE("A deploy returns what stands on the chain, and whether it is new", "[hardhat_module]") {
  Deploying project;
  const Json first = project.deploy({{"tags", {"a", "b"}}, {"expect", {"Token"}}});
  CHECK(project.read("arguments") == "--network\nlocal\ndeploy\n--tags\na,b\n");
  CHECK(first.at("chain_id") == 31337);
  CHECK(first.at("contracts").at("Token").at("address") == kFirst);
  CHECK(first.at("contracts").at("Token").at("args").at(0) == "7");
  CHECK(first.at("contracts").at("Token").at("new") == true);
  CHECK(project.deploy().at("contracts").at("Token").at("new") == false);
}

TEST_CASE("Exit 0 is not enough: what was expected must be there, with its code",
          "[hardhat_module]") {
  Deploying project;
  const Error other = project.deploy_error({{"expect", {"Token", "Sale"}}});
  CHECK(other.code == Code::hardhat_deployment_missing);
  CHECK_THAT(other.message, ContainsSubstring("left no deployment of Sale"));
  std::filesystem::remove_all(project.path("deployments"));
  project.hardhat("exit 0");
  CHECK(project.deploy_error().code == Code::hardhat_deployment_missing);
  CHECK_NOTHROW(project.deploy({{"expect", Json::array()}}));
  project.hardhat("mkdir -p deployments/local && cp Token.json deployments/local/");
  project.chain.set([](FakeChain::State& state) { state.code.clear(); });
  CHECK_THAT(project.deploy_error().message, ContainsSubstring("Token has no code at"));
}

TEST_CASE("A prompt, a node that is down, another chain: each has its number", "[hardhat_module]") {
  Deploying project;
  project.hardhat(project.as_recorded("prompt", 0));
  CHECK(project.deploy_error().code == Code::hardhat_prompted);
  project.hardhat(project.as_recorded("HH108", 1));
  CHECK(project.deploy_error().code == Code::hardhat_unreachable);
  CHECK(project.deploy_error({{"chain_id", 1}}).code == Code::chain_mismatch);
  const std::string nowhere = "http://127.0.0.1:" + std::to_string(closed_port());
  const Error down = project.deploy_error({{"url", nowhere}});
  CHECK(down.code == Code::hardhat_unreachable);
  CHECK(down.transient);
}

TEST_CASE("A folder of a chain that is no more is refused before Hardhat is asked",
          "[hardhat_module]") {
  Deploying project;
  project.deploy();
  std::filesystem::remove(project.path("arguments"));
  project.chain.set([](FakeChain::State& state) { state.code[kFirstLower] = "0x6002"; });
  const Error other = project.deploy_error();
  CHECK(other.code == Code::hardhat_deployment_missing);
  CHECK_THAT(other.message, ContainsSubstring("Token has other code at"));
  project.write("deployments/local/.chainId", "1");
  const Error foreign = project.deploy_error();
  CHECK(foreign.code == Code::chain_mismatch);
  CHECK_FALSE(project.was_called());
  CHECK(project.deploy_error({{"stale", "keep"}}).code == Code::option_invalid);
}

TEST_CASE("The accounts that send are held, and open transactions of another run go first",
          "[hardhat_module]") {
  Deploying project;
  project.leave_pending();
  project.chain.set(
      [](FakeChain::State& state) { state.mined_when_sent[kHash] = Deploying::receipt(1); });
  const Json options = project.options({{"sender", "0x00000000000000000000000000000000000000AA"}});
  const Json intent = project.prepare("deploy", options).data;
  RecordedCall busy = project.make("deploy", options, {intent});
  OpenIntent open;
  open.run = "7f3a-lucky-heron";
  open.step = "pay";
  busy.open = {open};
  try {
    project.run("deploy", busy);
    FAIL("it deployed");
  } catch (const Error& error) {
    CHECK(error.code == Code::sender_busy);
    CHECK_THAT(error.hint, ContainsSubstring("7f3a-lucky-heron"));
  }
  CHECK_FALSE(project.was_called());
  RecordedCall call = project.make("deploy", options, {intent});
  project.run("deploy", call);
  CHECK(call.leases ==
        std::vector<std::string>{"eth/0x00aa/31337/0x00000000000000000000000000000000000000aa",
                                 std::string("eth/0x00aa/31337/") + kSender,
                                 "eth/0x00aa/31337/0x00000000000000000000000000000000000000aa"});
  CHECK(call.held == std::vector<std::string>{call.leases.front()});
}

TEST_CASE("A transaction sent between noting the nonce and holding the account is not Hardhat's",
          "[hardhat_module]") {
  Deploying project;
  const Json options = project.options();
  RecordedCall call = project.make("deploy", options, {project.prepare("deploy", options).data});
  project.chain.on_question(
      [&](FakeChain::State& state) { state.count = call.leases.size() < 2 ? 0 : 1; });
  project.run("deploy", call);
  CHECK(call.intent().at("nonce") == 1);
  CHECK(call.held.size() == 1);
}

TEST_CASE("A Hardhat that failed after its account created what no file tells has no known end",
          "[hardhat_module]") {
  Deploying project;
  project.hardhat(project.as_recorded("HH108", 1));
  CHECK(project.deploy_error().effect == EffectDone::none);
  std::filesystem::remove(project.path("arguments"));
  project.chain.on_question([&](FakeChain::State& state) {
    state.count = state.pending_count = project.was_called() ? 1 : 0;
  });
  const Error error = project.deploy_error();
  CHECK(error.code == Code::hardhat_unreachable);
  CHECK(error.effect == EffectDone::unknown);
  CHECK_THAT(error.message, ContainsSubstring(std::string(kFirst) + " (nonce 0)"));
}

TEST_CASE("An address that a script only registered is not looked up", "[hardhat_module]") {
  Deploying project;
  project.write("deployments/local/Admin.json",
                R"({"address":"0x00000000000000000000000000000000000000aa","abi":[]})");
  CHECK(project.deploy().at("contracts").contains("Admin"));
}

TEST_CASE("A stale folder may be removed, one of this chain is kept", "[hardhat_module]") {
  Deploying project;
  project.write(
      "deployments/local/Old.json",
      R"({"address":"0x00000000000000000000000000000000000000aa","transactionHash":"0x01"})");
  const Json deployed = project.deploy({{"stale", "remove"}});
  CHECK(deployed.at("contracts").size() == 1);
  project.hardhat("test -f deployments/local/Token.json");
  CHECK_NOTHROW(project.deploy({{"stale", "remove"}}));
}

TEST_CASE("An open transaction of a killed deploy is mined and gets its file before Hardhat runs",
          "[hardhat_module]") {
  Deploying project;
  project.leave_pending();
  project.hardhat(
      "test ! -e deployments/local/.pendingTransactions && "
      "test -f deployments/local/Steps.json");
  SECTION("its receipt is there") {
    project.chain.set([](FakeChain::State& state) {
      state.count = 1;
      state.receipts[kHash] = Deploying::receipt(1);
    });
    project.deploy();
    CHECK(project.chain.state().sent.empty());
  }
  SECTION("its bytes are sent again") {
    project.chain.set(
        [](FakeChain::State& state) { state.mined_when_sent[kHash] = Deploying::receipt(1); });
    project.deploy();
    REQUIRE(project.chain.state().sent.size() == 1);
    CHECK_THAT(project.chain.state().sent.front(), Catch::Matchers::StartsWith("0x02f9"));
  }
  const Json file = Json::parse(project.read("deployments/local/Steps.json"));
  CHECK(file.at("address") == kFirst);
  CHECK(file.at("receipt").at("blockNumber") == 2);
  CHECK(file.at("receipt").at("gasUsed") == "16");
  CHECK(file.at("transactionHash") == kHash);
  CHECK(project.read("deployments/local/.chainId") == "31337");
}

TEST_CASE("An open transaction that failed, or whose nonce another one used, is forgotten",
          "[hardhat_module]") {
  Deploying project;
  project.leave_pending();
  SECTION("failed") {
    project.chain.set([](FakeChain::State& state) {
      state.count = 1;
      state.receipts[kHash] = Deploying::receipt(0);
    });
  }
  SECTION("replaced") {
    project.chain.set([](FakeChain::State& state) {
      state.count = 1;
      state.transactions = Json::array({Deploying::first_transaction("0x0bb0")});
    });
  }
  project.deploy();
  CHECK(project.read("deployments/local/.pendingTransactions").empty());
  CHECK(project.read("deployments/local/Steps.json").empty());
  CHECK(project.chain.state().sent.empty());
}

TEST_CASE("An open transaction that stays open stops the deploy before Hardhat would ask",
          "[hardhat_module]") {
  Deploying project;
  project.leave_pending();
  const Error open = project.deploy_error({{"patience", "10ms"}});
  CHECK(open.code == Code::transaction_open);
  CHECK_THAT(open.message, ContainsSubstring(kHash));
  project.chain.set([](FakeChain::State& state) { state.refusal = "insufficient funds"; });
  const Error refused = project.deploy_error();
  CHECK(refused.code == Code::transaction_refused);
  CHECK_THAT(refused.message, ContainsSubstring("insufficient funds"));
  CHECK_FALSE(project.was_called());
  project.chain.set([](FakeChain::State& state) { state.refusal = "already known"; });
  CHECK(project.deploy_error({{"patience", "10ms"}}).code == Code::transaction_open);
}

TEST_CASE("An open transaction whose nonce is used is kept until it is seen what used it",
          "[hardhat_module]") {
  Deploying project;
  project.leave_pending();
  project.chain.set([](FakeChain::State& state) { state.count = 1; });
  SECTION("itself, of which this node has no receipt yet") {
    project.chain.set([](FakeChain::State& state) {
      state.transactions = Json::array({Deploying::first_transaction(kHash)});
    });
  }
  SECTION("the node does not say") {}
  const Error open = project.deploy_error({{"patience", "600ms"}});
  CHECK(open.code == Code::transaction_open);
  CHECK_THAT(open.message, ContainsSubstring("is not known") && ContainsSubstring(kHash));
  CHECK_THAT(project.read("deployments/local/.pendingTransactions"), ContainsSubstring(kHash));
  CHECK_FALSE(project.was_called());
}

TEST_CASE("A cut-off deploy goes on where the files tell all that its account created",
          "[hardhat_module]") {
  Deploying project;
  const Json begun{{"sender", kSender}, {"nonce", 0}};
  CHECK(project.probe_after(begun).kind == Outcome::Kind::not_done);
  project.chain.set([](FakeChain::State& state) { state.count = state.pending_count = 1; });
  const Outcome unnoted = project.probe_after(begun);
  CHECK(unnoted.kind == Outcome::Kind::cannot_tell);
  CHECK_THAT(unnoted.text, ContainsSubstring(std::string(kFirst) + " (nonce 0)"));
  CHECK(project.probe_after(Json::object()).kind == Outcome::Kind::not_done);
  project.write("deployments/local/Token.json", kToken);
  CHECK(project.probe_after(begun).kind == Outcome::Kind::not_done);
  project.chain.set([](FakeChain::State& state) { state.pending_count = 2; });
  CHECK(project.probe_after(begun).kind == Outcome::Kind::in_progress);
  project.leave_pending();
  CHECK(project.probe_after(begun).kind == Outcome::Kind::not_done);
}

TEST_CASE("A cut-off deploy of another chain is for a person to judge", "[hardhat_module]") {
  Deploying project;
  CHECK(project.probe_after({{"genesis", "0x00bb"}}).kind == Outcome::Kind::cannot_tell);
  project.write("deployments/local/Token.json", kToken);
  project.chain.set([](FakeChain::State& state) { state.code.clear(); });
  const Outcome reset = project.probe_after(Json::object());
  CHECK(reset.kind == Outcome::Kind::cannot_tell);
  CHECK_THAT(reset.text, ContainsSubstring("Token has no code"));
}

TEST_CASE("A file that was cut off while Hardhat wrote it is for a person to judge",
          "[hardhat_module]") {
  Deploying project;
  project.write("deployments/local/.pendingTransactions", "{ \"0x01\": { \"na");
  const Outcome torn = project.probe_after({{"sender", kSender}, {"nonce", 0}});
  CHECK(torn.kind == Outcome::Kind::cannot_tell);
  CHECK_THAT(torn.text, ContainsSubstring("what its account sent last"));
  CHECK(project.deploy_error().code == Code::json_invalid);
  project.write("deployments/local/.pendingTransactions", "[1]");
  CHECK(project.deploy_error().code == Code::json_invalid);
}

TEST_CASE("A deploy of thousands of transactions is not looked through", "[hardhat_module]") {
  Deploying project;
  project.chain.set([](FakeChain::State& state) { state.count = state.pending_count = 2000; });
  CHECK(project.probe_after({{"sender", kSender}, {"nonce", 0}}).kind ==
        Outcome::Kind::cannot_tell);
}

TEST_CASE("Without a url the network is what hardhat.config says", "[hardhat_module]") {
  Deploying project;
  Json network{{"url", project.chain.url()},
               {"accounts", {kSender}},
               {"deployments", project.path("elsewhere")},
               {"artifacts", project.path("artifacts")}};
  project.executable("bin/node", "#!/bin/sh\necho noise\necho '@network " + network.dump() +
                                     "'\necho \"$HARDHAT_NETWORK\" >asked\n");
  project.hardhat("mkdir -p elsewhere/local && cp Token.json elsewhere/local/");
  Json options{{"network", "local"}, {"env", {{"PATH", project.path("bin") + ":/usr/bin:/bin"}}}};
  const Json deployed = project.run_once("deploy", options);
  CHECK(deployed.at("contracts").contains("Token"));
  CHECK(project.read("asked") == "local\n");
  network["url"] = nullptr;
  options["tags"] = {"other"};  // asked once in a session for the same options
  project.executable("bin/node", "#!/bin/sh\necho '@network " + network.dump() + "'\n");
  CHECK(project.once_error("deploy", options).code == Code::hardhat_network_unknown);
}

TEST_CASE("The same deploy is the same by another URL and with another key", "[hardhat_module]") {
  Deploying project;
  const Function& deploy = project.function("deploy");
  const auto identity_of = [&](const Json& more) {
    RecordedCall call = project.make("deploy", project.options(more));
    return deploy.identity(call);
  };
  CHECK(identity_of({{"url", "http://other"}}) == identity_of({{"env", {{"KEY", "another"}}}}));
  CHECK(identity_of({{"tags", {"a"}}}) != identity_of({{"tags", {"b"}}}));
}
