// balance, code, nonce, storage: what a chain keeps of an account.
#include "engine/base/hash.h"
#include "modules/eth/chain_options.h"
#include "modules/eth/chain_read.h"

namespace runbook {

namespace {

Option address_of_account(std::string_view help) {
  return {.name = "address",
          .type = Type::string,
          .required = Required::yes,
          .help = help,
          .positional = true};
}

Option positional_block() {
  Option option = block_option();
  option.positional = true;
  return option;
}

std::string account(const Json& options) {
  const std::string address = address_option(options, "address");
  if (address.empty()) {
    refuse(Code::option_missing, "address is missing");
  }
  return "0x" + to_hex(address);
}

/// `method` of the account, at the block.
ChainRead account_read(const Json& options, std::string method,
                       Json (*result)(const Json& answered)) {
  ChainRead read;
  read.request.params = Json::array({account(options), block_parameter(options)});
  read.take = [method, result](const JsonRpcAnswer& answer) {
    return result(node_result(answer, method));
  };
  read.request.method = std::move(method);
  return read;
}

ChainRead read_balance(const Json& options, ArtifactFiles& /*files*/) {
  return account_read(options, "eth_getBalance",
                      [](const Json& answered) { return stored(node_quantity(answered)); });
}

ChainRead read_nonce(const Json& options, ArtifactFiles& /*files*/) {
  return account_read(options, "eth_getTransactionCount",
                      [](const Json& answered) { return Json(node_number(answered)); });
}

ChainRead read_code(const Json& options, ArtifactFiles& /*files*/) {
  return account_read(options, "eth_getCode", [](const Json& answered) { return answered; });
}

ChainRead read_storage(const Json& options, ArtifactFiles& /*files*/) {
  const std::optional<Bigint> slot = quantity_option(options, "slot");
  if (!slot) {
    refuse(Code::option_missing, "slot is missing");
  }
  ChainRead read;
  read.request = {"eth_getStorageAt", Json::array({account(options), "0x" + to_hex(slot->word()),
                                                   block_parameter(options)})};
  read.take = [](const JsonRpcAnswer& answer) {
    // Some nodes leave the zeros in front out.
    return Json("0x" + to_hex(node_quantity(node_result(answer, "eth_getStorageAt")).word()));
  };
  return read;
}

Function balance_declared() {
  return {
      .name = "balance",
      .effect = Effect::read,
      .summary = "How much an account has, in wei.",
      .options = joined({address_of_account("the account"), positional_block()}, chain_options()),
      .returns = "a bigint",
      .errors = chain_errors({Code::address_invalid, Code::option_invalid}),
      .example =
          "local eth = require \"eth\"\n"
          "local account = \"0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266\"\n"
          "step(\"look at the balance\", function()\n"
          "  local wei = eth.balance { account, url = \"http://127.0.0.1:8545\" }\n"
          "  log(wei:format \"ether\" .. \" ether\")\n"
          "end)",
      .tagged = true,
      .run = run_read<read_balance>};
}

Function code_declared() {
  return {
      .name = "code",
      .effect = Effect::read,
      .summary = "The code of a contract, as it runs.",
      .options = joined({address_of_account("the contract"), positional_block()}, chain_options()),
      .returns = "hex text; 0x where there is no contract",
      .errors = chain_errors({Code::address_invalid, Code::option_invalid}),
      .example =
          "local eth = require \"eth\"\n"
          "local token = \"0x5FbDB2315678afecb367f032d93F642f64180aa3\"\n"
          "wait_until(\"the token is there\", function()\n"
          "  return eth.code { token, url = \"http://127.0.0.1:8545\" } ~= \"0x\"\n"
          "end)",
      .tagged = true,
      .run = run_read<read_code>};
}

Function nonce_declared() {
  return {
      .name = "nonce",
      .effect = Effect::read,
      .summary =
          "How many transactions an account has sent; of block pending also those that "
          "wait to be mined.",
      .options = joined({address_of_account("the account"), positional_block()}, chain_options()),
      .returns = "a number",
      .errors = chain_errors({Code::address_invalid, Code::option_invalid}),
      .example =
          "local eth = require \"eth\"\n"
          "local account = \"0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266\"\n"
          "step(\"count\", function()\n"
          "  return eth.nonce { account, \"pending\", url = \"http://127.0.0.1:8545\" }\n"
          "end)",
      .tagged = true,
      .run = run_read<read_nonce>};
}

Function storage_declared() {
  return {
      .name = "storage",
      .effect = Effect::read,
      .summary = "One word of a contract's storage.",
      .options = joined({address_of_account("the contract"),
                         {.name = "slot",
                          .type = Type::data,
                          .required = Required::yes,
                          .help = "which word: a number, digits, hex or a bigint",
                          .positional = true},
                         block_option()},
                        chain_options()),
      .returns = "32 bytes as hex",
      .errors = chain_errors({Code::address_invalid, Code::bigint_invalid, Code::option_invalid}),
      .example =
          "local eth = require \"eth\"\n"
          "local proxy = \"0x5FbDB2315678afecb367f032d93F642f64180aa3\"\n"
          "local slot = \"0x360894a13ba1a3210667c828492db98dca3e2076cc3735a920a3ca505d382bbc\"\n"
          "step(\"look behind the proxy\", function()\n"
          "  return eth.storage { proxy, slot, url = \"http://127.0.0.1:8545\" }\n"
          "end)",
      .tagged = true,
      .run = run_read<read_storage>};
}

}  // namespace

std::vector<ReadPrimitive> state_reads() {
  return {{balance_declared(), read_balance},
          {code_declared(), read_code},
          {nonce_declared(), read_nonce},
          {storage_declared(), read_storage}};
}

}  // namespace runbook
