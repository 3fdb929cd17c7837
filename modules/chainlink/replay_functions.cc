// replay: declared and called.

#include <fmt/format.h>

#include "modules/chainlink/document.h"
#include "modules/chainlink/functions.h"

namespace runbook::chainlink {

namespace {

Task<Json> replay(Call& call) {
  const std::string block = digits_option(call, "block");
  const std::string chain = digits_option(call, "chain_id");
  if (block.find_first_not_of('0') == std::string::npos) {
    refuse(Code::option_invalid, "block must be 1 or more: the block to replay from");
  }
  Node node(call);
  std::string path =
      fmt::format("/v2/replay_from_block/{}?evmChainID={}&force=false", block, chain);
  const Json document = co_await node.send("POST", std::move(path), Json::object());
  const Resource started = resource_of(node, document);
  Json result = {{"block", block}, {"chain_id", chain}};
  result["message"] = text_or_null(node, started.attributes, "message");
  co_return result;
}

}  // namespace

std::vector<Function> replay_functions() {
  return {{.name = "replay",
           .effect = Effect::idempotent,  // logs that were seen already are not processed again
           .summary = "Has the node look at the logs of a chain again, from a block on: so it sees "
                      "what is older than its job.",
           .options =
               with_connection({{.name = "block",
                                 .type = Type::data,
                                 .required = Required::yes,
                                 .help = "the first block, 1 or more; such as that of setConfig"},
                                {.name = "chain_id",
                                 .type = Type::data,
                                 .required = Required::yes,
                                 .help = "the EVM chain, 1 or \"1\""}}),
           .returns = "{ block, chain_id, message }, numbers as text",
           .errors = with_connection_errors({Code::chainlink_not_found}),
           .example =
               RB_CHAINLINK_NODE "step(\"replay\", function()\n"
                                 "  return node:replay { block = 6000000, chain_id = 11155111 }\n"
                                 "end)",
           .run = replay}};
}

}  // namespace runbook::chainlink
