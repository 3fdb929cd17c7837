// sign_transaction, sign_message, sign_typed_data: declared and called.
#include "modules/eth/address.h"
#include "modules/eth/functions.h"
#include "modules/eth/message.h"
#include "modules/eth/transaction_options.h"
#include "modules/eth/typed_data.h"

namespace runbook {

namespace {

const Option kKey{.name = "key",
                  .type = Type::secret,
                  .required = Required::yes,
                  .help = "the private key: 64 hex digits, with or without 0x"};

Json sign_transaction(Call& call) {
  const PrivateKey key = PrivateKey::parse(call.text("key"));
  const Transaction transaction = transaction_of(call);
  const Signature signature = key.sign(keccak256(unsigned_bytes(transaction)));
  const std::string raw = signed_bytes(transaction, signature);
  return {{"raw", "0x" + to_hex(raw)},
          {"hash", "0x" + to_hex(keccak256(raw))},
          {"from", checksum_address(key.address())}};
}

std::string signature_text(const PrivateKey& key, const Digest& digest) {
  return "0x" + to_hex(key.sign(digest).bytes());
}

Json sign_message(Call& call) {
  const PrivateKey key = PrivateKey::parse(call.text("key"));
  return signature_text(key, message_option_hash(call.text("message"), call.flag("hex")));
}

Json sign_typed_data(Call& call) {
  const PrivateKey key = PrivateKey::parse(call.text("key"));
  return signature_text(key, typed_data_option_hash(call.options().at("typed_data")));
}

Function sign_transaction_declared() {
  std::vector<Option> options = transaction_options();
  options.insert(options.begin(), kKey);
  return {.name = "sign_transaction",
          .summary =
              "Signs a transaction: legacy with a chain id (EIP-155), with an access list "
              "(EIP-2930), or with a base fee (EIP-1559), by the fees it is given. Sends nothing.",
          .options = std::move(options),
          .returns = "{ raw, hash, from }: what nodes take, its hash, and the key's address",
          .errors = {Code::address_invalid, Code::bigint_invalid, Code::encoding_invalid,
                     Code::option_invalid},
          .example =
              "local eth = require \"eth\"\n"
              "local key = secret(\"deployer\", { env = \"DEPLOYER_KEY\" })\n"
              "local signed = eth.sign_transaction {\n"
              "  key = key, chain_id = 31337, nonce = 0, gas = 21000,\n"
              "  max_fee = \"30 gwei\", max_priority_fee = \"1 gwei\",\n"
              "  to = \"0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266\", value = \"0.5 ether\",\n"
              "}\n"
              "log(signed.hash)",
          .reveals = true,
          .result_public = true,
          .compute = sign_transaction};
}

Function sign_message_declared() {
  return {.name = "sign_message",
          .summary = "Signs a personal message (EIP-191), as wallets do.",
          .options = {kKey,
                      {.name = "message",
                       .type = Type::bytes,
                       .required = Required::yes,
                       .help = "any bytes"},
                      {.name = "hex",
                       .type = Type::boolean,
                       .help = "true: message is hex text and stands for its bytes"}},
          .returns = "the signature: 0x and 130 hex digits",
          .errors = {Code::encoding_invalid, Code::option_invalid},
          .example =
              "local eth = require \"eth\"\n"
              "local key = secret(\"deployer\", { env = \"DEPLOYER_KEY\" })\n"
              "log(eth.sign_message { key = key, message = \"I own this account\" })",
          .reveals = true,
          .result_public = true,
          .compute = sign_message};
}

Function sign_typed_data_declared() {
  return {.name = "sign_typed_data",
          .summary = "Signs typed data (EIP-712), as eth_signTypedData_v4 does.",
          .options = {kKey,
                      {.name = "typed_data",
                       .type = Type::data,
                       .required = Required::yes,
                       .help = "{ types, primaryType, domain, message }, or its JSON as text"}},
          .returns = "the signature: 0x and 130 hex digits",
          .errors = {Code::abi_invalid, Code::abi_value_invalid, Code::address_invalid,
                     Code::bigint_invalid, Code::encoding_invalid, Code::json_invalid,
                     Code::option_invalid},
          .example =
              "local eth = require \"eth\"\n"
              "local key = secret(\"deployer\", { env = \"DEPLOYER_KEY\" })\n"
              "log(eth.sign_typed_data {\n"
              "  key = key,\n"
              "  typed_data = {\n"
              "    types = { Vote = { { name = \"proposal\", type = \"uint256\" } } },\n"
              "    primaryType = \"Vote\",\n"
              "    domain = { name = \"Council\", chainId = 1 },\n"
              "    message = { proposal = 7 },\n"
              "  },\n"
              "})",
          .reveals = true,
          .result_public = true,
          .compute = sign_typed_data};
}

}  // namespace

std::vector<Function> signing_functions() {
  return {sign_transaction_declared(), sign_message_declared(), sign_typed_data_declared()};
}

}  // namespace runbook
