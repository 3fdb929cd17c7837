// decode_result, decode_event, decode_error: declared and called.
#include <fmt/format.h>

#include "engine/base/hash.h"
#include "modules/eth/abi_log.h"
#include "modules/eth/abi_options.h"
#include "modules/eth/abi_revert.h"
#include "modules/eth/contract_call.h"
#include "modules/eth/functions.h"

namespace runbook {

namespace {

Json decode_result(Call& call) {
  if (call.has("signature") == call.has("types")) {
    refuse(Code::option_invalid, "eth.decode_result takes one of signature and types");
  }
  const std::string data = from_hex(call.text("data"));
  const bool by_types = call.has("types");
  const AbiEntry entry = by_types ? AbiEntry{.outputs = types_option(call)} : called(call);
  const std::string subject = by_types ? "eth.decode_result" : signature_text(entry);
  return returned_values(entry, data, subject);
}

LogParts log_option(Call& call) {
  LogParts log{.topics = {}, .data = from_hex(call.text("data"))};
  for (const Json& topic : call.options().at("topics")) {
    log.topics.push_back(from_hex(topic.get<std::string>()));
    if (log.topics.back().size() != kWordBytes) {
      refuse(Code::option_invalid,
             fmt::format("eth.decode_event: topic {} has {} bytes, not {}", log.topics.size(),
                         log.topics.back().size(), kWordBytes));
    }
  }
  return log;
}

Json decode_event(Call& call) {
  const std::string wanted = call.text_or("signature", "");
  if (wanted.empty() && !call.has("abi")) {
    refuse(Code::option_invalid, "eth.decode_event takes a signature, an abi, or both");
  }
  const Abi abi = call.has("abi") ? read_abi(call.options().at("abi"), AbiEntry::Kind::event)
                                  : Abi{parse_signature(wanted, AbiEntry::Kind::event)};
  const LogParts log = log_option(call);
  const AbiEntry& event = event_of(abi, wanted, log);
  return {{"name", event.name},
          {"signature", signature_text(event)},
          {"arguments", decode_log(event, log)}};
}

Json decode_error(Call& call) {
  const Abi abi =
      call.has("abi") ? read_abi(call.options().at("abi"), AbiEntry::Kind::error) : Abi();
  return decode_revert(abi, from_hex(call.text("data")));
}

Function decode_result_declared() {
  return {.name = "decode_result",
          .summary =
              "What a call returned. Data that is not exactly the encoding of these types is "
              "refused.",
          .options = {signature_option("\"balanceOf(address) returns (uint256)\"; with abi the "
                                       "name or full signature of a function in it"),
                      data_option("the answer to the call, as hex"),
                      abi_option(),
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
              "log(\"decimals: \" .. eth.decode_result(\"decimals() returns (uint8)\", data))",
          .tagged = true,
          .compute = decode_result};
}

Function decode_event_declared() {
  return {.name = "decode_event",
          .summary = "Which event a log is, and its arguments.",
          .options = {signature_option("\"Transfer(address indexed from, address indexed to, "
                                       "uint256 value)\"; with abi the name of an event in it, "
                                       "needed only if it is anonymous"),
                      abi_option(),
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

std::vector<Function> decode_functions() {
  return {decode_result_declared(), decode_event_declared(), decode_error_declared()};
}

}  // namespace runbook
