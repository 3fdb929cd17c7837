// send, transfer: declared and called.
#include <fmt/format.h>

#include "modules/eth/address.h"
#include "modules/eth/chain_options.h"
#include "modules/eth/contract_call.h"
#include "modules/eth/functions.h"
#include "modules/eth/transaction_call.h"

namespace runbook {

namespace {

constexpr std::string_view kSent =
    "{ hash, block, block_hash, status, gas_used, fee, nonce, from, to, logs }; block, gas_used "
    "and fee are bigints";

TransactionRequest send_request(Call& call) {
  ContractCall called = contract_call(call.options(), artifact_files(call));
  TransactionRequest request;
  request.to = address_option(call.options(), "to");
  request.value = quantity_option(call.options(), "value").value_or(Bigint());
  request.data = std::move(called.data);
  request.subject = fmt::format("{} of {}", called.subject(), checksum_address(request.to));
  request.abi = std::move(called.abi);
  return request;
}

TransactionRequest transfer_request(Call& call) {
  TransactionRequest request;
  request.to = address_option(call.options(), "to");
  request.value = *quantity_option(call.options(), "value");
  request.subject = fmt::format("the transfer to {}", checksum_address(request.to));
  return request;
}

/// The file of an ABI may be gone, or another, since: what was sent stands in the intent.
template <TransactionRequest (*request_of)(Call&)>
TransactionRequest readable_request(Call& call) {
  try {
    return request_of(call);
  } catch (const Error& error) {
    call.log(Stream::err, error.message);
    TransactionRequest request;
    request.subject = "the call";
    return request;
  }
}

template <TransactionRequest (*request_of)(Call&)>
Task<Outcome> probe_request(Call& call) {
  TransactionRequest request = readable_request<request_of>(call);
  co_return co_await probe_transaction(call, std::move(request));
}

Option to_option(std::string_view help) {
  return {.name = "to", .type = Type::string, .required = Required::yes, .help = help};
}

Function send_declared() {
  return {
      .name = "send",
      .effect = Effect::once,
      .summary =
          "Sends a transaction, once, and waits for its receipt. Signed bytes, hash and nonce are "
          "recorded before anything is sent: a run that is cut off finds out what became of it, or "
          "sends the same bytes again.",
      .options = joined(joined(contract_call_options(),
                               {to_option("address of the contract or account"),
                                {.name = "value",
                                 .type = Type::data,
                                 .help = "wei that goes along: a number, digits, \"0.5 ether\" or "
                                         "a bigint"}}),
                        sending_options()),
      .returns = kSent,
      .errors = sending_errors({Code::abi_invalid, Code::abi_entry_unclear, Code::abi_value_invalid,
                                Code::artifact_invalid}),
      .example =
          "local eth = require \"eth\"\n"
          "local chain = eth.chain {\n"
          "  url = \"http://127.0.0.1:8545\",\n"
          "  key = secret(\"deployer\", { env = \"DEPLOYER_KEY\" }),\n"
          "}\n"
          "step(\"pause the token\", function()\n"
          "  return chain:send {\n"
          "    \"pause()\", to = \"0x5FbDB2315678afecb367f032d93F642f64180aa3\",\n"
          "  }\n"
          "end)",
      .tagged = true,
      .identity = request_identity<send_request>,
      .run = run_request<send_request>,
      .prepare = prepare_request<send_request>,
      .probe = probe_request<send_request>};
}

Function transfer_declared() {
  return {.name = "transfer",
          .effect = Effect::once,
          .summary = "Sends an amount of the chain's own coin, once, and waits for the receipt.",
          .options = joined({to_option("address of the receiver"),
                             {.name = "value",
                              .type = Type::data,
                              .required = Required::yes,
                              .help = "wei: a number, digits, \"0.5 ether\" or a bigint"}},
                            sending_options()),
          .returns = kSent,
          .errors = sending_errors({}),
          .example =
              "local eth = require \"eth\"\n"
              "local chain = eth.chain {\n"
              "  url = \"http://127.0.0.1:8545\",\n"
              "  key = secret(\"deployer\", { env = \"DEPLOYER_KEY\" }),\n"
              "}\n"
              "step(\"pay the auditor\", function()\n"
              "  return chain:transfer {\n"
              "    to = \"0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266\", value = eth.ether(2),\n"
              "  }\n"
              "end)",
          .tagged = true,
          .identity = request_identity<transfer_request>,
          .run = run_request<transfer_request>,
          .prepare = prepare_request<transfer_request>,
          .probe = probe_request<transfer_request>};
}

}  // namespace

std::vector<Function> send_functions() {
  return {send_declared(), transfer_declared()};
}

}  // namespace runbook
