// Secrets of a run that are typed where their values are not known.

#include "engine/recipe/typed_secrets.h"
#include "tests/catch.h"
#include "tests/journal/history.h"

namespace runbook {
namespace {

const std::string kKey = "violet lantern:garden-77";
const std::string kToken = "s3cr3t-token=";

/// A run with a secret parameter and one of secret().
RunState with_secrets(const SecretVault& vault) {
  event::RunCreated created{.recipe = "r.lua", .name = "r"};
  created.secrets = {{"key", vault.fingerprint(kKey)}};
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
    CHECK(value == (name == "key" ? kKey : kToken));
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

}  // namespace
}  // namespace runbook
