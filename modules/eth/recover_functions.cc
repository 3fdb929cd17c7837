// recover, address_of: declared and called.
#include <fmt/format.h>

#include <algorithm>

#include "modules/eth/address.h"
#include "modules/eth/functions.h"
#include "modules/eth/key.h"
#include "modules/eth/message.h"
#include "modules/eth/typed_data.h"

namespace runbook {

namespace {

Digest hash_option(Call& call) {
  const std::string bytes = from_hex(call.text("hash"));
  Digest digest{};
  if (bytes.size() != digest.size()) {
    refuse(Code::option_invalid,
           fmt::format("eth.recover: hash has {} bytes, not 32", bytes.size()));
  }
  std::copy(bytes.begin(), bytes.end(), digest.begin());
  return digest;
}

Digest signed_digest(Call& call) {
  if (int{call.has("message")} + int{call.has("hash")} + int{call.has("typed_data")} != 1) {
    refuse(Code::option_invalid, "eth.recover takes one of message, typed_data and hash");
  }
  if (call.has("typed_data")) {
    return typed_data_option_hash(call.options().at("typed_data"));
  }
  if (call.has("hash")) {
    return hash_option(call);
  }
  return message_option_hash(call.text("message"), call.flag("hex"));
}

Json recover(Call& call) {
  return checksum_address(
      recover_address(signed_digest(call), parse_signature_text(call.text("signature"))));
}

Json address_of(Call& call) {
  return checksum_address(PrivateKey::parse(call.text("key")).address());
}

Function recover_declared() {
  return {.name = "recover",
          .summary = "The address whose key made a signature.",
          .options = {{.name = "signature",
                       .type = Type::string,
                       .required = Required::yes,
                       .help = "65 bytes as hex, or 64 in compact form (EIP-2098)"},
                      {.name = "message",
                       .type = Type::bytes,
                       .help = "the personal message that was signed"},
                      {.name = "hex",
                       .type = Type::boolean,
                       .help = "true: message is hex text and stands for its bytes"},
                      {.name = "typed_data",
                       .type = Type::data,
                       .help = "or the typed data, as eth.sign_typed_data takes it"},
                      {.name = "hash",
                       .type = Type::string,
                       .help = "or the 32 bytes that were signed, as hex"}},
          .returns = "address with its checksum",
          .errors = {Code::abi_invalid, Code::abi_value_invalid, Code::address_invalid,
                     Code::bigint_invalid, Code::encoding_invalid, Code::json_invalid,
                     Code::option_invalid, Code::signature_invalid},
          .example =
              "local eth = require \"eth\"\n"
              "local key = secret(\"deployer\", { env = \"DEPLOYER_KEY\" })\n"
              "local signature = eth.sign_message { key = key, message = \"hello\" }\n"
              "log(eth.recover { signature = signature, message = \"hello\" })",
          .reveals = true,
          .result_public = true,
          .compute = recover};
}

Function address_of_declared() {
  return {.name = "address_of",
          .summary = "The address of a private key.",
          .options = {{.name = "key",
                       .type = Type::secret,
                       .required = Required::yes,
                       .help = "64 hex digits, with or without 0x",
                       .positional = true}},
          .returns = "address with its checksum",
          .errors = {Code::key_invalid},
          .example =
              "local eth = require \"eth\"\n"
              "local key = secret(\"deployer\", { env = \"DEPLOYER_KEY\" })\n"
              "log(eth.address_of(key))",
          .reveals = true,
          .result_public = true,
          .compute = address_of};
}

}  // namespace

std::vector<Function> recover_functions() {
  return {recover_declared(), address_of_declared()};
}

}  // namespace runbook
