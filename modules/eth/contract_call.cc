#include "modules/eth/contract_call.h"

#include <fmt/format.h>

#include "engine/base/error.h"
#include "engine/base/hash.h"
#include "modules/eth/abi_decode.h"
#include "modules/eth/abi_encode.h"
#include "modules/eth/abi_options.h"

namespace runbook {

namespace {

Json option_of(const Json& options, const char* name) {
  return options.value(name, Json());
}

}  // namespace

std::string ContractCall::subject() const {
  return function ? signature_text(*function) : fmt::format("a call of {} bytes", data.size());
}

std::vector<Option> contract_call_options() {
  return {
      signature_option("\"transfer(address to, uint256 amount)\"; with abi the name of a "
                       "function in it, or its full signature where several have the name"),
      {.name = "args",
       .type = Type::data,
       .help = "the arguments: a list, or a table by name, as encode_call takes them",
       .positional = true},
      {.name = "abi",
       .type = Type::data,
       .help = "the ABI of the contract: the list a compiler writes, an artefact or the path of "
               "one, or a list of signatures; also tells its errors"},
      {.name = "data",
       .type = Type::string,
       .help = "instead of a signature: the bytes of the call, as hex"}};
}

Abi given_abi(const Json& options, ArtifactFiles& files, AbiEntry::Kind kind) {
  const Json abi = option_of(options, "abi");
  if (abi.is_null()) {
    return {};
  }
  return abi.is_string() ? files.read(abi)->abi : read_abi(abi, kind);
}

ContractCall contract_call(const Json& options, ArtifactFiles& files) {
  ContractCall call{.function = std::nullopt, .data = {}, .abi = given_abi(options, files)};
  const Json signature = option_of(options, "signature");
  const Json data = option_of(options, "data");
  const Json args = option_of(options, "args");
  if (!data.is_null()) {
    if (!signature.is_null() || !args.is_null() || !data.is_string()) {
      refuse(Code::option_invalid, "data is hex text, and takes the place of signature and args");
    }
    call.data = from_hex(data.get_ref<const std::string&>());
    return call;
  }
  if (signature.is_null()) {
    if (!args.is_null()) {
      refuse(Code::option_invalid, "args are those of a signature, and there is none");
    }
    return call;
  }
  if (!signature.is_string()) {
    refuse(Code::option_invalid, "signature is not text");
  }
  const auto& wanted = signature.get_ref<const std::string&>();
  call.function = option_of(options, "abi").is_null()
                      ? parse_signature(wanted)
                      : find_entry(call.abi, AbiEntry::Kind::function, wanted);
  if (call.function->kind != AbiEntry::Kind::function) {
    refuse(Code::option_invalid, fmt::format("{} is an {}, and cannot be called", call.subject(),
                                             kind_text(call.function->kind)));
  }
  call.data =
      selector(*call.function) +
      abi_encode(call.function->inputs, args.is_null() ? Json::array() : args, call.subject());
  return call;
}

Json returned_values(const AbiEntry& function, std::string_view data, std::string_view subject) {
  if (data.empty() && !function.outputs.parts.empty()) {
    refuse(Code::abi_data_invalid, fmt::format("{}: the answer is empty", subject),
           "there is no contract at the address, or it has no such function");
  }
  if (!data.empty() && function.outputs.parts.empty()) {
    refuse(Code::abi_data_invalid,
           fmt::format("{}: it returns nothing, and the answer has {} bytes", subject, data.size()),
           "say what it returns: \"balanceOf(address) returns (uint256)\"");
  }
  Json values = abi_decode(function.outputs, data, subject);
  if (values.size() <= 1) {
    return values.empty() ? Json() : values[0];
  }
  return named_values(function.outputs, std::move(values));
}

}  // namespace runbook
