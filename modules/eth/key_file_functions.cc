// random_key, keystore_write: declared and called. A key is made in memory and kept in one file;
// the journal has its address.
#include <openssl/crypto.h>

#include "modules/eth/address.h"
#include "modules/eth/functions.h"
#include "modules/eth/key_file.h"
#include "modules/eth/keystore.h"
#include "modules/eth/secret_option.h"

namespace runbook {

namespace {

Task<Intent> prepare_random_key(Call& call) {
  const std::string path = call.text("path");
  refuse_existing_key_file(path);
  co_return Intent{.data = {{"text", "writes " + path}}, .resource = {}};
}

Task<Json> random_key(Call& call) {
  const std::string path = call.text("path");
  const PrivateKey key = PrivateKey::random();
  std::function<void()> work = [&] {
    std::string content = key.hex() + "\n";
    write_key_file(path, content);
    OPENSSL_cleanse(content.data(), content.size());
  };
  co_await call.host().loop.blocking(std::move(work));
  co_return described_key_file(key.address(), path);
}

std::string address_in_key(const std::string& content) {
  return PrivateKey::parse(content.substr(0, content.find_last_not_of('\n') + 1)).address();
}

Task<Outcome> probe_random_key(Call& call) {
  co_return examine_key_file(call.text("path"), address_in_key, {});
}

PrivateKey key_option(Call& call) {
  return call.has("key") ? PrivateKey::parse(call.text("key")) : PrivateKey::random();
}

Task<Intent> prepare_keystore(Call& call) {
  const std::string path = call.text("path");
  expect_secret(call, "password");
  refuse_existing_key_file(path);
  Intent intent{.data = {{"text", "writes " + path}}, .resource = {}};
  if (call.has("key")) {
    expect_secret(call, "key");
    intent.data["address"] = checksum_address(key_option(call).address());
  }
  co_return intent;
}

Task<Json> keystore_write(Call& call) {
  const std::string path = call.text("path");
  const std::string password = call.text("password");
  const PrivateKey key = key_option(call);
  std::function<void()> work = [&] {
    write_key_file(path, make_keystore(key, password).dump(2) + "\n");
  };
  co_await call.host().loop.blocking(std::move(work));
  co_return described_key_file(key.address(), path);
}

std::string address_in_keystore(const std::string& content) {
  const Json keystore = parse_json(content, "the file");
  const Json address = keystore.is_object() ? keystore.value("address", Json()) : Json();
  std::string bytes = from_hex(address.is_string() ? address.get<std::string>() : "");
  if (bytes.size() != kAddressBytes) {
    refuse(Code::keystore_invalid, "it names no address");
  }
  return bytes;
}

Task<Outcome> probe_keystore(Call& call) {
  co_return examine_key_file(call.text("path"), address_in_keystore,
                             call.intents().front().value("address", ""));
}

Function random_key_declared() {
  return {.name = "random_key",
          .effect = Effect::once,
          .summary =
              "Makes a private key and writes it to a new file, for its owner alone (0600). "
              "The key itself is not returned: secret(name, { file = path }) is it.",
          .options = {{.name = "path",
                       .type = Type::path,
                       .required = Required::yes,
                       .help = "a file that does not exist; missing folders are made"}},
          .returns = "{ address, path }",
          .errors = {Code::key_file_exists, Code::file_unwritable},
          .example =
              "local eth = require \"eth\"\n"
              "local made = step(\"make a key\", function()\n"
              "  return eth.random_key { path = \"keys/deployer\" }\n"
              "end)\n"
              "local key = secret(\"deployer\", { file = made.path })\n"
              "log(made.address .. \" is \" .. eth.address_of(key))",
          .run = random_key,
          .prepare = prepare_random_key,
          .probe = probe_random_key};
}

Function keystore_write_declared() {
  return {.name = "keystore_write",
          .effect = Effect::once,
          .summary =
              "Writes a private key, or a new one, to a new keystore file of version 3 "
              "(scrypt), for its owner alone (0600).",
          .options = {{.name = "path",
                       .type = Type::path,
                       .required = Required::yes,
                       .help = "a file that does not exist; missing folders are made"},
                      {.name = "password",
                       .type = Type::secret,
                       .required = Required::yes,
                       .help = "what it is encrypted with: a secret, taken as its bytes are"},
                      {.name = "key",
                       .type = Type::secret,
                       .help = "a secret: 64 hex digits, with or without 0x; a new key if absent"}},
          .returns = "{ address, path }",
          .errors = {Code::key_invalid, Code::key_file_exists, Code::file_unwritable,
                     Code::option_invalid},
          .example =
              "local eth = require \"eth\"\n"
              "local password = secret(\"password\", { env = \"KEYSTORE_PASSWORD\" })\n"
              "local made = step(\"make a wallet\", function()\n"
              "  return eth.keystore_write { path = \"keys/wallet.json\", password = password }\n"
              "end)\n"
              "log(made.address)",
          .run = keystore_write,
          .prepare = prepare_keystore,
          .probe = probe_keystore};
}

}  // namespace

std::vector<Function> key_file_functions() {
  return {random_key_declared(), keystore_write_declared()};
}

}  // namespace runbook
