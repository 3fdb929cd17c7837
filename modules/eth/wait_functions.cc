// wait, batch: declared and called.
#include <fmt/format.h>

#include <algorithm>

#include "engine/base/suggestion.h"
#include "modules/eth/chain_options.h"
#include "modules/eth/chain_read.h"
#include "modules/eth/functions.h"
#include "modules/eth/receipt.h"

namespace runbook {

namespace {

constexpr std::chrono::milliseconds kFirstPause{50};
constexpr std::chrono::milliseconds kLongestPause{1'000};
constexpr std::chrono::minutes kWaitTimeout{10};

std::string seen(const Json& receipt, std::uint64_t head) {
  return receipt.is_null() ? fmt::format("it is in no block; the newest is {}", head)
                           : fmt::format("it is in block {}, and the newest is {}",
                                         node_number(receipt.at("blockNumber")), head);
}

/// True once `depth` blocks hold it: its own and those on top.
bool is_deep(const Json& receipt, std::uint64_t head, std::int64_t depth) {
  return !receipt.is_null() &&
         node_number(receipt.at("blockNumber")) + static_cast<std::uint64_t>(depth) <= head + 1;
}

Json settled(const std::string& hash, const Json& receipt) {
  Json result = receipt_result(receipt);
  if (result.at("status") == 0) {
    Error error(Code::transaction_reverted, fmt::format("transaction {} reverted", hash));
    error.detail = {{"hash", hash}};
    throw error.with_effect(EffectDone::none);
  }
  return result;
}

Task<Json> wait_for(Call& call) {
  const std::string hash = transaction_hash(call.options());
  const std::int64_t depth = call.integer_or("confirmations", 1);
  if (depth < 1) {
    refuse(Code::option_invalid, "confirmations must be 1 or more");
  }
  ChainClient* client = co_await checked_client(call);
  Clock& clock = call.host().loop.clock();
  const auto deadline = clock.steady() + call.duration_or("timeout", kWaitTimeout);
  std::chrono::milliseconds pause = kFirstPause;
  for (;;) {
    const Json receipt = co_await client->receipt(hash, call.cancel());
    const Head head = co_await client->head(call.cancel());
    if (is_deep(receipt, head.number, depth)) {
      co_return settled(hash, receipt);
    }
    if (clock.steady() >= deadline) {
      throw Error(Code::wait_timed_out, fmt::format("transaction {} is not {} blocks deep: {}",
                                                    hash, depth, seen(receipt, head.number)))
          .with_effect(EffectDone::none);
    }
    co_await client->tick(pause, call.cancel());
    pause = std::min(pause * 2, kLongestPause);
  }
}

const ReadPrimitive& primitive_of(const std::vector<ReadPrimitive>& all, const std::string& name) {
  std::vector<std::string> names;
  for (const ReadPrimitive& primitive : all) {
    if (primitive.function.name == name) {
      return primitive;
    }
    names.emplace_back(primitive.function.name);
  }
  refuse(Code::option_invalid,
         fmt::format("there is no read \"{}\"{}", name, did_you_mean(name, names)),
         "balance, code, nonce, storage, block, receipt, call and estimate can be read together");
}

/// { read = "balance", address = "0x…" }
ChainRead read_of(const Json& item, const std::vector<ReadPrimitive>& all, ArtifactFiles& files) {
  const Json name = item.is_object() ? item.value("read", Json()) : Json();
  if (!name.is_string()) {
    refuse(Code::option_invalid, "it is not a table such as { read = \"balance\", address = … }");
  }
  const ReadPrimitive& primitive = primitive_of(all, name.get<std::string>());
  const std::vector<Option> of_chain = chain_options();
  std::vector<std::string> names;
  for (const Option& option : primitive.function.options) {
    if (std::ranges::find(of_chain, option.name, &Option::name) == of_chain.end()) {
      names.emplace_back(option.name);
    }
  }
  for (const auto& [key, value] : item.items()) {
    if (key != "read" && std::ranges::find(names, key) == names.end()) {
      refuse(Code::option_invalid, fmt::format("{} has no option \"{}\"{}", primitive.function.name,
                                               key, did_you_mean(key, names)));
    }
  }
  return primitive.make(item, files);
}

/// An error says which read it is of.
template <typename Work>
auto numbered(std::size_t position, Work work) {
  try {
    return work();
  } catch (Error& error) {
    error.message = fmt::format("eth.batch: read {}: {}", position, error.message);
    throw;
  }
}

Task<Json> read_batch(Call& call) {
  const std::vector<ReadPrimitive> all = read_primitives();
  std::vector<ChainRead> reads;
  for (const Json& item : call.options().at("reads")) {
    const std::size_t position = reads.size() + 1;
    ChainRead read = numbered(position, [&] { return read_of(item, all, artifact_files(call)); });
    read.take = [position, take = std::move(read.take)](const JsonRpcAnswer& answer) {
      return numbered(position, [&] { return take(answer); });
    };
    reads.push_back(std::move(read));
  }
  ChainClient* client = co_await checked_client(call);
  co_return co_await ask_all(call.host().loop, *client, std::move(reads), call.cancel());
}

Function wait_declared() {
  return {.name = "wait",
          .effect = Effect::read,
          .summary = "Waits until a transaction, of whomever, is as deep in the chain as wanted.",
          .options = joined({hash_option(),
                             {.name = "confirmations",
                              .type = Type::integer,
                              .help = "blocks from the transaction's own to the head, itself "
                                      "included",
                              .fallback = 1},
                             {.name = "timeout",
                              .type = Type::duration,
                              .help = "how long it may take",
                              .fallback = "10m"}},
                            chain_options()),
          .returns = "what eth.receipt returns",
          .errors = chain_errors(
              {Code::transaction_reverted, Code::wait_timed_out, Code::option_invalid}),
          .example =
              "local eth = require \"eth\"\n"
              "local hash = \"0x\" .. (\"ab\"):rep(32)\n"
              "step(\"wait for their deposit\", function()\n"
              "  return eth.wait { hash, confirmations = 6, url = \"http://127.0.0.1:8545\" }\n"
              "end)",
          .tagged = true,
          .run = wait_for};
}

Function batch_declared() {
  return {.name = "batch",
          .effect = Effect::read,
          .summary =
              "Many reads at once: balance, code, nonce, storage, block, receipt, call and "
              "estimate.",
          .options = joined({{.name = "reads",
                              .type = Type::list,
                              .required = Required::yes,
                              .help = "list of { read = \"balance\", address = … }: the name of a "
                                      "read, and its options by name",
                              .rest = true}},
                            chain_options()),
          .returns = "a list of what each returns, in their order",
          .errors = chain_errors({Code::transaction_reverted, Code::abi_data_invalid,
                                  Code::address_invalid, Code::option_invalid}),
          .example =
              "local eth = require \"eth\"\n"
              "local account = \"0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266\"\n"
              "step(\"look\", function()\n"
              "  return eth.batch {\n"
              "    { read = \"balance\", address = account },\n"
              "    { read = \"nonce\", address = account, block = \"pending\" },\n"
              "    url = \"http://127.0.0.1:8545\",\n"
              "  }\n"
              "end)",
          .tagged = true,
          .run = read_batch};
}

}  // namespace

std::vector<ReadPrimitive> read_primitives() {
  std::vector<ReadPrimitive> all = state_reads();
  for (const auto more : {block_reads, call_reads}) {
    for (ReadPrimitive& primitive : more()) {
      all.push_back(std::move(primitive));
    }
  }
  return all;
}

std::vector<Function> read_functions() {
  std::vector<Function> functions;
  for (ReadPrimitive& primitive : read_primitives()) {
    functions.push_back(std::move(primitive.function));
  }
  functions.push_back(wait_declared());
  functions.push_back(batch_declared());
  return functions;
}

}  // namespace runbook
