// logs: declared and called. A range that the node refuses is asked for in halves.
#include <fmt/format.h>

#include <algorithm>

#include "modules/eth/chain_options.h"
#include "modules/eth/chain_read.h"
#include "modules/eth/functions.h"
#include "modules/eth/log_filter.h"

namespace runbook {

namespace {

constexpr int kNoSuchMethod = -32601;

struct BlockRange {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
};

/// Nodes refuse ranges by number of blocks, by number of logs and by size of the answer, each with
/// other words: whatever they refuse may be too much, unless it is one block.
bool may_be_too_much(const Json& error, const BlockRange& range) {
  return range.first < range.last && error.value("code", Json()) != kNoSuchMethod;
}

Task<JsonRpcAnswer> ask_range(ChainClient& client, const LogFilter& filter, BlockRange range,
                              CancelPtr cancel) {
  Json wanted = filter.filter;
  wanted["fromBlock"] = hex_number(range.first);
  wanted["toBlock"] = hex_number(range.last);
  Json params = Json::array({std::move(wanted)});
  std::optional<Error> too_large;
  try {
    co_return co_await client.ask("eth_getLogs", std::move(params), std::move(cancel));
  } catch (const Error& error) {
    if (error.code != Code::http_too_large || range.first == range.last) {
      throw;
    }
    too_large = error;
  }
  JsonRpcAnswer refused;
  refused.error = {{"message", too_large->message}};
  co_return refused;
}

Json range_parameter(const Json& options, const char* name) {
  const Json block = block_parameter(options, name);
  if (block.is_object()) {
    refuse(Code::option_invalid, fmt::format("{} is a number or a tag, not a hash", name));
  }
  return block;
}

/// The number of a tag, or of a number.
Task<std::uint64_t> number_of(ChainClient& client, Json block, CancelPtr cancel) {
  if (block.get_ref<const std::string&>().starts_with("0x")) {
    co_return node_number(block);
  }
  if (block == "latest" || block == "pending") {
    const Head head = co_await client.head(std::move(cancel));
    co_return head.number;
  }
  Json params = Json::array({std::move(block), false});
  const Json found =
      co_await client.read("eth_getBlockByNumber", std::move(params), std::move(cancel));
  co_return found.is_object() ? node_number(found.at("number")) : 0;
}

Task<Json> read_logs(Call& call) {
  const LogFilter filter = log_filter(call.options(), artifact_files(call));
  const Json from = range_parameter(call.options(), "from_block");
  const Json to = range_parameter(call.options(), "to_block");
  ChainClient* client = co_await checked_client(call);
  BlockRange all;
  all.first = co_await number_of(*client, from, call.cancel());
  all.last = co_await number_of(*client, to, call.cancel());
  Json logs = Json::array();
  std::uint64_t most = all.last + 1;
  while (all.first <= all.last) {
    const BlockRange range{all.first, std::min(all.last, all.first + most - 1)};
    const JsonRpcAnswer answer = co_await ask_range(*client, filter, range, call.cancel());
    if (!answer.error.is_null() && may_be_too_much(answer.error, range)) {
      most = (range.last - range.first + 1) / 2;
      continue;
    }
    for (const Json& log : node_result(answer, "eth_getLogs")) {
      logs.push_back(decoded_log(filter, log));
    }
    all.first = range.last + 1;
  }
  co_return logs;
}

}  // namespace

std::vector<Function> logs_functions() {
  return {
      {.name = "logs",
       .effect = Effect::read,
       .summary = "What contracts logged, from one block to another, decoded. Ranges that the node "
                  "finds too large are asked for in parts.",
       .options = joined(
           {{.name = "event",
             .type = Type::string,
             .help = "\"Transfer(address indexed from, address indexed to, uint256 value)\"; with "
                     "abi the name of an event in it; all events if absent",
             .positional = true},
            {.name = "address",
             .type = Type::data,
             .help = "the contract, or a list of them; all contracts if absent"},
            {.name = "abi",
             .type = Type::data,
             .help = "as for eth.call: a list, an artefact or its path"},
            {.name = "where",
             .type = Type::table,
             .help = "values of indexed arguments by name; a list means any of them"},
            {.name = "from_block",
             .type = Type::data,
             .required = Required::yes,
             .help = "the first block: a number, or latest, safe, finalized or earliest"},
            {.name = "to_block",
             .type = Type::data,
             .help = "the last block, itself included",
             .fallback = "latest"}},
           chain_options()),
       .returns =
           "a list of { address, block, block_hash, hash, index, topics, data, name, signature, "
           "arguments }: hash is the transaction's; the last three, as decode_event gives them, "
           "are absent where the log is no such event",
       .errors =
           chain_errors({Code::abi_invalid, Code::abi_entry_unclear, Code::abi_value_invalid,
                         Code::address_invalid, Code::artifact_invalid, Code::option_invalid}),
       .example = "local eth = require \"eth\"\n"
                  "local team = \"0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266\"\n"
                  "step(\"list what the team was paid\", function()\n"
                  "  return eth.logs {\n"
                  "    \"Transfer(address indexed from, address indexed to, uint256 value)\",\n"
                  "    address = \"0x5FbDB2315678afecb367f032d93F642f64180aa3\",\n"
                  "    where = { to = team },\n"
                  "    from_block = 0,\n"
                  "    url = \"http://127.0.0.1:8545\",\n"
                  "  }\n"
                  "end)",
       .tagged = true,
       .run = read_logs}};
}

}  // namespace runbook
