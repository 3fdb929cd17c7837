#include "modules/eth/chain_read.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <exception>
#include <memory>

#include "engine/base/hash.h"
#include "engine/base/shown_text.h"
#include "modules/eth/abi_type.h"
#include "modules/eth/chain_options.h"

namespace runbook {

namespace {

struct Gathering {
  explicit Gathering(Loop& loop) : done(loop) {}

  std::vector<Json> results;
  std::vector<std::exception_ptr> failures;
  std::size_t open = 0;
  Latch done;
};

Task<void> ask_one(ChainClient& client, ChainRead read, std::shared_ptr<Gathering> gathering,
                   std::size_t position, CancelPtr cancel) {
  try {
    const JsonRpcAnswer answer =
        co_await client.ask(read.request.method, std::move(read.request.params), std::move(cancel));
    gathering->results[position] = read.take(answer);
  } catch (const std::exception&) {
    gathering->failures[position] = std::current_exception();
  }
  if (--gathering->open == 0) {
    gathering->done.open();
  }
}

}  // namespace

Task<Json> perform_read(Call& call, MakeRead make) {
  const ChainRead read = make(call.options(), artifact_files(call));
  ChainClient* client = co_await checked_client(call);
  const JsonRpcAnswer answer =
      co_await client->ask(read.request.method, read.request.params, call.cancel());
  co_return read.take(answer);
}

const Json& node_result(const JsonRpcAnswer& answer, std::string_view method) {
  if (answer.error.is_null()) {
    return answer.result;
  }
  const Json message = answer.error.value("message", Json());
  Error error(
      Code::jsonrpc_error,
      fmt::format("{}: {}", method, value_text(message.is_null() ? answer.error : message)));
  error.detail = answer.error;
  error.detail["method"] = method;
  throw error.with_effect(EffectDone::none);
}

Json block_parameter(const Json& options, const char* name) {
  constexpr std::array<std::string_view, 5> kTags = {"latest", "pending", "safe", "finalized",
                                                     "earliest"};
  constexpr std::size_t kHashDigits = 2 + 2 * kWordBytes;
  const Json block = options.value(name, Json());
  if (block.is_null()) {
    return "latest";
  }
  if (block.is_string()) {
    const auto& text = block.get_ref<const std::string&>();
    if (std::ranges::find(kTags, text) != kTags.end()) {
      return block;
    }
    if (text.size() == kHashDigits && text.starts_with("0x")) {
      return {{"blockHash", "0x" + to_hex(from_hex(text))}};
    }
  }
  try {
    return hex_number(count_option(options, name).value_or(0));
  } catch (const Error&) {
    refuse(Code::option_invalid,
           fmt::format("{} is neither a number, a hash, nor latest, pending, safe, finalized or "
                       "earliest: {}",
                       name, one_line(block.dump(-1, ' ', false, Json::error_handler_t::replace))));
  }
}

Option block_option() {
  return {.name = "block",
          .type = Type::data,
          .help = "of which block: a number, a hash, latest, pending, safe, finalized or earliest",
          .fallback = "latest"};
}

Task<std::vector<Json>> ask_all(Loop& loop, ChainClient& client, std::vector<ChainRead> reads,
                                CancelPtr cancel) {
  if (reads.empty()) {
    co_return std::vector<Json>();
  }
  const auto gathering = std::make_shared<Gathering>(loop);
  gathering->open = reads.size();
  gathering->results.resize(reads.size());
  gathering->failures.resize(reads.size());
  for (std::size_t position = 0; position < reads.size(); ++position) {
    loop.spawn(ask_one(client, std::move(reads[position]), gathering, position, cancel));
  }
  co_await gathering->done.wait(nullptr);  // those that ask are cancelled themselves
  for (const std::exception_ptr& failure : gathering->failures) {
    if (failure != nullptr) {
      std::rethrow_exception(failure);
    }
  }
  co_return std::move(gathering->results);
}

Task<ChainClient*> checked_client(Call& call) {
  if (!call.has("chain_id")) {
    co_return &client_of(call);
  }
  const KnownChain known = co_await chain_of(call);
  co_return &known.client;
}

}  // namespace runbook
