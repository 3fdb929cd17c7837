// health, build_info: declared and called.

#include <fmt/format.h>

#include "modules/chainlink/document.h"
#include "modules/chainlink/functions.h"

namespace runbook::chainlink {

namespace {

constexpr int kOk = 200;
constexpr int kMultiStatus = 207;
constexpr int kUnavailable = 503;

Json checks_of(const Node& node, const NodeReply& reply) {
  Json checks = Json::array();
  const Json document = json_in(reply.body);
  if (document.is_null() && reply.body.find('<') == std::string::npos) {
    return checks;  // older nodes say it by the status alone
  }
  for (const Resource& check : resources_of(node, document)) {
    checks.push_back({{"name", text_of(node, check.attributes, "name")},
                      {"status", text_of(node, check.attributes, "status")},
                      {"output", text_or_null(node, check.attributes, "output")}});
  }
  return checks;
}

Task<Json> health(Call& call) {
  Node node(call, Node::Access::open);
  const NodeReply readiness = co_await node.look("/readyz");
  if (readiness.status != kOk && readiness.status != kUnavailable) {
    throw node.strange_answer(fmt::format("/readyz has status {}", readiness.status));
  }
  const NodeReply reply = co_await node.look("/health");
  if (reply.status != kOk && reply.status != kMultiStatus && reply.status != kUnavailable) {
    throw node.strange_answer(fmt::format("/health has status {}", reply.status));
  }
  Json result = {{"ready", readiness.status == kOk}, {"healthy", reply.status == kOk}};
  result["checks"] = checks_of(node, reply);
  co_return result;
}

Task<Json> build_info(Call& call) {
  Node node(call);
  const Json info = co_await node.get("/v2/build_info");
  Json result = {{"version", text_of(node, info, "version")}};
  result["commit"] = text_or_null(node, info, "commitSHA");
  co_return result;
}

}  // namespace

std::vector<Function> health_functions() {
  return {{.name = "health",
           .effect = Effect::read,
           .summary = "Asks whether the node is ready and healthy; needs no login.",
           .options = with_connection({}),
           .returns = "{ ready, healthy, checks = { { name, status, output } } }",
           .errors = with_connection_errors({}),
           .example = "local chainlink = require \"chainlink\"\n"
                      "wait_until(\"the node is ready\", { timeout = \"10m\" }, function()\n"
                      "  return chainlink.health { url = env \"NODE_URL\" }.ready\n"
                      "end)",
           .run = health},
          {.name = "build_info",
           .effect = Effect::read,
           .summary = "Asks which version the node is, logging in: a cheap way to try a login.",
           .options = with_connection({}),
           .returns = "{ version, commit }",
           .errors = with_connection_errors({}),
           .example = RB_CHAINLINK_NODE
           "local version = step(\"try the login\", function() return node:build_info().version "
           "end)\n"
           "output { version = version }",
           .run = build_info}};
}

}  // namespace runbook::chainlink
