// keccak256, to_checksum_address, create_address, create2_address: declared and called.
#include <fmt/format.h>

#include <limits>

#include "engine/base/hash.h"
#include "modules/eth/address.h"
#include "modules/eth/functions.h"
#include "modules/eth/quantity.h"

namespace runbook {

namespace {

Json keccak256_function(Call& call) {
  const std::string data = call.text("data");
  return "0x" + to_hex(keccak256(call.flag("hex") ? from_hex(data) : data));
}

Json to_checksum_address(Call& call) {
  return checksum_address(parse_address(call.text("address")));
}

Json create_address_function(Call& call) {
  // EIP-2681: an account at the last nonce can do nothing any more.
  static const Bigint kMostNonce = Bigint::parse("0xfffffffffffffffe");
  const Bigint nonce = parse_quantity(call.options().at("nonce"));
  if (nonce.is_negative() || nonce > kMostNonce) {
    refuse(Code::option_invalid,
           fmt::format("eth.create_address: nonce = {}; it is 0 to 2^64 - 2", nonce.text()));
  }
  const std::string from = parse_address(call.text("from"));
  return checksum_address(create_address(from, std::stoull(nonce.text())));
}

/// What 32 bytes of hex stand for.
std::string word_option(Call& call, std::string_view name) {
  std::string bytes = from_hex(call.text(name));
  if (bytes.size() != std::tuple_size_v<Digest>) {
    refuse(Code::option_invalid,
           fmt::format("eth.create2_address: {} has {} bytes, not 32", name, bytes.size()));
  }
  return bytes;
}

Digest init_code_hash(Call& call) {
  if (call.has("init_code") == call.has("init_code_hash")) {
    refuse(Code::option_invalid, "eth.create2_address takes one of init_code and init_code_hash");
  }
  if (call.has("init_code")) {
    return keccak256(from_hex(call.text("init_code")));
  }
  const std::string bytes = word_option(call, "init_code_hash");
  Digest digest{};
  std::copy(bytes.begin(), bytes.end(), digest.begin());
  return digest;
}

Json create2_address_function(Call& call) {
  const Digest hash = init_code_hash(call);
  const std::string salt = word_option(call, "salt");
  return checksum_address(create2_address(parse_address(call.text("from")), salt, hash));
}

Function keccak256_declared() {
  return {.name = "keccak256",
          .summary = "Keccak-256 of bytes.",
          .options = {{.name = "data",
                       .type = Type::bytes,
                       .required = Required::yes,
                       .help = "any bytes",
                       .positional = true},
                      {.name = "hex",
                       .type = Type::boolean,
                       .help = "true: data is hex text and stands for its bytes"}},
          .returns = "0x and 64 hex digits",
          .errors = {Code::encoding_invalid},
          .example =
              "local eth = require \"eth\"\n"
              "log(eth.keccak256(\"Transfer(address,address,uint256)\"))\n"
              "log(eth.keccak256 { \"0x6080\", hex = true })",
          .reveals = true,
          .result_public = true,
          .compute = keccak256_function};
}

Function to_checksum_address_declared() {
  return {.name = "to_checksum_address",
          .summary =
              "Writes an address with its checksum (EIP-55), and refuses one whose mixed "
              "case is not its checksum.",
          .options = {{.name = "address",
                       .type = Type::string,
                       .required = Required::yes,
                       .help = "0x and 40 hex digits, in one case or with the right checksum",
                       .positional = true}},
          .returns = "0x and 40 hex digits in mixed case",
          .errors = {Code::address_invalid},
          .example =
              "local eth = require \"eth\"\n"
              "log(eth.to_checksum_address(\"0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266\"))",
          .compute = to_checksum_address};
}

Function create_address_declared() {
  return {.name = "create_address",
          .summary =
              "The address of the contract that an account creates with a nonce. Deployed "
              "addresses come from receipts, never from here.",
          .options = {{.name = "from",
                       .type = Type::string,
                       .required = Required::yes,
                       .help = "address of the creating account",
                       .positional = true},
                      {.name = "nonce",
                       .type = Type::data,
                       .required = Required::yes,
                       .help = "nonce of the creating transaction: number, digits or bigint",
                       .positional = true}},
          .returns = "address with its checksum",
          .errors = {Code::address_invalid, Code::bigint_invalid, Code::option_invalid},
          .example =
              "local eth = require \"eth\"\n"
              "log(eth.create_address {\n"
              "  from = \"0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266\", nonce = 0,\n"
              "})",
          .compute = create_address_function};
}

Function create2_address_declared() {
  return {.name = "create2_address",
          .summary = "The address of a contract created with CREATE2 (EIP-1014).",
          .options = {{.name = "from",
                       .type = Type::string,
                       .required = Required::yes,
                       .help = "address of the contract that executes CREATE2, often a factory"},
                      {.name = "salt",
                       .type = Type::string,
                       .required = Required::yes,
                       .help = "32 bytes as hex"},
                      {.name = "init_code",
                       .type = Type::string,
                       .help = "creation bytecode with the constructor's arguments, as hex"},
                      {.name = "init_code_hash",
                       .type = Type::string,
                       .help = "or its Keccak-256, as hex"}},
          .returns = "address with its checksum",
          .errors = {Code::address_invalid, Code::encoding_invalid, Code::option_invalid},
          .example =
              "local eth = require \"eth\"\n"
              "log(eth.create2_address {\n"
              "  from = \"0x4e59b44847b379578588920cA78FbF26c0B4956C\",\n"
              "  salt = \"0x\" .. (\"00\"):rep(32),\n"
              "  init_code = \"0x6080\",\n"
              "})",
          .compute = create2_address_function};
}

}  // namespace

std::vector<Function> address_functions() {
  return {keccak256_declared(), to_checksum_address_declared(), create_address_declared(),
          create2_address_declared()};
}

}  // namespace runbook
