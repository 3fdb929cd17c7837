#pragma once
// Calls of the module's primitives, as the adapter makes them, against a stand-in.

#include <csignal>

#include "modules/modules.h"
#include "tests/io_http/http_server.h"
#include "tests/modules/chainlink/stand_in.h"
#include "tests/modules/recorded_call.h"

namespace runbook::test {

inline constexpr const char* kPassword = "a long node password";

struct NodeCalls : CallFixture {
  explicit NodeCalls(const Json& settings = Json::object())
      : CallFixture(chainlink_module()), node(settings) {
    std::signal(SIGPIPE, SIG_IGN);
    vault.add("node", kPassword);
  }

  /// The options of a login to this node, and these.
  Json with(const Json& more = Json::object()) const {
    Json options = {{"url", node.url()},
                    {"node", "node-3"},
                    {"email", "admin@chain.link"},
                    {"password", kPassword}};
    options.update(more);
    return options;
  }
  Json ask(const std::string& name, const Json& more = Json::object()) {
    return run(name, with(more));
  }
  Json act(const std::string& name, const Json& more) { return run_once(name, with(more)); }
  Outcome probe_of(const std::string& name, const Json& more, const Intent& intent) {
    return probe(name, with(more), intent);
  }

  ChainlinkNode node;
};

/// A bootstrap spec, which needs no key.
inline std::string boot_spec(
    const std::string& name = "Keystone boot",
    const std::string& contract = "0xB29934624cAe3765E33115A9530a13f5aEC7fa8A") {
  return "type = \"bootstrap\"\nschemaVersion = 1\nname = \"" + name + "\"\ncontractID = \"" +
         contract + "\"\nrelay = \"evm\"\n\n[relayConfig]\nchainID = \"11155111\"";
}

}  // namespace runbook::test
