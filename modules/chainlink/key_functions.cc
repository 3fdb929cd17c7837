// eth_keys, p2p_keys, ocr2_keys, csa_keys, aptos_keys: declared and called.

#include <fmt/format.h>

#include "modules/chainlink/functions.h"
#include "modules/chainlink/keys.h"

namespace runbook::chainlink {

namespace {

constexpr std::string_view kPeerPrefix = "p2p_";
constexpr std::string_view kCsaPrefix = "csa_";

Json eth_key_of(const Node& node, const Resource& key) {
  const Json& said = key.attributes;
  return {{"address", text_of(node, said, "address")},
          {"chain_id", text_of(node, said, "evmChainID")},
          {"balance", amount_or_null(node, said, "ethBalance")},
          {"link_balance", amount_or_null(node, said, "linkBalance")},
          {"disabled", said.value("disabled", Json(false)) == true}};
}

Json p2p_key_of(const Node& node, const Resource& key) {
  const std::string peer = text_of(node, key.attributes, "peerId");
  return {{"id", key.id},
          {"peer_id", without_prefix(peer, kPeerPrefix)},
          {"public_key", text_or_null(node, key.attributes, "publicKey")},
          {"raw", {{"peer_id", peer}}}};
}

Json csa_key_of(const Node& node, const Resource& key) {
  const std::string public_key = text_of(node, key.attributes, "publicKey");
  return {{"id", key.id},
          {"public_key", without_prefix(public_key, kCsaPrefix)},
          {"raw", {{"public_key", public_key}}}};
}

using KeyOf = Json (*)(const Node&, const Resource&);

Task<Json> list_keys(Call& call, std::string path, KeyOf key_of) {
  Node node(call);
  const Json document = co_await node.get(std::move(path));
  Json keys = Json::array();
  for (const Resource& key : resources_of(node, document)) {
    keys.push_back(key_of(node, key));
  }
  co_return keys;
}

/// Those of `keys` that have the option's value under its name.
Json chosen(Json keys, const std::string& name, const Json& wanted) {
  Json some = Json::array();
  for (Json& key : keys) {
    if (wanted.is_null() || key.at(name) == wanted) {
      some.push_back(std::move(key));
    }
  }
  return some;
}

Task<Json> eth_keys(Call& call) {
  const Json chain = call.has("chain_id") ? Json(digits_option(call, "chain_id")) : Json();
  Json keys = co_await list_keys(call, "/v2/keys/evm", eth_key_of);
  co_return chosen(std::move(keys), "chain_id", chain);
}
Task<Json> p2p_keys(Call& call) {
  return list_keys(call, "/v2/keys/p2p", p2p_key_of);
}
Task<Json> ocr2_keys(Call& call) {
  Json keys = co_await list_keys(call, kOcr2Keys, ocr2_key_of);
  co_return chosen(std::move(keys), "chain_type", call.options().value("chain_type", Json()));
}
Task<Json> csa_keys(Call& call) {
  return list_keys(call, "/v2/keys/csa", csa_key_of);
}
Task<Json> aptos_keys(Call& call) {
  return list_keys(call, kAptosKeys, aptos_key_of);
}

Function key_list(std::string_view name, std::string_view summary, std::string_view returns,
                  std::string_view example, Task<Json> (*run)(Call&),
                  std::vector<Option> more = {}) {
  return {.name = name,
          .effect = Effect::read,
          .summary = summary,
          .options = with_connection(std::move(more)),
          .returns = returns,
          .errors = with_connection_errors({Code::chainlink_not_found}),
          .example = example,
          .run = run};
}

}  // namespace

std::string chain_type_of(const Node& node, const Resource& key) {
  return text_of(node, key.attributes, "chainType");
}

Json ocr2_key_of(const Node& node, const Resource& key) {
  const std::string type = chain_type_of(node, key);
  Json result = {{"id", key.id}, {"chain_type", type}, {"raw", Json::object()}};
  const auto add = [&](const char* ours, const char* theirs, const char* prefix) {
    const std::string raw = text_of(node, key.attributes, theirs);
    result[ours] = without_prefix(raw, fmt::format("{}_{}_", prefix, type));
    result["raw"][ours] = raw;
  };
  add("onchain_public_key", "onchainPublicKey", "ocr2on");
  add("offchain_public_key", "offchainPublicKey", "ocr2off");
  add("config_public_key", "configPublicKey", "ocr2cfg");
  return result;
}

Json aptos_key_of(const Node& node, const Resource& key) {
  return {{"id", key.id},
          {"account", text_of(node, key.attributes, "account")},
          {"public_key", text_or_null(node, key.attributes, "publicKey")}};
}

std::vector<Function> key_functions() {
  Function eth = key_list(
      "eth_keys", "Lists the node's keys for EVM chains, enabled ones first, with their balances.",
      "list of { address, chain_id, balance, link_balance, disabled }; balances are bigints in "
      "wei, "
      "nil where the node cannot reach the chain; chain_id is text",
      RB_CHAINLINK_NODE
      "local keys = step(\"read the ETH keys\", function()\n"
      "  return node:eth_keys { chain_id = 11155111 }\n"
      "end)\n"
      "output { address = keys[1].address, balance = keys[1].balance }",
      eth_keys,
      {{.name = "chain_id", .type = Type::data, .help = "only those of this chain, 1 or \"1\""}});
  eth.tagged = true;
  return {
      std::move(eth),
      key_list("p2p_keys", "Lists the node's peer-to-peer keys.",
               "list of { id, peer_id, public_key, raw = { peer_id } }; raw has the prefix p2p_",
               RB_CHAINLINK_NODE
               "local keys = step(\"read the peer id\", function() return node:p2p_keys() "
               "end)\n"
               "output { peer_id = keys[1].peer_id }",
               p2p_keys),
      key_list("ocr2_keys", "Lists the node's OCR2 key bundles, by chain type and id.",
               "list of { id, chain_type, onchain_public_key, offchain_public_key, "
               "config_public_key, raw = { … } }: hex, in raw with the prefixes of the node",
               RB_CHAINLINK_NODE "local bundles = step(\"read the OCR2 bundles\", function()\n"
                                 "  return node:ocr2_keys { chain_type = \"evm\" }\n"
                                 "end)\n"
                                 "output { signer = bundles[1].onchain_public_key }",
               ocr2_keys,
               {{.name = "chain_type",
                 .help = "only those of this type: evm, aptos, solana, starknet, cosmos"}}),
      key_list("csa_keys", "Lists the node's CSA keys.",
               "list of { id, public_key, raw = { public_key } }; raw has the prefix csa_",
               RB_CHAINLINK_NODE
               "local keys = step(\"read the CSA key\", function() return node:csa_keys() "
               "end)\n"
               "output { csa = keys[1].raw.public_key }",
               csa_keys),
      key_list("aptos_keys", "Lists the node's Aptos keys.", "list of { id, account, public_key }",
               RB_CHAINLINK_NODE "local keys = step(\"read the Aptos keys\", function() return "
                                 "node:aptos_keys() end)\n"
                                 "output { count = #keys }",
               aptos_keys)};
}

}  // namespace runbook::chainlink
