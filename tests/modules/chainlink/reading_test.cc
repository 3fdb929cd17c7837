// What a node says of itself: health, version, keys, jobs, runs, bridges.
#include "tests/base/expect_error.h"
#include "tests/catch.h"
#include "tests/modules/chainlink/node_calls.h"

using namespace runbook;
using namespace runbook::test;

namespace {

const Json kEntry = {
    {"EthAddress", "0x9639dCc7D0ca4468B5f684ef89F12F0B365c9F6d"},
    {"P2PPeerID", "12D3KooWBCF1XT5Wi8FzfgNCqRL76Swv8TRU3TiD4QiJm8NMNX7N"},
    {"OCR2BundleID", "29e8dd8c916eac1fc6df8ac6f449481f5db1cf3714e7cb629e16d7b499af5603"},
    {"OCR2OnchainPublicKey", "049b55674e2485b9a6788c0796b74f2c33667670"},
    {"OCR2OffchainPublicKey", "f4f13ca3053e0f44f869648857f0c0ebc20045f9b51d6a5712c867f5920def01"},
    {"OCR2ConfigPublicKey", "17a60b694f7cfb0a02da3da5e79f87b071e518d1f4a27aeb181776969b766e1e"},
    {"CSAPublicKey", "csa_2245bbbee39f75f22e12c345a0ac76bad1f3214b7020a47324a1634dee285761"},
    {"AptosAccount", "69d79d1bc95e4b2c9fb1a2ab62b4ad2bb28e5c1d7df9fce1b2a5a9e7a8b5f9e0"},
    {"AptosBundleID", "9bebfa953e7a7522746f72b4023308de36db626f3e0bcb9033407b8a183e8bfb"},
    {"AptosOnchainPublicKey", "a6c3a1fd4eb43a3d6c4a2a1d9bbd4b4c8d0ab1a5b3e26c3ea1c0f8a7c1f2d3e4"}};

struct KeyedNode : NodeCalls {
  KeyedNode() : NodeCalls({{"keys", kEntry}, {"chain_ids", {"11155111", "1337"}}}) {}
};

}  // namespace

TEST_CASE_METHOD(NodeCalls, "A node that is well is ready and healthy, without a login",
                 "[chainlink]") {
  const Json said = run("health", {{"url", node.url()}});
  CHECK(said.at("ready") == true);
  CHECK(said.at("healthy") == true);
  CHECK(said.at("checks").at(1) ==
        Json{{"name", "JobSpawner"}, {"status", "passing"}, {"output", ""}});
  CHECK(node.count("logins") == 0);
}

TEST_CASE_METHOD(NodeCalls, "A node that is unwell says what fails", "[chainlink]") {
  node.change({{"ready", false}, {"healthy", false}});
  const Json said = run("health", {{"url", node.url()}});
  CHECK(said.at("ready") == false);
  CHECK(said.at("healthy") == false);
  CHECK(said.at("checks").at(0).at("output") == "no new heads for 3m0s");
}

TEST_CASE_METHOD(NodeCalls, "The version of a node is asked after a login", "[chainlink]") {
  CHECK(ask("build_info") == Json{{"version", "2.14.0"}, {"commit", "c93e83ab992c"}});
  CHECK(node.count("logins") == 1);
}

TEST_CASE_METHOD(KeyedNode, "Keys are given bare, and raw as the node writes them", "[chainlink]") {
  const Json p2p = ask("p2p_keys").at(0);
  CHECK(p2p.at("peer_id") == kEntry.at("P2PPeerID"));
  CHECK(p2p.at("raw").at("peer_id") == "p2p_" + kEntry.at("P2PPeerID").get<std::string>());
  const Json csa = ask("csa_keys").at(0);
  CHECK("csa_" + csa.at("public_key").get<std::string>() == kEntry.at("CSAPublicKey"));
  CHECK(csa.at("raw").at("public_key") == kEntry.at("CSAPublicKey"));
  CHECK(ask("aptos_keys").at(0).at("account") == kEntry.at("AptosAccount"));
  const Json bundles = ask("ocr2_keys");
  REQUIRE(bundles.size() == 2);
  CHECK(bundles.at(1).at("chain_type") == "aptos");
  const Json evm = ask("ocr2_keys", {{"chain_type", "evm"}});
  REQUIRE(evm.size() == 1);
  CHECK(evm.at(0).at("id") == kEntry.at("OCR2BundleID"));
  CHECK(evm.at(0).at("onchain_public_key") == kEntry.at("OCR2OnchainPublicKey"));
  CHECK(evm.at(0).at("offchain_public_key") == kEntry.at("OCR2OffchainPublicKey"));
  CHECK(evm.at(0).at("config_public_key") == kEntry.at("OCR2ConfigPublicKey"));
  CHECK(evm.at(0).at("raw").at("config_public_key") ==
        "ocr2cfg_evm_" + kEntry.at("OCR2ConfigPublicKey").get<std::string>());
}

TEST_CASE_METHOD(KeyedNode, "ETH keys come with their balances, by chain", "[chainlink]") {
  CHECK(ask("eth_keys").size() == 2);
  const Json keys = ask("eth_keys", {{"chain_id", 1337}});
  REQUIRE(keys.size() == 1);
  CHECK(keys.at(0).at("address") == kEntry.at("EthAddress"));
  CHECK(keys.at(0).at("balance") == Json{{"$bigint", "1000000000000000000"}});
  node.change({{"eth_balance", nullptr}});
  CHECK(ask("eth_keys", {{"chain_id", "1337"}}).at(0).at("balance").is_null());
  CHECK(error_of("eth_keys", with({{"chain_id", -1}})).code == Code::option_invalid);
}

TEST_CASE("A node without keys has empty lists", "[chainlink]") {
  NodeCalls calls({{"ocr2_keys", Json::array()}, {"eth_keys", nullptr}});
  CHECK(calls.ask("ocr2_keys") == Json::array());
  CHECK(calls.ask("eth_keys") == Json::array());
}

TEST_CASE_METHOD(NodeCalls, "Jobs are listed from all pages", "[chainlink]") {
  CHECK(ask("jobs") == Json::array());
  for (int number = 0; number < 203; ++number) {
    act("create_job", {{"toml", boot_spec("job " + std::to_string(number))}});
  }
  const Json jobs = ask("jobs");
  CHECK(jobs.size() == 203);
  CHECK(jobs.at(202).at("name") == "job 202");
  CHECK(jobs.at(0).at("contract_id") == "0xB29934624cAe3765E33115A9530a13f5aEC7fa8A");
  CHECK(jobs.at(0).at("type") == "bootstrap");
  CHECK_FALSE(jobs.at(0).contains("workflow_id"));
}

TEST_CASE_METHOD(NodeCalls, "A job is found by id, externalJobID or name, or is nil",
                 "[chainlink]") {
  const Json made = act("create_job", {{"toml", boot_spec()}});
  const Json by_id = ask("job", {{"id", made.at("id")}});
  CHECK(by_id.at("external_id") == made.at("external_id"));
  CHECK(by_id.at("spec").at("relay") == "evm");
  CHECK(by_id.at("schema_version") == 1);
  CHECK(ask("job", {{"external_id", made.at("external_id")}}) == by_id);
  CHECK(ask("job", {{"name", "Keystone boot"}}) == by_id);
  CHECK(ask("job", {{"id", 99}}).is_null());
  CHECK(ask("job", {{"name", "Keystone"}}).is_null());
  CHECK(error_of("job", with()).code == Code::option_invalid);
  CHECK(error_of("job", with({{"id", 1}, {"name", "x"}})).code == Code::option_invalid);
  CHECK(error_of("job", with({{"name", ""}})).code == Code::option_invalid);
  CHECK(error_of("job", with({{"id", "01"}})).code == Code::option_invalid);
  CHECK(error_of("job", with({{"id", "../keys/evm"}})).code == Code::option_invalid);
  CHECK(error_of("job", with({{"external_id", "../keys/evm"}})).code == Code::option_invalid);
}

TEST_CASE_METHOD(NodeCalls, "The runs of a job are listed, those of no job are an error",
                 "[chainlink]") {
  const Json made = act("create_job", {{"toml", boot_spec()}});
  CHECK(ask("runs", {{"job", made.at("id")}}) == Json::array());
  CHECK(error_of("runs", with({{"job", 99}})).code == Code::chainlink_not_found);
  CHECK(error_of("runs", with({{"job", 1}, {"limit", 0}})).code == Code::option_invalid);
}

TEST_CASE_METHOD(NodeCalls, "A bridge is made once, changed where it differs, and else left alone",
                 "[chainlink]") {
  const Json bridge = {{"name", "mock-bridge-btc"}, {"bridge_url", "http://adapter:4001"}};
  CHECK(ask("bridge", {{"name", "mock-bridge-btc"}}).is_null());
  CHECK(ask("put_bridge", bridge).at("changed") == true);
  CHECK(ask("put_bridge", bridge).at("changed") == false);
  Json moved = bridge;
  moved["bridge_url"] = "http://adapter:4002";
  CHECK(ask("put_bridge", moved).at("changed") == true);
  CHECK(ask("bridge", {{"name", "mock-bridge-btc"}}) == Json{{"name", "mock-bridge-btc"},
                                                             {"bridge_url", "http://adapter:4002"},
                                                             {"confirmations", 0}});
  CHECK(ask("bridges").size() == 1);
  CHECK(node.count("bridges_created") == 1);
  CHECK(node.count("bridges_updated") == 1);
  CHECK(error_of("bridge", with({{"name", "../sessions"}})).code == Code::option_invalid);
}

TEST_CASE_METHOD(NodeCalls, "A bridge that is changed keeps what nobody spoke of", "[chainlink]") {
  node.fault({{"kind", "status"},
              {"method", "GET"},
              {"path", "/v2/bridge_types/btc"},
              {"status", 200},
              {"body", R"({"data":{"id":"btc","attributes":{"name":"btc","url":"http://old:1",)"
                       R"("confirmations":3,"minimumContractPayment":"100"}}})"}});
  const Json options = {{"name", "btc"}, {"bridge_url", "http://adapter:4001"}};
  ask("put_bridge", {{"name", "btc"}, {"bridge_url", "http://old:1"}});
  CHECK(node.state().at("bridges").empty());
  ask("put_bridge", options);
  node.fault({{"kind", "status"},
              {"method", "GET"},
              {"path", "/v2/bridge_types/btc"},
              {"status", 200},
              {"body", R"({"data":{"id":"btc","attributes":{"name":"btc","url":"http://old:1",)"
                       R"("confirmations":3,"minimumContractPayment":"100"}}})"}});
  ask("put_bridge", options);
  const Json kept = node.state().at("bridges").at(0).at("attributes");
  CHECK(kept.at("url") == "http://adapter:4001");
  CHECK(kept.at("confirmations") == 3);
  CHECK(kept.at("minimumContractPayment") == "100");
}

TEST_CASE_METHOD(NodeCalls, "A replay begins at a block, of a chain that the node knows",
                 "[chainlink]") {
  const Json replay = {{"block", "6000000"}, {"chain_id", 11155111}};
  CHECK(ask("replay", replay) ==
        Json{{"block", "6000000"}, {"chain_id", "11155111"}, {"message", "Replay started"}});
  CHECK(node.state().at("replays") ==
        Json::array({{{"block", 6000000}, {"chain_id", "11155111"}, {"force", false}}}));
  const Error nowhere = error_of("replay", with({{"block", 1}, {"chain_id", 5}}));
  CHECK(nowhere.code == Code::chainlink_refused);
  CHECK_THAT(nowhere.message, ContainsSubstring("does not match any local chains"));
  CHECK(error_of("replay", with({{"block", 0}, {"chain_id", 1}})).code == Code::option_invalid);
  CHECK(error_of("replay", with({{"block", -3}, {"chain_id", 1}})).code == Code::option_invalid);
}
