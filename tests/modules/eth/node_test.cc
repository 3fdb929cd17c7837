// The harness itself: nodes that end and come back, and proxies that fail as they are told.
#include "tests/modules/eth/node.h"

#include "engine/io/jsonrpc.h"
#include "tests/catch.h"
#include "tests/modules/eth/fault_proxy.h"

using namespace runbook;
using namespace runbook::test;

namespace {

Json ask(const std::string& url, std::string method) {
  Client client;
  JsonRpcEndpoint endpoint{.url = url};
  endpoint.timeout = std::chrono::milliseconds(300);
  JsonRpcClient rpc(client.http);
  return client.run(rpc.call(endpoint, {std::move(method)}, client.cancel));
}

void comes_back(Node& node) {
  const Json id = node.call("eth_chainId");
  node.kill();
  CHECK_THROWS_AS(node.call("eth_chainId"), Error);
  node.start();
  CHECK(node.call("eth_chainId") == id);
}

}  // namespace

TEST_CASE("anvil is killed and comes back on its port", "[chain]") {
  Node node = anvil({"--no-mining"});
  comes_back(node);
}

TEST_CASE("geth is killed and comes back on its port", "[.geth]") {
  Node node = geth(1);
  comes_back(node);
}

TEST_CASE("the node of Hardhat is killed and comes back on its port", "[.hardhat]") {
  Node node = hardhat_node();
  comes_back(node);
}

TEST_CASE("a faulty proxy fails the chosen method as often as it was told to", "[chain]") {
  Node node = anvil();
  FaultProxy proxy(node.url());
  CHECK(ask(proxy.url(), "eth_blockNumber") == "0x0");
  for (const Fault fault : {Fault::refuse, Fault::limit, Fault::error, Fault::drop, Fault::hang}) {
    proxy.set(fault, "evm_mine", 1);
    CHECK_THROWS_AS(ask(proxy.url(), "evm_mine"), Error);
    CHECK_NOTHROW(ask(proxy.url(), "eth_blockNumber"));
  }
  CHECK(ask(proxy.url(), "evm_mine") == "0x0");
  // Of five that failed two had reached the node.
  CHECK(ask(proxy.url(), "eth_blockNumber") == "0x3");
  CHECK(proxy.count("evm_mine") == 6);
}

TEST_CASE("two heads behind one address answer in turns", "[chain]") {
  Node ahead = anvil();
  Node behind = anvil();
  ahead.call("evm_mine");
  FaultProxy proxy(ahead.url(), behind.url());
  proxy.set(Fault::other, "eth_blockNumber", 2, true);
  CHECK(ask(proxy.url(), "eth_blockNumber") == "0x0");
  CHECK(ask(proxy.url(), "eth_blockNumber") == "0x1");
  CHECK(ask(proxy.url(), "eth_blockNumber") == "0x0");
}
