#include "modules/eth/transaction_options.h"

#include <fmt/format.h>

#include "modules/eth/address.h"
#include "modules/eth/quantity.h"

namespace runbook {

namespace {

constexpr std::string_view kMostWord =
    "0xffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff";
constexpr std::string_view kMostNonce = "0xfffffffffffffffe";    // EIP-2681
constexpr std::string_view kMostChainId = "0x7fffffffffffffdb";  // EIP-2294
constexpr std::string_view kMostGas = "0xffffffffffffffff";

[[noreturn]] void refuse_transaction(std::string message) {
  throw Error(Code::option_invalid, "eth.sign_transaction: " + std::move(message))
      .with_effect(EffectDone::none);
}

Bigint quantity(Call& call, std::string_view name, std::string_view most, std::int64_t least = 0) {
  Bigint number;
  try {
    number = parse_quantity(call.options().at(std::string(name)));
  } catch (Error& error) {
    error.message = fmt::format("eth.sign_transaction: {}: {}", name, error.message);
    throw;
  }
  if (number < Bigint(least) || number > Bigint::parse(most)) {
    refuse_transaction(fmt::format("{} = {}; it is {} to {}", name, number.text(), least,
                                   Bigint::parse(most).text()));
  }
  return number;
}

std::string recipient(Call& call) {
  if (!call.has("to")) {
    return {};
  }
  const std::string text = call.text("to");
  return text.empty() || text == "0x" ? std::string() : parse_address(text);
}

std::string storage_key(const Json& value) {
  std::string bytes = value.is_string() ? from_hex(value.get<std::string>()) : std::string();
  if (bytes.size() != std::tuple_size_v<Digest>) {
    refuse_transaction("a storage key in access_list is not 32 bytes of hex");
  }
  return bytes;
}

/// `storage_keys`, or `storageKeys` as nodes write it.
AccessedAccount accessed_account(const Json& entry) {
  if (!entry.is_object() || !entry.contains("address") || !entry["address"].is_string()) {
    refuse_transaction("an entry of access_list is not { address =, storage_keys = { … } }");
  }
  AccessedAccount account{.address = parse_address(entry["address"].get<std::string>()),
                          .keys = {}};
  for (const auto& [name, value] : entry.items()) {
    const bool keys = name == "storage_keys" || name == "storageKeys";
    const bool list = value.is_array() || (value.is_object() && value.empty());
    if (name != "address" && !(keys && list)) {
      refuse_transaction(fmt::format(
          "an entry of access_list has {}; it has address and storage_keys, a list", name));
    }
    if (keys) {
      for (const Json& key : value) {
        account.keys.push_back(storage_key(key));
      }
    }
  }
  return account;
}

Transaction::Kind kind_of(Call& call) {
  const bool base_fee = call.has("max_fee") || call.has("max_priority_fee");
  if (base_fee == call.has("gas_price")) {
    refuse_transaction("it takes gas_price, or max_fee and max_priority_fee");
  }
  if (base_fee && !(call.has("max_fee") && call.has("max_priority_fee"))) {
    refuse_transaction("max_fee and max_priority_fee go together");
  }
  if (base_fee) {
    return Transaction::Kind::base_fee;
  }
  return call.has("access_list") ? Transaction::Kind::access_list : Transaction::Kind::legacy;
}

void read_fees(Call& call, Transaction& transaction) {
  if (transaction.kind != Transaction::Kind::base_fee) {
    transaction.gas_price = quantity(call, "gas_price", kMostWord);
    return;
  }
  transaction.max_fee = quantity(call, "max_fee", kMostWord);
  transaction.max_priority_fee = quantity(call, "max_priority_fee", kMostWord);
  if (transaction.max_priority_fee > transaction.max_fee) {
    refuse_transaction(fmt::format("max_priority_fee = {} is above max_fee = {}",
                                   transaction.max_priority_fee.text(),
                                   transaction.max_fee.text()));
  }
}

Option quantity_option(std::string_view name, std::string_view help,
                       Required required = Required::no) {
  return {.name = name, .type = Type::data, .required = required, .help = help};
}

}  // namespace

std::vector<Option> transaction_options() {
  return {quantity_option("chain_id", "the chain's id, as eth_chainId says", Required::yes),
          quantity_option("nonce", "how many transactions the sender had before", Required::yes),
          {.name = "to",
           .type = Type::data,
           .help = "address of the recipient; absent, null or \"\" creates a contract"},
          quantity_option("value", "wei: a number, digits, \"0.5 ether\" or a bigint; 0 if absent"),
          quantity_option("gas", "most gas it may take", Required::yes),
          quantity_option("gas_price",
                          "wei for each gas: a legacy transaction (EIP-155), with an "
                          "access_list one of EIP-2930"),
          quantity_option("max_fee", "most wei for each gas, base fee included (EIP-1559)"),
          quantity_option("max_priority_fee", "of that, at most for the block's proposer"),
          {.name = "data",
           .type = Type::string,
           .help = "hex: a call, or the creation bytecode; none if absent"},
          {.name = "access_list",
           .type = Type::list,
           .help = "{ { address =, storage_keys = { … } }, … }"}};
}

Transaction transaction_of(Call& call) {
  Transaction transaction{.kind = kind_of(call)};
  transaction.chain_id = quantity(call, "chain_id", kMostChainId, 1);
  transaction.nonce = quantity(call, "nonce", kMostNonce);
  transaction.gas = quantity(call, "gas", kMostGas);
  read_fees(call, transaction);
  if (call.has("to") && !call.options().at("to").is_string()) {
    refuse_transaction("to is no address");
  }
  transaction.to = recipient(call);
  if (call.has("value")) {
    transaction.value = quantity(call, "value", kMostWord);
  }
  transaction.data = from_hex(call.text_or("data", ""));
  if (call.has("access_list")) {
    for (const Json& entry : call.options().at("access_list")) {
      transaction.access_list.push_back(accessed_account(entry));
    }
  }
  return transaction;
}

}  // namespace runbook
