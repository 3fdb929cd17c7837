#include "modules/eth/account.h"

#include <fmt/format.h>

#include <map>

#include "engine/base/file.h"
#include "engine/base/hash.h"
#include "modules/eth/address.h"
#include "modules/eth/chain_options.h"
#include "modules/eth/keystore.h"
#include "modules/eth/secret_option.h"

namespace runbook {

namespace {

/// Keys of keystores, by path: opening one takes most of a second.
struct OpenedKeystores {
  std::map<std::string, std::shared_ptr<const PrivateKey>> by_path;
};

std::string keystore_text(Call& call) {
  return read_file(call.host().root / call.text("keystore"));
}

std::string keystore_address(Call& call) {
  const Json file = parse_json(keystore_text(call), call.text("keystore"));
  const Json address = file.is_object() ? file.value("address", Json()) : Json();
  if (!address.is_string()) {
    refuse(Code::option_invalid,
           fmt::format("the keystore {} does not say its address", call.text("keystore")),
           "say it: sender = \"0x…\"");
  }
  const std::string text = address.get<std::string>();
  return parse_address(text.starts_with("0x") ? text : "0x" + text);
}

void check_who_sends(Call& call) {
  const int ways =
      (call.has("key") ? 1 : 0) + (call.has("keystore") ? 1 : 0) + (call.has("account") ? 1 : 0);
  if (ways != 1) {
    refuse(Code::option_invalid, ways == 0
                                     ? "nobody sends: give key, keystore and password, or account"
                                     : "key, keystore and account exclude each other");
  }
  for (const char* name : {"key", "password"}) {
    if (call.has(name)) {
      expect_secret(call, name);
    }
  }
}

Task<std::shared_ptr<const PrivateKey>> opened_keystore(Call& call) {
  OpenedKeystores& opened = call.host().of_session<OpenedKeystores>();
  const std::string path = call.text("keystore");
  const auto found = opened.by_path.find(path);
  if (found != opened.by_path.end()) {
    co_return found->second;
  }
  if (!call.has("password")) {
    refuse(Code::option_invalid, fmt::format("the keystore {} needs its password", path));
  }
  Json text = keystore_text(call);
  PrivateKey key = co_await open_keystore(call.host().loop, std::move(text), call.text("password"));
  auto shared = std::make_shared<const PrivateKey>(std::move(key));
  opened.by_path[path] = shared;
  co_return shared;
}

}  // namespace

std::string sender_of(Call& call) {
  check_who_sends(call);
  for (const char* name : {"sender", "account"}) {
    const std::string address = address_option(call.options(), name);
    if (!address.empty()) {
      return address;
    }
  }
  return call.has("key") ? PrivateKey::parse(call.text("key")).address() : keystore_address(call);
}

Task<Account> account_of(Call& call) {
  Account account{.address = sender_of(call), .key = nullptr};
  if (call.has("key")) {
    account.key = std::make_shared<const PrivateKey>(PrivateKey::parse(call.text("key")));
  } else if (call.has("keystore")) {
    account.key = co_await opened_keystore(call);
  }
  if (account.key != nullptr && account.key->address() != account.address) {
    refuse(Code::key_invalid, fmt::format("the key is that of {}, and the sender is {}",
                                          checksum_address(account.key->address()),
                                          checksum_address(account.address)));
  }
  co_return account;
}

// Nodes give back { raw, tx }, or the bytes alone.
Task<Alternative> signed_alternative(Account account, ChainClient& client, TransactionIntent intent,
                                     Fees fees, CancelPtr cancel) {
  Alternative alternative{.raw = {}, .hash = {}, .fees = fees};
  if (account.key != nullptr) {
    const Transaction transaction = transaction_with(intent, fees);
    alternative.raw =
        signed_bytes(transaction, account.key->sign(keccak256(unsigned_bytes(transaction))));
  } else {
    Json params = Json::array({node_transaction(intent, fees)});
    const JsonRpcAnswer answer =
        co_await client.ask("eth_signTransaction", std::move(params), std::move(cancel));
    const Json raw = answer.result.is_object() ? answer.result.value("raw", Json()) : answer.result;
    alternative.raw = raw.is_string() ? from_hex(raw.get<std::string>()) : std::string();
  }
  if (!alternative.raw.empty()) {
    alternative.hash = "0x" + to_hex(keccak256(alternative.raw));
  }
  co_return alternative;
}

}  // namespace runbook
