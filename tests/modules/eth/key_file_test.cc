// Keys that are made: each in one new file, of which the journal has no more than the address.
#include <sys/stat.h>

#include "engine/base/file.h"
#include "modules/eth/address.h"
#include "modules/eth/keystore.h"
#include "modules/modules.h"
#include "tests/base/expect_error.h"
#include "tests/cli/program.h"
#include "tests/modules/recorded_call.h"

using namespace runbook;

namespace {

constexpr const char* kSpokenPassword = "p\xc3\xa4ssw\xc3\xb6rd";  // UTF-8
constexpr const char* kOwnKey =
    "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
constexpr const char* kOwnAddress = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";

/// A call without a run, whose secrets nobody keeps.
class KeyFileTest {
 public:
  KeyFileTest() { fixture.host.secrets = nullptr; }
  Json write(const std::string& name, Json options) {
    options["path"] = path;
    return fixture.run_once(name, options);
  }
  Outcome examined(const std::string& name, const Json& intent = Json::object()) {
    return fixture.probe(name, {{"path", path}}, {.data = intent, .resource = {}});
  }
  int mode() const {
    struct stat status {};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    return static_cast<int>(status.st_mode & 07777U);
  }

  CallFixture fixture{eth_module()};
  std::string path = fixture.path("keys/new");
};

}  // namespace

TEST_CASE("A random key lies in a file of its own, for its owner alone", "[eth]") {
  KeyFileTest test;
  const Json made = test.write("random_key", {});
  const std::string key = read_file(test.path);
  CHECK(key.size() == 67);
  CHECK(made ==
        Json{{"path", test.path},
             {"address", checksum_address(PrivateKey::parse(key.substr(0, 66)).address())}});
  CHECK(test.mode() == 0600);
  KeyFileTest other;
  CHECK(other.write("random_key", {}).at("address") != made.at("address"));
}

TEST_CASE("A keystore opens with its password, whatever language it is in", "[eth]") {
  KeyFileTest test;
  const Json made = test.write("keystore_write", {{"key", kOwnKey}, {"password", kSpokenPassword}});
  CHECK(made == Json{{"path", test.path}, {"address", kOwnAddress}});
  CHECK(test.mode() == 0600);
  const std::string text = read_file(test.path);
  CHECK(read_keystore(Json(text), kSpokenPassword).hex() == kOwnKey);
  expect_error(Code::keystore_invalid, [&] { read_keystore(Json(text), "passwort"); });
  const Json file = Json::parse(text);
  CHECK(file.at("address") == "f39fd6e51aad88f6f4ce6ab8827279cfffb92266");
  CHECK(file.at("crypto").at("kdfparams").at("n") == 131072);
  KeyFileTest other;
  const Json fresh = other.write("keystore_write", {{"password", kSpokenPassword}});
  CHECK(checksum_address(read_keystore(Json(read_file(other.path)), kSpokenPassword).address()) ==
        fresh.at("address"));
}

TEST_CASE("A key is never written over anything", "[eth]") {
  KeyFileTest test;
  test.write("random_key", {});
  const std::string before = read_file(test.path);
  for (const char* name : {"random_key", "keystore_write"}) {
    const Error error = expect_error(Code::key_file_exists, [&] {
      test.write(name, {{"password", kSpokenPassword}});
    });
    CHECK(error.effect == EffectDone::none);
    // It may also have come between.
    expect_error(Code::key_file_exists, [&] {
      test.fixture.run_with(name, {{"path", test.path}, {"password", kSpokenPassword}}, {});
    });
  }
  CHECK(read_file(test.path) == before);
}

TEST_CASE("What is there after a kill is examined", "[eth]") {
  KeyFileTest test;
  CHECK(test.examined("random_key").kind == Outcome::Kind::not_done);
  CHECK(test.examined("keystore_write").kind == Outcome::Kind::not_done);
  const Json made = test.write("random_key", {});
  CHECK(test.examined("random_key").value == made);
  const Outcome other = test.examined("keystore_write");
  CHECK(other.kind == Outcome::Kind::cannot_tell);
  CHECK_THAT(other.text, !ContainsSubstring(read_file(test.path).substr(2, 8)));

  write_file_atomically(test.path, R"({"address":"f39fd6e51aad88f6f4ce6ab8827279cfffb92266"})");
  CHECK(test.examined("keystore_write").value ==
        Json{{"path", test.path}, {"address", kOwnAddress}});
  CHECK(test.examined("keystore_write", {{"address", kOwnAddress}}).kind == Outcome::Kind::done);
  const std::string another = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
  const Outcome foreign = test.examined("keystore_write", {{"address", another}});
  CHECK(foreign.kind == Outcome::Kind::cannot_tell);
  CHECK_THAT(foreign.text, ContainsSubstring(another) && ContainsSubstring(kOwnAddress));
  CHECK(test.examined("random_key").kind == Outcome::Kind::cannot_tell);
}

TEST_CASE("A key that was made is used by reference, and is nowhere else", "[eth]") {
  const test::Folder folder;
  folder.write("r.lua", R"lua(
local eth = require 'eth'
local password = secret('password', { env = 'KEYSTORE_PASSWORD' })
local made = step('make', function() return eth.random_key { path = 'keys/deployer' } end)
local key = secret('deployer', { file = made.path })
local kept = step('keep', function()
  return eth.keystore_write { path = 'keys/deployer.json', key = key, password = password }
end)
log(key)
output { made = made.address, kept = kept.address, of = eth.address_of(key), key = key }
step('plain', function()
  return eth.keystore_write { path = 'keys/plain.json', key = ('12'):rep(32), password = password }
end)
)lua");
  const test::Ran ran =
      test::run_runbook({"run", "r.lua"}, folder.path(), {{"KEYSTORE_PASSWORD", "correct horse"}});
  INFO(ran.err);
  CHECK(ran.exit == 1);
  CHECK_THAT(ran.err, ContainsSubstring("the key is no secret"));
  const std::string key = folder.read("keys/deployer").substr(2, 64);
  const Json status =
      Json::parse(test::run_runbook({"status", "--output", "json"}, folder.path()).out);
  CHECK(status["outputs"]["made"] == status["outputs"]["of"]);
  CHECK(status["outputs"]["made"] == status["outputs"]["kept"]);
  const std::string journal =
      folder.read(".runbook/state.db") + folder.read(".runbook/state.db-wal");
  CHECK_THAT(ran.out + ran.err + status.dump() + journal,
             !ContainsSubstring(key) && !ContainsSubstring("correct horse"));
}
