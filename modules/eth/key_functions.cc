// derive_key, keystore_read: declared and called.
#include "modules/eth/functions.h"
#include "modules/eth/keystore.h"
#include "modules/eth/mnemonic.h"
#include "modules/eth/secret_option.h"

namespace runbook {

namespace {

Json derive_key_function(Call& call) {
  const std::vector<std::uint32_t> path = parse_derivation_path(call.text("path"));
  const std::string seed = mnemonic_seed(call.text("mnemonic"), call.text_or("passphrase", ""));
  return derive_key(seed, path).hex();
}

Task<Json> keystore_read(Call& call) {
  std::string password = call.text("password");
  expect_secret(call, "password");  // only what follows from a secret is kept as one
  Json keystore = call.options().at("keystore");
  const PrivateKey key =
      co_await open_keystore(call.host().loop, std::move(keystore), std::move(password));
  co_return key.hex();
}

Function derive_key_declared() {
  return {.name = "derive_key",
          .summary = "The private key at a path below a mnemonic (BIP-39, BIP-32).",
          .options = {{.name = "mnemonic",
                       .type = Type::secret,
                       .required = Required::yes,
                       .help = "12 to 24 words of the English list"},
                      {.name = "passphrase",
                       .type = Type::secret,
                       .help = "what some wallets call the 25th word; none if absent"},
                      {.name = "path",
                       .type = Type::string,
                       .help = "where below the seed",
                       .fallback = "m/44'/60'/0'/0/0"}},
          .returns = "the key, 0x and 64 hex digits; a secret if the mnemonic is one",
          .errors = {Code::key_invalid, Code::option_invalid},
          .example =
              "local eth = require \"eth\"\n"
              "local mnemonic = secret(\"mnemonic\", { env = \"MNEMONIC\" })\n"
              "local key = eth.derive_key { mnemonic = mnemonic, path = \"m/44'/60'/0'/0/1\" }\n"
              "log(eth.address_of(key))",
          .reveals = true,
          .compute = derive_key_function};
}

Function keystore_read_declared() {
  return {
      .name = "keystore_read",
      .summary =
          "The private key in a keystore file of version 3 (scrypt or PBKDF2). Takes about a "
          "second with the usual costs; costs far beyond them are refused.",
      .options = {{.name = "keystore",
                   .type = Type::data,
                   .required = Required::yes,
                   .help = "what the file holds: its JSON as text, or as a table"},
                  {.name = "password",
                   .type = Type::secret,
                   .required = Required::yes,
                   .help = "what it was encrypted with; in a run a secret"}},
      .returns = "the key, 0x and 64 hex digits; a secret",
      .errors = {Code::keystore_invalid, Code::option_invalid},
      .example =
          "local eth = require \"eth\"\n"
          "local password = secret(\"password\", { env = \"KEYSTORE_PASSWORD\" })\n"
          "local function address(file)\n"
          "  local text = require(\"fs\").read(file)\n"
          "  return eth.address_of(eth.keystore_read { keystore = text, password = password })\n"
          "end",
      .reveals = true,
      .run = keystore_read};
}

}  // namespace

std::vector<Function> key_functions() {
  return {derive_key_declared(), keystore_read_declared()};
}

}  // namespace runbook
