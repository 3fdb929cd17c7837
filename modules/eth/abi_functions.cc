// encode_call, encode_arguments, decode_result, decode_event, decode_error: declared and called.
#include <fmt/format.h>

#include "engine/base/hash.h"
#include "modules/eth/abi_decode.h"
#include "modules/eth/abi_encode.h"
#include "modules/eth/abi_entry.h"
#include "modules/eth/abi_log.h"
#include "modules/eth/abi_revert.h"
#include "modules/eth/functions.h"

namespace runbook {

namespace {

using Kind = AbiEntry::Kind;

[[noreturn]] void refuse(std::string message) {
  throw Error(Code::option_invalid, std::move(message)).with_effect(EffectDone::none);
}

/// The function or constructor that the options name, from `abi` if there is one.
AbiEntry called(Call& call) {
  const std::string wanted = call.text("signature");
  if (!call.has("abi")) {
    return parse_signature(wanted);
  }
  const Kind kind = wanted.starts_with("constructor") ? Kind::constructor : Kind::function;
  return find_entry(read_abi(call.options().at("abi")), kind, wanted);
}

AbiType types_option(Call& call) {
  std::vector<AbiType> types;
  for (const Json& text : call.options().at("types")) {
    types.push_back(parse_type(text.get<std::string>()));
  }
  return tuple_of(std::move(types));
}

Json encode_call(Call& call) {
  const AbiEntry entry = called(call);
  if (entry.kind != Kind::function && entry.kind != Kind::constructor) {
    refuse(fmt::format("eth.encode_call: {} is an {}, and cannot be called", signature_text(entry),
                       kind_text(entry.kind)));
  }
  const Json arguments = call.has("args") ? call.options().at("args") : Json::array();
  return "0x" +
         to_hex(selector(entry) + abi_encode(entry.inputs, arguments, signature_text(entry)));
}

Json encode_arguments(Call& call) {
  return "0x" + to_hex(abi_encode(types_option(call), call.options().at("values"),
                                  "eth.encode_arguments"));
}

Json decode_result(Call& call) {
  if (call.has("signature") == call.has("types")) {
    refuse("eth.decode_result takes one of signature and types");
  }
  const std::string data = from_hex(call.text("data"));
  const bool by_types = call.has("types");
  const AbiEntry entry = by_types ? AbiEntry{.outputs = types_option(call)} : called(call);
  const std::string subject = by_types ? "eth.decode_result" : signature_text(entry);
  if (data.empty() && !entry.outputs.parts.empty()) {
    throw Error(Code::abi_data_invalid, fmt::format("{}: the answer is empty", subject),
                "there is no contract at the address, or it has no such function")
        .with_effect(EffectDone::none);
  }
  if (!data.empty() && entry.outputs.parts.empty()) {
    throw Error(
        Code::abi_data_invalid,
        fmt::format("{}: it returns nothing, and the answer has {} bytes", subject, data.size()),
        "say what it returns: \"balanceOf(address) returns (uint256)\"")
        .with_effect(EffectDone::none);
  }
  Json values = abi_decode(entry.outputs, data, subject);
  if (values.size() <= 1) {
    return values.empty() ? Json() : values[0];
  }
  return named_values(entry.outputs, std::move(values));
}

LogParts log_option(Call& call) {
  LogParts log{.topics = {}, .data = from_hex(call.text("data"))};
  for (const Json& topic : call.options().at("topics")) {
    log.topics.push_back(from_hex(topic.get<std::string>()));
    if (log.topics.back().size() != kWordBytes) {
      refuse(fmt::format("eth.decode_event: topic {} has {} bytes, not {}", log.topics.size(),
                         log.topics.back().size(), kWordBytes));
    }
  }
  return log;
}

Json decode_event(Call& call) {
  const std::string wanted = call.text_or("signature", "");
  if (wanted.empty() && !call.has("abi")) {
    refuse("eth.decode_event takes a signature, an abi, or both");
  }
  const Abi abi = call.has("abi") ? read_abi(call.options().at("abi"), Kind::event)
                                  : Abi{parse_signature(wanted, Kind::event)};
  const LogParts log = log_option(call);
  const AbiEntry& event = event_of(abi, wanted, log);
  return {{"name", event.name},
          {"signature", signature_text(event)},
          {"arguments", decode_log(event, log)}};
}

Json decode_error(Call& call) {
  const Abi abi = call.has("abi") ? read_abi(call.options().at("abi"), Kind::error) : Abi();
  return decode_revert(abi, from_hex(call.text("data")));
}

Option signature_option(std::string_view help, Required required = Required::no) {
  return {.name = "signature",
          .type = Type::string,
          .required = required,
          .help = help,
          .positional = true};
}

Option data_option(std::string_view help) {
  return {.name = "data",
          .type = Type::string,
          .required = Required::yes,
          .help = help,
          .positional = true};
}

const Option kAbi{.name = "abi",
                  .type = Type::data,
                  .help =
                      "the ABI of the contract: the list a compiler writes, an artefact that "
                      "has it under abi, or a list of signatures"};

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
                      kAbi},
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

Function decode_result_declared() {
  return {.name = "decode_result",
          .summary =
              "What a call returned. Data that is not exactly the encoding of these types is "
              "refused.",
          .options = {signature_option("\"balanceOf(address) returns (uint256)\"; with abi the "
                                       "name or full signature of a function in it"),
                      data_option("the answer to the call, as hex"),
                      kAbi,
                      {.name = "types",
                       .type = Type::strings,
                       .help = "instead of a signature: what encode_arguments would have encoded"}},
          .returns =
              "nil, the one value, or all: a table by name if all have names, else a list. "
              "Integers of up to 48 bits are numbers, larger ones bigints; addresses have "
              "their checksum, bytes are hex; tuples are tables by name, or lists",
          .errors = {Code::abi_invalid, Code::abi_entry_unclear, Code::abi_data_invalid,
                     Code::encoding_invalid, Code::option_invalid},
          .example =
              "local eth = require \"eth\"\n"
              "local data = \"0x\" .. (\"0\"):rep(62) .. \"12\"\n"
              "log(eth.decode_result(\"decimals() returns (uint8)\", data))",
          .tagged = true,
          .compute = decode_result};
}

Function decode_event_declared() {
  return {.name = "decode_event",
          .summary = "Which event a log is, and its arguments.",
          .options = {signature_option("\"Transfer(address indexed from, address indexed to, "
                                       "uint256 value)\"; with abi the name of an event in it, "
                                       "needed only if it is anonymous"),
                      kAbi,
                      {.name = "topics",
                       .type = Type::strings,
                       .required = Required::yes,
                       .help = "the topics of the log, as hex"},
                      {.name = "data",
                       .type = Type::string,
                       .help = "the data of the log, as hex",
                       .fallback = "0x"}},
          .returns =
              "{ name, signature, arguments }: arguments by name if all have names, else a "
              "list, each as decode_result gives it; of an indexed string, bytes, array or "
              "tuple its hash, which is all that a log has",
          .errors = {Code::abi_invalid, Code::abi_entry_unclear, Code::abi_data_invalid,
                     Code::encoding_invalid, Code::option_invalid},
          .example =
              "local eth = require \"eth\"\n"
              "local event = eth.decode_event {\n"
              "  \"Paused(uint8 level)\",\n"
              "  topics = { eth.keccak256(\"Paused(uint8)\") },\n"
              "  data = \"0x\" .. (\"0\"):rep(63) .. \"3\",\n"
              "}\n"
              "log(event.name .. \" at level \" .. event.arguments.level)",
          .tagged = true,
          .compute = decode_event};
}

Function decode_error_declared() {
  return {.name = "decode_error",
          .summary =
              "Why a call reverted: its reason, what its panic code means, or the error of "
              "the contract's own.",
          .options = {data_option("what the call reverted with, as hex"),
                      {.name = "abi",
                       .type = Type::data,
                       .help = "the ABI of the contract, as for encode_call; signatures are those "
                               "of errors: \"Unpaid(uint256 due)\""}},
          .returns =
              "{ message, selector, name, signature, arguments }: message says it in a "
              "sentence; the last three are absent if the ABI has no such error",
          .errors = {Code::abi_invalid, Code::abi_data_invalid, Code::encoding_invalid},
          .example =
              "local eth = require \"eth\"\n"
              "local data = eth.encode_call { \"Unpaid(uint256)\", { 7 } }\n"
              "log(eth.decode_error { data, abi = { \"Unpaid(uint256 due)\" } }.message)",
          .tagged = true,
          .compute = decode_error};
}

}  // namespace

std::vector<Function> abi_functions() {
  return {encode_call_declared(), encode_arguments_declared(), decode_result_declared(),
          decode_event_declared(), decode_error_declared()};
}

}  // namespace runbook
