#include "engine/base/secret.h"

#include "engine/base/file.h"
#include "engine/base/references.h"
#include "engine/base/secret_name.h"
#include "tests/base/expect_error.h"
#include "tests/base/temporary_folder.h"

using namespace runbook;

TEST_CASE("A placeholder depends on run and name, and on nothing else", "[secret]") {
  Redactor redactor;
  SecretVault vault("7f3a-lucky-heron", redactor);
  const std::string placeholder = vault.add("key", "hunter22");
  CHECK(placeholder.size() == 25);
  CHECK(placeholder.starts_with("rbsecret-"));
  CHECK(vault.placeholder("key") == placeholder);
  CHECK(vault.add("key", "another value") == placeholder);
  CHECK(vault.value("key") == "another value");
  CHECK(vault.add("other", "hunter22") != placeholder);
  SecretVault elsewhere("8b2c-calm-otter", redactor);
  CHECK(elsewhere.declare("key") != placeholder);
}

TEST_CASE("A vault reveals placeholders anywhere in a text", "[secret]") {
  Redactor redactor;
  SecretVault vault("run", redactor);
  const std::string key = vault.add("key", "hunter22");
  CHECK(vault.reveal("Bearer " + key) == "Bearer hunter22");
  CHECK(vault.reveal(key + key + "rbsecret-") == "hunter22hunter22rbsecret-");
  CHECK(vault.reveal("rbsecret-rbsecret-" + key.substr(9)) == "rbsecret-hunter22");
  CHECK(vault.reveal(Json{{key, Json::array({key, 1})}}) ==
        Json{{"hunter22", Json::array({"hunter22", 1})}});
}

TEST_CASE("A secret without a value cannot be used, and is named", "[secret]") {
  Redactor redactor;
  SecretVault vault("run", redactor);
  const std::string key = vault.declare("deployer key");
  CHECK(vault.is_placeholder(key));
  CHECK_FALSE(vault.value("deployer key"));
  const Error error =
      expect_error(Code::secret_missing, [&] { vault.reveal(std::string_view("x" + key)); });
  CHECK_THAT(error.message, ContainsSubstring("deployer key"));
  expect_error(Code::secret_missing,
               [&] { vault.reveal(std::string_view("rbsecret-0123456789abcdef")); });
}

TEST_CASE("A value that is known stays known when its name is declared again", "[secret]") {
  Redactor redactor;
  SecretVault vault("run", redactor);
  vault.add("key", "hunter22");
  vault.declare("key");
  CHECK(vault.value("key") == "hunter22");
}

TEST_CASE("A vault conceals its values in what comes back", "[secret]") {
  Redactor redactor;
  SecretVault vault("run", redactor);
  CHECK(vault.conceal("hunter22") == "hunter22");
  const std::string key = vault.add("key", "hunter22");
  const std::string longer = vault.add("longer", "hunter22-and-more");
  CHECK(vault.conceal("hunter22") == key);
  CHECK(vault.conceal("<hunter22-and-more|hunter22-and|hunter2>") ==
        "<" + longer + "|" + key + "-and|hunter2>");
  CHECK(vault.conceal("hunter22-and-mor") == key + "-and-mor");
  CHECK(vault.conceal(Json{{"hunter22", Json::array({"a hunter22", true})}}) ==
        Json{{key, Json::array({"a " + key, true})}});
  CHECK(redactor.redact("hunter22") == "[secret key]");
}

TEST_CASE("Concealing what is revealed gives the same text", "[secret]") {
  Redactor redactor;
  SecretVault vault("run", redactor);
  const std::string a = vault.add("a", "abcdef");
  const std::string b = vault.add("b", "defabc");
  for (const std::string& text : {a, b, a + b, "x" + a + "y" + b + "z", std::string("nothing")}) {
    CHECK(vault.conceal(vault.reveal(text)) == text);
  }
}

TEST_CASE("A secret that is a part of placeholders does not break them", "[secret]") {
  Redactor redactor;
  SecretVault vault("run", redactor);
  const std::string odd = vault.add("odd", "secret");
  const std::string key = vault.add("key", "hunter22");
  CHECK(vault.conceal("hunter22 " + key + " secret") == key + " " + key + " " + odd);
}

TEST_CASE("A vault knows what mentions its secrets", "[secret]") {
  Redactor redactor;
  SecretVault vault("run", redactor);
  const std::string key = vault.add("key", "hunter22");
  CHECK(vault.is_placeholder(key));
  CHECK_FALSE(vault.is_placeholder(key + " "));
  CHECK(vault.mentions("Bearer " + key));
  CHECK_FALSE(vault.mentions("Bearer rbsecret-0123456789abcdef"));
  CHECK_FALSE(vault.mentions("Bearer"));
}

TEST_CASE("The journal holds references, which become placeholders again", "[secret]") {
  Redactor redactor;
  SecretVault vault("run", redactor);
  const std::string key = vault.add("key", "hunter22");
  const Json value = {{"token", key}, {"list", Json::array({key, "Bearer " + key, 1})}};
  const Json stored = vault.to_references(value);
  CHECK(stored["token"] == Json{{"$secret", "key"}});
  CHECK(stored["list"][1] == "Bearer " + key);
  CHECK(vault.from_references(stored) == value);
  SecretVault later("run", redactor);
  CHECK(later.from_references(stored) == value);
}

TEST_CASE("A fingerprint tells two values apart, and two runs", "[secret]") {
  Redactor redactor;
  const SecretVault vault("run", redactor);
  CHECK(vault.fingerprint("hunter22") == vault.fingerprint("hunter22"));
  CHECK(vault.fingerprint("hunter22") != vault.fingerprint("hunter23"));
  CHECK(vault.fingerprint("hunter22").size() == 16);
  CHECK(SecretVault("other", redactor).fingerprint("hunter22") != vault.fingerprint("hunter22"));
}

TEST_CASE("A million bytes are concealed and revealed in one pass", "[secret]") {
  Redactor redactor;
  SecretVault vault("run", redactor);
  const std::string key = vault.add("key", "aaaaaaab");
  const std::string hard(1'000'000, 'a');
  CHECK(vault.conceal(hard) == hard);
  CHECK(vault.conceal(hard + "b") == hard.substr(7) + key);
}

TEST_CASE("The secret file keeps any bytes, for its owner only", "[secret]") {
  const TemporaryFolder folder;
  const std::string path = (folder.path() / "secrets").string();
  CHECK(read_secret_file(path).empty());
  const std::map<std::string, std::string> values = {{"a", "hunter22"}, {"b", "\xff\x00 \n"}};
  write_secret_file(path, values);
  CHECK(read_secret_file(path) == values);
  CHECK((std::filesystem::status(path).permissions() & std::filesystem::perms::mask) ==
        (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
  write_file_atomically(path, "[]");
  expect_error(Code::store_unreadable, [&] { read_secret_file(path); });
}

TEST_CASE("What is shown names a secret where its placeholder stands", "[secret]") {
  Redactor redactor;
  SecretVault vault("run", redactor);
  const std::string key = vault.add("key", "hunter22");
  const std::string later = vault.declare("later");  // without a value
  CHECK(redactor.redact("Basic " + key + ", " + later + ", hunter22") ==
        "Basic [secret key], [secret later], [secret key]");
  CHECK(redact_around_references(redactor, "Basic " + key + ", " + later + ", hunter22") ==
        "Basic " + key + ", " + later + ", [secret key]");
  CHECK(vault.conceal("Basic hunter22") == "Basic " + key);
}

TEST_CASE("Secrets are known by what they are called", "[secret]") {
  for (const char* name : {"DEPLOYER_KEY", "key", "apiToken", "node-password", "apicredentials",
                           "PRIVATE_PEM", "seed_mnemonic", "api_key_2"}) {
    INFO(name);
    CHECK(names_secret(name));
  }
  for (const char* name : {"", "MONKEY", "KEYBOARD", "image", "keystone"}) {
    INFO(name);
    CHECK_FALSE(names_secret(name));
  }
}
