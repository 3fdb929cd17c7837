// Secrets of a run that are typed where their values are not known.

#include "engine/recipe/typed_secrets.h"
#include "tests/base/expect_error.h"
#include "tests/catch.h"
#include "tests/journal/history.h"

namespace runbook {
namespace {

const std::string kKey = "violet lantern:garden-77";
const std::string kToken = "s3cr3t-token=";
const std::string kPin = "12345678";
const std::string kPassword = "hunter2secret";
const std::map<std::string, std::string> kValues = {
    {"key", kKey}, {"password", kPassword}, {"pin", kPin}, {"token", kToken}};

/// A run with secret parameters and one of secret().
RunState with_secrets(const SecretVault& vault) {
  event::RunCreated created{.recipe = "r.lua", .name = "r"};
  for (const auto& name : {"key", "password", "pin"}) {
    created.secrets[name] = vault.fingerprint(kValues.at(name));
  }
  History h;
  h.add(std::move(created));
  h.session();
  h.add(event::ValueRecorded{
      .function = "secret", .key = "=token", .value = vault.fingerprint(kToken)});
  return std::move(h.state);
}

/// The names of those that were recognised.
std::vector<std::string> recognised(const Json& typed) {
  Redactor redactor;
  SecretVault vault("7f3a-lucky-heron", redactor);
  recognise_secrets(vault, with_secrets(vault), typed);
  std::vector<std::string> names;
  for (const auto& [name, value] : vault.known()) {
    CHECK(value == kValues.at(name));
    names.push_back(name);
  }
  return names;
}

using Names = std::vector<std::string>;

TEST_CASE("A secret of which only the fingerprint is known is recognised among other words") {
  CHECK(recognised(kKey) == Names{"key"});
  CHECK(recognised("paid with violet lantern:garden-77.") == Names{"key"});
  CHECK(recognised("(violet lantern:garden-77)") == Names{"key"});
  CHECK(recognised("key=violet lantern:garden-77, as agreed") == Names{"key"});
  CHECK(recognised("the token is s3cr3t-token=.") == Names{"token"});
  CHECK(recognised("TOKEN:s3cr3t-token= and \"violet lantern:garden-77\"") ==
        Names{"key", "token"});
  CHECK(recognised("violet lantern, and a garden").empty());
}

TEST_CASE("A secret is recognised anywhere in a result, keys included") {
  CHECK(recognised({{"paid", {{"by", {1, kKey}}}}}) == Names{"key"});
  CHECK(recognised({{kToken, nullptr}}) == Names{"token"});
  CHECK(recognised(nullptr).empty());
}

TEST_CASE("A secret is recognised between the separators of URLs, forms and quoted texts") {
  for (const char* text :
       {"see https://u:hunter2secret@host/ failed", "u:hunter2secret@host",
        "user=a&pass=hunter2secret", "pass=hunter2secret&user=a", "https://h/x?k=hunter2secret#top",
        "https://h/hunter2secret/x", "a;hunter2secret;b", "say k=hunter2secret.",
        R"(said "{\"k\":\"hunter2secret\"}")", "a:b:c:d:e:f:g:h:i:j:k:hunter2secret:l"}) {
    INFO(text);
    CHECK(recognised(text) == Names{"password"});
  }
  CHECK(recognised({{"h", "postgres://app:hunter2secret@db/x"}}) == Names{"password"});
  CHECK(recognised({{"https://u:hunter2secret@host", 1}}) == Names{"password"});
  CHECK(recognised("a=1&t=s3cr3t-token=&b=2") == Names{"token"});
  CHECK(recognised("a=1&k=violet lantern:garden-77&b=2") == Names{"key"});
}

TEST_CASE("A secret is recognised in a number") {
  CHECK(recognised({{"t", 12345678}}) == Names{"pin"});
  CHECK(recognised({1, {{"t", -12345678}}}) == Names{"pin"});
  CHECK(recognised(12345678.0) == Names{"pin"});
  CHECK(recognised({{"t", 87654321}}).empty());
}

TEST_CASE("A number that is a secret is recorded as its reference, others as they are") {
  Redactor redactor;
  SecretVault vault("7f3a-lucky-heron", redactor);
  vault.add("pin", kPin);
  CHECK(recordable_typed(vault, {{"t", 12345678}, {"n", {1, 2.5, 87654321}}}) ==
        Json{{"t", {{"$secret", "pin"}}}, {"n", {1, 2.5, 87654321}}});
  CHECK(recordable_typed(vault, {12345678.0}).dump().find(kPin) == std::string::npos);
}

TEST_CASE("What is too long to be checked is refused while a secret is not known") {
  std::string reason;
  for (int word = 0; word < 1000; ++word) {
    reason += "word" + std::to_string(word) + " ";
  }
  const Error error = expect_error(Code::secret_missing, [&] {
    recognised({reason, nullptr, {{"k", kPassword}}});
  });
  CHECK_THAT(error.message, ContainsSubstring("too long") && ContainsSubstring("password"));
  CHECK_THAT(error.message, !ContainsSubstring(kPassword));
  CHECK_THAT(error.hint, ContainsSubstring("shorten it"));

  Redactor redactor;
  SecretVault vault("7f3a-lucky-heron", redactor);
  for (const auto& [name, value] : kValues) {
    vault.add(name, value);
  }
  CHECK_NOTHROW(recognise_secrets(vault, with_secrets(vault), reason));
}

TEST_CASE("A long reason does not keep the result from being looked at") {
  std::string reason;
  for (int word = 0; word < 120; ++word) {
    reason += "word" + std::to_string(word) + " ";
  }
  CHECK(recognised({reason, nullptr, {{"k", kPassword}}}) == Names{"password"});
}

}  // namespace
}  // namespace runbook
