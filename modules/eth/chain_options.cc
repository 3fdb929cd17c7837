#include "modules/eth/chain_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <limits>

#include "modules/eth/address.h"
#include "modules/eth/quantity.h"

namespace runbook {

std::vector<Option> chain_options() {
  return {{.name = "url",
           .type = Type::url,
           .required = Required::yes,
           .help = "JSON-RPC endpoint of a node"},
          {.name = "headers",
           .type = Type::table,
           .help = "names and values that go with each request, such as Authorization"},
          {.name = "request_timeout",
           .type = Type::duration,
           .help = "for one request to the node",
           .fallback = "10s"},
          {.name = "patience",
           .type = Type::duration,
           .help = "how long a request is repeated that the node does not answer, or has had too "
                   "many of",
           .fallback = "1m"},
          {.name = "chain",
           .type = Type::string,
           .help = "name of the handle, which tells equal calls on two chains apart",
           .fallback = "chain"},
          {.name = "chain_id",
           .type = Type::data,
           .help = "what eth_chainId must say; another chain is refused"}};
}

std::vector<Option> sending_options() {
  return joined(
      chain_options(),
      {{.name = "key", .type = Type::secret, .help = "the sender's private key"},
       {.name = "keystore", .type = Type::path, .help = "or: the file that holds it, encrypted"},
       {.name = "password", .type = Type::secret, .help = "of the keystore"},
       {.name = "account", .type = Type::string, .help = "or: an account that the node unlocks"},
       {.name = "sender",
        .type = Type::string,
        .help = "the address that key or keystore must be of"},
       {.name = "confirmations",
        .type = Type::integer,
        .help = "blocks from the transaction's own to the head, itself included, until it is done",
        .fallback = 1},
       {.name = "timeout",
        .type = Type::duration,
        .help = "how long the transaction is waited for; then its outcome is unknown, and it "
                "stays open",
        .fallback = "10m"},
       {.name = "gas", .type = Type::data, .help = "most gas it may take; estimated if absent"},
       {.name = "fees",
        .type = Type::table,
        .help = "{ max_fee =, max_spend = } limit what a gas, and all gas of one transaction, may "
                "cost, in wei; { max_priority_fee = } or { gas_price = } is what is offered first"},
       {.name = "in_flight",
        .type = Type::integer,
        .help = "most transactions of one sender that wait to be mined at a time",
        .fallback = 16}});
}

std::vector<Option> joined(std::vector<Option> first, std::vector<Option> more) {
  std::move(more.begin(), more.end(), std::back_inserter(first));
  return first;
}

std::vector<Code> chain_errors(std::vector<Code> more) {
  const std::vector<Code> all = {Code::chain_mismatch, Code::jsonrpc_error,  Code::jsonrpc_invalid,
                                 Code::http_status,    Code::http_timed_out, Code::http_connection};
  more.insert(more.end(), all.begin(), all.end());
  return more;
}

std::vector<Code> sending_errors(std::vector<Code> more) {
  const std::vector<Code> all = {Code::transaction_reverted, Code::transaction_refused,
                                 Code::transaction_open,     Code::fee_limit,
                                 Code::sender_busy,          Code::key_invalid,
                                 Code::keystore_invalid,     Code::address_invalid,
                                 Code::bigint_invalid,       Code::option_invalid};
  more.insert(more.end(), all.begin(), all.end());
  return chain_errors(std::move(more));
}

std::optional<Bigint> quantity_option(const Json& options, std::string_view name) {
  const auto found = options.find(std::string(name));
  if (found == options.end() || found->is_null()) {
    return std::nullopt;
  }
  Bigint number;
  try {
    number = parse_quantity(*found);
  } catch (Error& error) {
    error.message = fmt::format("{}: {}", name, error.message);
    throw;
  }
  if (number.is_negative()) {
    refuse(Code::option_invalid, fmt::format("{} = {} is negative", name, number.text()));
  }
  return number;
}

std::optional<std::uint64_t> count_option(const Json& options, std::string_view name) {
  const std::optional<Bigint> number = quantity_option(options, name);
  if (!number) {
    return std::nullopt;
  }
  if (*number > Bigint(std::numeric_limits<std::int64_t>::max())) {
    refuse(Code::option_invalid, fmt::format("{} = {} is too large", name, number->text()));
  }
  return std::stoull(number->text());
}

std::string address_option(const Json& options, std::string_view name) {
  const auto found = options.find(std::string(name));
  if (found == options.end() || found->is_null()) {
    return {};
  }
  if (!found->is_string()) {
    refuse(Code::address_invalid, fmt::format("{} is no address but {}", name, found->dump()));
  }
  try {
    return parse_address(found->get_ref<const std::string&>());
  } catch (Error& error) {
    error.message = fmt::format("{}: {}", name, error.message);
    throw;
  }
}

Json stored(const Bigint& number) {
  return {{"$bigint", number.text()}};
}

}  // namespace runbook
