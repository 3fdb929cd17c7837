// derive_key: declared and called.
#include "modules/eth/functions.h"
#include "modules/eth/mnemonic.h"

namespace runbook {

namespace {

Json derive_key_function(Call& call) {
  const std::vector<std::uint32_t> path = parse_derivation_path(call.text("path"));
  const std::string seed = mnemonic_seed(call.text("mnemonic"), call.text_or("passphrase", ""));
  return derive_key(seed, path).hex();
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
          .errors = {Code::option_invalid},
          .example =
              "local eth = require \"eth\"\n"
              "local mnemonic = secret(\"mnemonic\", { env = \"MNEMONIC\" })\n"
              "local key = eth.derive_key { mnemonic = mnemonic, path = \"m/44'/60'/0'/0/1\" }\n"
              "log(eth.address_of(key))",
          .reveals = true,
          .compute = derive_key_function};
}

}  // namespace

std::vector<Function> key_functions() {
  return {derive_key_declared()};
}

}  // namespace runbook
