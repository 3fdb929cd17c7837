// bridges, bridge, put_bridge: declared and called.

#include <fmt/format.h>

#include <algorithm>

#include "modules/chainlink/document.h"
#include "modules/chainlink/functions.h"

namespace runbook::chainlink {

namespace {

constexpr const char* kBridges = "/v2/bridge_types";

/// Never its tokens: they are secrets of the node.
Json bridge_of(const Node& node, const Resource& bridge) {
  return {{"name", text_of(node, bridge.attributes, "name")},
          {"bridge_url", text_of(node, bridge.attributes, "url")},
          {"confirmations", bridge.attributes.value("confirmations", Json())}};
}

/// As nodes allow them, so it is a part of a path.
std::string bridge_name(const Call& call) {
  std::string name = call.text("name");
  const bool is_name = !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
  });
  if (!is_name) {
    refuse(Code::option_invalid,
           fmt::format("\"{}\" is no name of a bridge: letters, digits, - and _", name));
  }
  return name;
}

std::string bridge_path(const std::string& name) {
  return fmt::format("{}/{}", kBridges, name);
}

Task<std::optional<Resource>> find_bridge(Node& node, std::string name) {
  std::string path = bridge_path(name);
  const std::optional<Json> document = co_await node.find(std::move(path));
  std::optional<Resource> found;
  if (document) {
    found = resource_of(node, *document);
  }
  co_return found;
}

Task<Json> bridges(Call& call) {
  Node node(call);
  Json result = Json::array();
  const std::vector<Resource> found = co_await all_pages(node, kBridges);
  for (const Resource& bridge : found) {
    result.push_back(bridge_of(node, bridge));
  }
  co_return result;
}

Task<Json> bridge(Call& call) {
  std::string name = bridge_name(call);
  Node node(call);
  const std::optional<Resource> found = co_await find_bridge(node, std::move(name));
  co_return found ? bridge_of(node, *found) : Json();
}

Task<Json> put_bridge(Call& call) {
  const std::string name = bridge_name(call);
  const std::string url = call.text("bridge_url");
  Node node(call);
  const std::optional<Resource> before = co_await find_bridge(node, name);
  Json body = {{"name", name}, {"url", url}};
  const bool is_same = before && text_of(node, before->attributes, "url") == url;
  if (!before) {
    co_await node.send("POST", kBridges, std::move(body));
  } else if (!is_same) {
    for (const char* kept : {"confirmations", "minimumContractPayment"}) {
      body[kept] = before->attributes.value(kept, Json());  // a node resets what is not said
    }
    std::string path = bridge_path(name);
    co_await node.send("PATCH", std::move(path), std::move(body));
  }
  co_return Json{{"name", name}, {"bridge_url", url}, {"changed", !is_same}};
}

Option name_option() {
  return {.name = "name", .required = Required::yes, .help = "of the bridge"};
}

}  // namespace

std::vector<Function> bridge_functions() {
  return {{.name = "bridges",
           .effect = Effect::read,
           .summary = "Lists the bridges to external adapters that the node knows.",
           .options = with_connection({}),
           .returns = "list of { name, bridge_url, confirmations }",
           .errors = with_connection_errors({Code::chainlink_not_found}),
           .example = RB_CHAINLINK_NODE
           "local bridges = step(\"list the bridges\", function() return node:bridges() end)\n"
           "output { bridges = #bridges }",
           .run = bridges},
          {.name = "bridge",
           .effect = Effect::read,
           .summary = "Reads one bridge by its name.",
           .options = with_connection({name_option()}),
           .returns = "{ name, bridge_url, confirmations }; nil if there is none",
           .errors = with_connection_errors({}),
           .example = RB_CHAINLINK_NODE "local bridge = step(\"look for the bridge\", function()\n"
                                        "  return node:bridge { name = \"mock-bridge-btc\" }\n"
                                        "end)\n"
                                        "output { found = bridge ~= nil }",
           .run = bridge},
          {.name = "put_bridge",
           .effect = Effect::idempotent,  // a name has one bridge, and the same URL changes nothing
           .summary = "Makes a bridge, or gives it another URL; the same again changes nothing.",
           .options = with_connection({name_option(),
                                       {.name = "bridge_url",
                                        .required = Required::yes,
                                        .help = "where the node finds the external adapter"}}),
           .returns = "{ name, bridge_url, changed }",
           .errors = with_connection_errors({Code::chainlink_not_found}),
           .example = RB_CHAINLINK_NODE "step(\"set the bridge\", function()\n"
                                        "  return node:put_bridge { name = \"mock-bridge-btc\",\n"
                                        "    bridge_url = \"http://external-adapter:4001\" }\n"
                                        "end)",
           .run = put_bridge}};
}

}  // namespace runbook::chainlink
