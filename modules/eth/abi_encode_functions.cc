// encode_call, encode_arguments: declared and called.
#include <fmt/format.h>

#include "engine/base/hash.h"
#include "modules/eth/abi_encode.h"
#include "modules/eth/abi_options.h"
#include "modules/eth/functions.h"

namespace runbook {

namespace {

Json encode_call(Call& call) {
  const AbiEntry entry = called(call);
  if (entry.kind != AbiEntry::Kind::function && entry.kind != AbiEntry::Kind::constructor) {
    throw Error(Code::option_invalid,
                fmt::format("eth.encode_call: {} is an {}, and cannot be called",
                            signature_text(entry), kind_text(entry.kind)))
        .with_effect(EffectDone::none);
  }
  const Json arguments = call.has("args") ? call.options().at("args") : Json::array();
  return "0x" +
         to_hex(selector(entry) + abi_encode(entry.inputs, arguments, signature_text(entry)));
}

Json encode_arguments(Call& call) {
  return "0x" + to_hex(abi_encode(types_option(call), call.options().at("values"),
                                  "eth.encode_arguments"));
}

Function encode_call_declared() {
  return {.name = "encode_call",
          .summary =
              "The data of a call: selector and arguments. Of a constructor, the arguments "
              "that follow the bytecode.",
          .options = {signature_option("\"transfer(address to, uint256 amount)\"; with abi the "
                                       "name of a function in it, or its full signature where "
                                       "several have the name; or constructor(…)",
                                       Required::yes),
                      {.name = "args",
                       .type = Type::data,
                       .help = "the arguments: a list, or a table by name; tuples likewise. Whole "
                               "numbers as number up to 2^53, digits, hex, \"1 ether\" or bigint; "
                               "bytes as hex with 0x",
                       .positional = true},
                      abi_option()},
          .returns = "hex text with 0x",
          .errors = {Code::abi_invalid, Code::abi_entry_unclear, Code::abi_value_invalid,
                     Code::option_invalid},
          .example =
              "local eth = require \"eth\"\n"
              "local team = \"0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266\"\n"
              "log(eth.encode_call { \"transfer(address,uint256)\", { team, \"1 ether\" } })\n"
              "local abi = { \"transfer(address to, uint256 amount)\", \"pause()\" }\n"
              "log(eth.encode_call { \"transfer\", { to = team, amount = 5 }, abi = abi })",
          .reveals = true,
          .compute = encode_call};
}

Function encode_arguments_declared() {
  return {
      .name = "encode_arguments",
      .summary =
          "Values as the ABI encodes them, without a selector: what abi.encode returns "
          "in Solidity.",
      .options = {{.name = "types",
                   .type = Type::strings,
                   .required = Required::yes,
                   .help = "\"uint256\", \"(address to, bytes data)[] calls\"; names are only "
                           "for values by name and for messages",
                   .positional = true},
                  {.name = "values",
                   .type = Type::data,
                   .required = Required::yes,
                   .help = "a list, or a table by name; each as encode_call takes it",
                   .positional = true}},
      .returns = "hex text with 0x",
      .errors = {Code::abi_invalid, Code::abi_value_invalid},
      .example =
          "local eth = require \"eth\"\n"
          "log(eth.encode_arguments { types = { \"uint8\", \"string\" }, values = { 18, \"Coin\" } "
          "})",
      .reveals = true,
      .compute = encode_arguments};
}

}  // namespace

std::vector<Function> encode_functions() {
  return {encode_call_declared(), encode_arguments_declared()};
}

}  // namespace runbook
