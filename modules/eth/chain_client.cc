#include "modules/eth/chain_client.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/hash.h"
#include "engine/io/http_url.h"
#include "modules/eth/node_requests.h"

namespace runbook {

namespace {

constexpr std::chrono::milliseconds kMoment{1'000};
constexpr std::chrono::milliseconds kBehind{200};
constexpr std::chrono::milliseconds kBehindAtMost{60'000};

[[noreturn]] void throw_unexpected(const Json& value) {
  throw Error(Code::jsonrpc_invalid,
              fmt::format("the node answered {} where a number in hex is due",
                          value.dump(-1, ' ', false, Json::error_handler_t::replace)))
      .with_effect(EffectDone::none);
}

Head read_head(const Json& block) {
  if (!block.is_object() || !block.value("hash", Json()).is_string()) {
    throw Error(Code::jsonrpc_invalid, "the node answered no block where its newest is due")
        .with_transient()
        .with_effect(EffectDone::none);
  }
  Head head{.number = node_number(block.at("number")),
            .hash = block.at("hash").get<std::string>(),
            .base_fee = std::nullopt,
            .gas_limit = node_quantity(block.value("gasLimit", Json("0x0")))};
  if (block.contains("baseFeePerGas") && !block.at("baseFeePerGas").is_null()) {
    head.base_fee = node_quantity(block.at("baseFeePerGas"));
  }
  return head;
}

}  // namespace

std::string hex_number(std::uint64_t number) {
  return fmt::format("{:#x}", number);
}

Bigint node_quantity(const Json& value) {
  if (!value.is_string() || !value.get_ref<const std::string&>().starts_with("0x")) {
    throw_unexpected(value);
  }
  return Bigint::parse(value.get_ref<const std::string&>());
}

std::uint64_t node_number(const Json& value) {
  const Bigint number = node_quantity(value);
  if (number.is_negative() || number > Bigint::parse("0x7fffffffffffffff")) {
    throw_unexpected(value);
  }
  return std::stoull(number.text());
}

struct ChainClient::Impl {
  Impl(Loop& the_loop, HttpClient& http, JsonRpcEndpoint endpoint,
       std::chrono::milliseconds patience)
      : loop(the_loop),
        shown(parse_origin(endpoint.url).shown()),
        requests(std::make_shared<NodeRequests>(the_loop, http, std::move(endpoint), patience)) {}

  bool is_recent(std::chrono::steady_clock::time_point time) const {
    return loop.clock().steady() - time < kMoment;
  }

  Loop& loop;
  const std::string shown;
  const std::shared_ptr<NodeRequests> requests;
  std::optional<ChainIdentity> identity;
  std::uint64_t seen_head = 0;
  Head head;
  std::chrono::steady_clock::time_point head_time{};
  std::optional<FeeData> fees;
  std::chrono::steady_clock::time_point fees_time{};
};

ChainClient::ChainClient(Loop& loop, HttpClient& http, JsonRpcEndpoint endpoint,
                         std::chrono::milliseconds patience)
    : impl_(std::make_shared<Impl>(loop, http, std::move(endpoint), patience)) {}

ChainClient::~ChainClient() = default;

Task<JsonRpcAnswer> ChainClient::ask(std::string method, Json params, CancelPtr cancel) {
  co_return co_await impl_->requests->ask(std::move(method), std::move(params), std::move(cancel));
}

Task<std::vector<JsonRpcAnswer>> ChainClient::ask_all(std::vector<JsonRpcCall> calls,
                                                      CancelPtr cancel) {
  co_return co_await impl_->requests->ask_all(std::move(calls), std::move(cancel));
}

Task<std::vector<Json>> ChainClient::read_at_head(std::vector<JsonRpcCall> calls,
                                                  CancelPtr cancel) {
  const auto deadline = impl_->loop.clock().steady() + kBehindAtMost;
  calls.push_back({"eth_getBlockByNumber", Json::array({"latest", false})});
  for (;;) {
    const std::uint64_t seen = seen_head();
    std::vector<JsonRpcAnswer> answers = co_await ask_all(calls, cancel);
    const auto failed = std::ranges::find_if(
        answers, [](const JsonRpcAnswer& answer) { return !answer.error.is_null(); });
    if (failed == answers.end() && take_head(answers.back().result).number >= seen) {
      std::vector<Json> results;
      for (std::size_t i = 0; i + 1 < answers.size(); ++i) {
        results.push_back(std::move(answers[i].result));
      }
      co_return results;
    }
    if (failed != answers.end() || impl_->loop.clock().steady() > deadline) {
      throw Error(Code::jsonrpc_error,
                  failed == answers.end()
                      ? fmt::format("{} is behind block {}, which it had", shown_url(), seen)
                      : fmt::format("{} does not answer: {}", shown_url(), failed->error.dump()))
          .with_transient()
          .with_effect(EffectDone::none);
    }
    co_await tick(kBehind, cancel);
  }
}

Task<Json> ChainClient::read(std::string method, Json params, CancelPtr cancel) {
  JsonRpcAnswer answer = co_await ask(method, std::move(params), std::move(cancel));
  if (answer.error.is_null()) {
    co_return std::move(answer.result);
  }
  const Json text = answer.error.value("message", Json());
  Error error(Code::jsonrpc_error,
              fmt::format("{}: {}", method,
                          text.is_string()
                              ? text.get<std::string>()
                              : answer.error.dump(-1, ' ', false, Json::error_handler_t::replace)));
  error.detail = std::move(answer.error);
  error.detail["method"] = std::move(method);
  throw error.with_effect(EffectDone::none);
}

Task<ChainIdentity> ChainClient::identity(CancelPtr cancel) {
  if (!impl_->identity) {
    ChainIdentity found;
    Json none = Json::array();
    const Json id = co_await read("eth_chainId", std::move(none), cancel);
    found.chain_id = node_number(id);
    Json params = Json::array({"0x0", false});
    const Json block = co_await read("eth_getBlockByNumber", std::move(params), std::move(cancel));
    if (!block.is_object() || !block.value("hash", Json()).is_string()) {
      throw Error(Code::jsonrpc_invalid,
                  fmt::format("{} has no block 0, which tells its chain from others", shown_url()))
          .with_effect(EffectDone::none);
    }
    found.genesis = block.at("hash").get<std::string>();
    impl_->identity = std::move(found);
  }
  co_return *impl_->identity;
}

Task<Head> ChainClient::head(CancelPtr cancel) {
  Json params = Json::array({"latest", false});
  const Json block = co_await read("eth_getBlockByNumber", std::move(params), std::move(cancel));
  co_return take_head(block);
}

Head ChainClient::take_head(const Json& block) {
  Head head = read_head(block);
  impl_->seen_head = std::max(impl_->seen_head, head.number);
  impl_->head = head;
  impl_->head_time = impl_->loop.clock().steady();
  return head;
}

Task<Head> ChainClient::recent_head(CancelPtr cancel) {
  if (impl_->is_recent(impl_->head_time) && !impl_->head.hash.empty()) {
    co_return impl_->head;
  }
  co_return co_await head(std::move(cancel));
}

Task<FeeData> ChainClient::fee_data(CancelPtr cancel) {
  if (impl_->fees && impl_->is_recent(impl_->fees_time)) {
    co_return *impl_->fees;
  }
  FeeData fees;
  const Head newest = co_await head(cancel);
  fees.base_fee = newest.base_fee;
  if (fees.base_fee) {
    Json none = Json::array();
    const JsonRpcAnswer tip = co_await ask("eth_maxPriorityFeePerGas", std::move(none), cancel);
    if (tip.error.is_null()) {
      fees.tip = node_quantity(tip.result);
    }
  }
  if (!fees.tip) {
    Json none = Json::array();
    const Json price = co_await read("eth_gasPrice", std::move(none), std::move(cancel));
    fees.gas_price = node_quantity(price);
  }
  impl_->fees = fees;
  impl_->fees_time = impl_->loop.clock().steady();
  co_return fees;
}

Task<std::uint64_t> ChainClient::count(std::string address, std::string block, CancelPtr cancel) {
  Json params = Json::array({std::move(address), std::move(block)});
  const Json count = co_await read("eth_getTransactionCount", std::move(params), std::move(cancel));
  co_return node_number(count);
}

Task<Bigint> ChainClient::balance(std::string address, std::string block, CancelPtr cancel) {
  Json params = Json::array({std::move(address), std::move(block)});
  const Json balance = co_await read("eth_getBalance", std::move(params), std::move(cancel));
  co_return node_quantity(balance);
}

Task<std::string> ChainClient::code(std::string address, std::string block, CancelPtr cancel) {
  Json params = Json::array({std::move(address), std::move(block)});
  const Json code = co_await read("eth_getCode", std::move(params), std::move(cancel));
  co_return from_hex(code.is_string() ? code.get<std::string>() : std::string());
}

Task<Json> ChainClient::receipt(std::string hash, CancelPtr cancel) {
  Json params = Json::array({std::move(hash)});
  co_return co_await read("eth_getTransactionReceipt", std::move(params), std::move(cancel));
}

Task<Bigint> ChainClient::estimate(Json transaction, CancelPtr cancel) {
  Json params = Json::array({std::move(transaction), "pending"});
  const Json gas = co_await read("eth_estimateGas", std::move(params), std::move(cancel));
  co_return node_quantity(gas);
}

std::uint64_t ChainClient::seen_head() const {
  return impl_->seen_head;
}

Task<void> ChainClient::tick(std::chrono::milliseconds interval, CancelPtr cancel) {
  const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(
      impl_->loop.clock().steady().time_since_epoch());
  co_await impl_->loop.sleep(interval - now % interval, std::move(cancel));
}

std::string ChainClient::shown_url() const {
  return impl_->shown;
}

}  // namespace runbook
