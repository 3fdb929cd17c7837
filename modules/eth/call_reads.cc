// call, estimate: what a function would do now, without a transaction.
#include <fmt/format.h>

#include "engine/base/hash.h"
#include "modules/eth/address.h"
#include "modules/eth/chain_options.h"
#include "modules/eth/chain_read.h"
#include "modules/eth/contract_call.h"
#include "modules/eth/revert.h"

namespace runbook {

namespace {

/// The transaction as eth_call and eth_estimateGas take it.
Json transaction_object(const Json& options, const ContractCall& call) {
  Json object = Json::object();
  for (const char* name : {"to", "from"}) {
    if (const std::string address = address_option(options, name); !address.empty()) {
      object[name] = "0x" + to_hex(address);
    }
  }
  for (const char* name : {"value", "gas"}) {
    if (const std::optional<Bigint> number = quantity_option(options, name)) {
      object[name] = number->hex();
    }
  }
  if (!call.data.empty()) {
    object["data"] = "0x" + to_hex(call.data);
  }
  return object;
}

/// The result, unless the call reverted, or could not be made.
const Json& accepted(const JsonRpcAnswer& answer, std::string_view method,
                     const std::string& subject, const Abi& abi) {
  if (const std::optional<std::string> data = revert_data(answer.error)) {
    throw revert_error(subject, abi, *data);
  }
  return node_result(answer, method);
}

/// "transfer(address,uint256) of 0x…".
std::string subject_of(const Json& options, const ContractCall& call) {
  const std::string to = address_option(options, "to");
  return fmt::format("{}{}", call.subject(),
                     to.empty() ? "" : fmt::format(" of {}", checksum_address(to)));
}

ChainRead read_call(const Json& options, ArtifactFiles& files) {
  ContractCall call = contract_call(options, files);
  if (address_option(options, "to").empty()) {
    refuse(Code::option_missing, "to is missing: the contract that is called");
  }
  ChainRead read;
  read.request = {"eth_call",
                  Json::array({transaction_object(options, call), block_parameter(options)})};
  std::string subject = subject_of(options, call);
  read.take = [call = std::move(call), subject = std::move(subject)](const JsonRpcAnswer& answer) {
    const Json& result = accepted(answer, "eth_call", subject, call.abi);
    if (!result.is_string()) {
      throw Error(Code::jsonrpc_invalid, fmt::format("{}: the answer is not hex text", subject))
          .with_effect(EffectDone::none);
    }
    return call.function
               ? returned_values(*call.function, from_hex(result.get<std::string>()), subject)
               : result;
  };
  return read;
}

ChainRead read_estimate(const Json& options, ArtifactFiles& files) {
  ContractCall call = contract_call(options, files);
  ChainRead read;
  read.request = {"eth_estimateGas",
                  Json::array({transaction_object(options, call), block_parameter(options)})};
  std::string subject = subject_of(options, call);
  read.take = [abi = std::move(call.abi),
               subject = std::move(subject)](const JsonRpcAnswer& answer) {
    return stored(node_quantity(accepted(answer, "eth_estimateGas", subject, abi)));
  };
  return read;
}

std::vector<Option> would_be_options(Required to) {
  return joined(
      joined(
          contract_call_options(),
          {{.name = "to", .type = Type::string, .required = to, .help = "address of the contract"},
           {.name = "from", .type = Type::string, .help = "who would send it"},
           {.name = "value", .type = Type::data, .help = "wei that would be sent along"},
           {.name = "gas", .type = Type::data, .help = "most gas it may take"},
           block_option()}),
      chain_options());
}

std::vector<Code> would_be_errors() {
  return chain_errors({Code::transaction_reverted, Code::abi_invalid, Code::abi_entry_unclear,
                       Code::abi_value_invalid, Code::abi_data_invalid, Code::artifact_invalid,
                       Code::address_invalid, Code::option_invalid});
}

Function call_declared() {
  return {.name = "call",
          .effect = Effect::read,
          .summary =
              "Asks a function of a contract, and decodes its answer. Nothing is sent: what it "
              "would change stays as it is.",
          .options = would_be_options(Required::yes),
          .returns = "what decode_result gives; of bare data the answer as hex",
          .errors = would_be_errors(),
          .example =
              "local eth = require \"eth\"\n"
              "local account = \"0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266\"\n"
              "step(\"look at the balance\", function()\n"
              "  return eth.call {\n"
              "    \"balanceOf(address) returns (uint256)\", { account },\n"
              "    to = \"0x5FbDB2315678afecb367f032d93F642f64180aa3\",\n"
              "    url = \"http://127.0.0.1:8545\",\n"
              "  }\n"
              "end)",
          .tagged = true,
          .run = run_read<read_call>};
}

Function estimate_declared() {
  return {.name = "estimate",
          .effect = Effect::read,
          .summary =
              "How much gas a transaction would take. Without `to` it would create a "
              "contract of the code in `data`.",
          .options = would_be_options(Required::no),
          .returns = "a bigint",
          .errors = would_be_errors(),
          .example =
              "local eth = require \"eth\"\n"
              "local account = \"0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266\"\n"
              "step(\"estimate a transfer\", function()\n"
              "  return eth.estimate { to = account, value = 1, url = \"http://127.0.0.1:8545\" }\n"
              "end)",
          .tagged = true,
          .run = run_read<read_estimate>};
}

}  // namespace

std::vector<ReadPrimitive> call_reads() {
  return {{call_declared(), read_call}, {estimate_declared(), read_estimate}};
}

}  // namespace runbook
