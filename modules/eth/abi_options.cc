#include "modules/eth/abi_options.h"

namespace runbook {

Option signature_option(std::string_view help, Required required) {
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

Option abi_option() {
  return {.name = "abi",
          .type = Type::data,
          .help =
              "the ABI of the contract: the list a compiler writes, an artefact that "
              "has it under abi, or a list of signatures"};
}

AbiEntry called(Call& call) {
  const std::string wanted = call.text("signature");
  if (!call.has("abi")) {
    return parse_signature(wanted);
  }
  const bool constructor = wanted.substr(0, wanted.find_first_of(" (")) == "constructor";
  return find_entry(read_abi(call.options().at("abi")),
                    constructor ? AbiEntry::Kind::constructor : AbiEntry::Kind::function, wanted);
}

AbiType types_option(Call& call) {
  std::vector<AbiType> types;
  for (const Json& text : call.options().at("types")) {
    types.push_back(parse_type(text.get<std::string>()));
  }
  return tuple_of(std::move(types));
}

}  // namespace runbook
