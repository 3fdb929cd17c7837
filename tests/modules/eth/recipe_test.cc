// The primitives as recipes meet them: by the real program.
#include "modules/eth/functions.h"
#include "tests/catch.h"
#include "tests/cli/program.h"
#include "tests/modules/eth/vectors.h"

using namespace runbook;
using namespace runbook::test;

namespace {

/// The first account of every development node.
constexpr const char* kSigningKey =
    "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
constexpr const char* kPhrase = "test test test test test test test test test test test junk";

Ran run_recipe(const std::string& text) {
  const Folder folder;
  folder.write("r.lua", text);
  return run_runbook({"run", "r.lua"}, folder.path(),
                     {{"DEPLOYER_KEY", kSigningKey},
                      {"MNEMONIC", kPhrase},
                      {"KEYSTORE_PASSWORD", "testpassword"}});
}

}  // namespace

TEST_CASE("The examples of the pure primitives run", "[eth]") {
  for (const auto declare :
       {encode_functions, decode_functions, address_functions, signing_functions, recover_functions,
        key_functions, key_file_functions}) {
    for (const Function& function : declare()) {
      const Ran ran = run_recipe(std::string(function.example));
      INFO(function.name << "\n" << ran.err);
      CHECK(ran.exit == 0);
    }
  }
}

TEST_CASE("An amount that a call returned is a bigint, also once it was recorded", "[eth]") {
  const Ran ran = run_recipe(R"lua(
local eth = require 'eth'
local data = eth.encode_arguments { { 'uint256', 'uint8', 'bytes' }, { '2 ether', 18, '0x01' } }
local read = step('read', function()
  return eth.decode_result { types = { 'uint256 supply', 'uint8 decimals', 'bytes $more' }, data = data }
end)
local again = eth.encode_arguments({ 'uint256', 'uint8', 'bytes' },
                                   { read.supply, read.decimals, read['$more'] })
output { same = again == data, supply = tostring(read.supply), kind = type(read.decimals) }
)lua");
  INFO(ran.err);
  CHECK(ran.exit == 0);
  CHECK_THAT(ran.out, ContainsSubstring("same: true") &&
                          ContainsSubstring("supply: 2000000000000000000") &&
                          ContainsSubstring("kind: number"));
}

TEST_CASE("Ether and gwei are amounts in wei, in the header too", "[eth]") {
  const Ran ran = run_recipe(R"lua(
local eth = require 'eth'
local p = recipe { params = { tip = param.bigint { default = eth.gwei '1.5' } } }
output { same = eth.ether '0.5' == '500000000000000000' and eth.ether(2) == eth.gwei(2000000000), tip = p.tip }
)lua");
  INFO(ran.err);
  CHECK(ran.out == "same: true\ntip: 1500000000\n");
  CHECK_THAT(run_recipe("require('eth').ether(0.05)").err,
             ContainsSubstring("RB1312") && ContainsSubstring("0.05 is no whole number"));
}

TEST_CASE("A secret among the arguments makes the call's data a secret", "[eth]") {
  const Folder folder;
  folder.write("r.lua", R"lua(
local eth = require 'eth'
local code = secret('code', { env = 'CODE' })
local data = eth.encode_call { 'open(string)', { code } }
output { size = #eth.keccak256(code) }
log('data ' .. data)
)lua");
  const Ran ran = run_runbook({"run", "r.lua"}, folder.path(), {{"CODE", "open sesame"}});
  INFO(ran.err);
  CHECK(ran.exit == 0);
  CHECK_THAT(ran.out, ContainsSubstring("size: 66"));
  CHECK_THAT(ran.err, !ContainsSubstring("6f70656e20736573616d65"));
}

TEST_CASE("An argument that does not fit stops the recipe, naming it and its line", "[eth]") {
  const Ran ran = run_recipe(R"lua(local eth = require 'eth'
local to = '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266'
step('encode', function()
  local data = eth.encode_call { 'transfer(address to, uint256 amount)', { to, -1 } }
  return data
end)
)lua");
  CHECK(ran.exit == 1);
  CHECK_THAT(ran.err, ContainsSubstring("RB1004") && ContainsSubstring("r.lua:4") &&
                          ContainsSubstring("argument 2 `amount` (uint256): -1 is below 0"));
}

TEST_CASE("A key signs as a secret, and its digits are nowhere", "[eth]") {
  const Folder folder;
  folder.write("r.lua", R"lua(
local eth = require 'eth'
local key = secret('deployer', { env = 'DEPLOYER_KEY' })
local signed = step('sign', function()
  return eth.sign_transaction { key = key, chain_id = bigint(31337), nonce = 0, gas = 21000,
                                gas_price = eth.gwei(2), value = eth.ether('0.5'),
                                to = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8' }
end)
output { from = signed.from, hash = signed.hash, key = key }
)lua");
  const Ran ran = run_runbook({"run", "r.lua"}, folder.path(), {{"DEPLOYER_KEY", kSigningKey}});
  INFO(ran.err);
  CHECK(ran.exit == 0);
  CHECK_THAT(ran.out, ContainsSubstring("from: 0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"));
  CHECK_THAT(ran.out + ran.err, !ContainsSubstring(kSigningKey));
}

TEST_CASE("Who sends by a key that is no secret is refused before anything is recorded", "[eth]") {
  const Folder folder;
  folder.write("r.lua", R"lua(
local eth = require 'eth'
local key = ('46'):rep(32)
local options = { url = 'http://127.0.0.1:1', to = eth.address_of(key), value = 1, key = key }
step('pay', function() return eth.transfer(options) end)
)lua");
  const Ran ran = run_runbook({"run", "r.lua"}, folder.path());
  INFO(ran.err);
  CHECK(ran.exit == 1);
  CHECK_THAT(ran.err, ContainsSubstring("the key is no secret"));
  CHECK_THAT(folder.read(".runbook/state.db") + folder.read(".runbook/state.db-wal"),
             !ContainsSubstring("464646464646"));
}

TEST_CASE("Others go on while a keystore is opened", "[eth]") {
  const Folder folder;
  folder.write("keystore.json", read_vectors("keystore_vectors.json").at("scrypt").dump());
  folder.write("r.lua", R"lua(
local eth = require 'eth'
local fs = require 'fs'
local password = secret('password', { env = 'KEYSTORE_PASSWORD' })
parallel('both', {
  a = function()
    local key = eth.keystore_read { keystore = fs.read('keystore.json'), password = password }
    log('opened ' .. eth.address_of(key))
  end,
  b = function() log(fs.stat('keystore.json').type) end,
})
)lua");
  const Ran ran =
      run_runbook({"run", "r.lua"}, folder.path(), {{"KEYSTORE_PASSWORD", "testpassword"}});
  INFO(ran.err);
  CHECK(ran.exit == 0);
  CHECK(ran.err.find("both/b: file") < ran.err.find("opened 0x"));
}

TEST_CASE("A key from a secret mnemonic or password is a secret", "[eth]") {
  const Folder folder;
  folder.write("keystore.json", read_vectors("keystore_vectors.json").at("pbkdf2").dump());
  folder.write("r.lua", R"lua(
local eth = require 'eth'
local fs = require 'fs'
local mnemonic = secret('mnemonic', { env = 'MNEMONIC' })
local password = secret('password', { env = 'KEYSTORE_PASSWORD' })
local first = step('derive', function() return eth.derive_key { mnemonic = mnemonic } end)
local second = step('open', function()
  return eth.keystore_read { keystore = fs.read('keystore.json'), password = password }
end)
log(first .. second)
output { first = first, of_first = eth.address_of(first), of_second = eth.address_of(second) }
eth.keystore_read { keystore = '{}', password = 'open sesame' }
)lua");
  const Ran ran = run_runbook({"run", "r.lua"}, folder.path(),
                              {{"MNEMONIC", kPhrase}, {"KEYSTORE_PASSWORD", "testpassword"}});
  INFO(ran.err);
  CHECK(ran.exit == 1);
  CHECK_THAT(ran.err, ContainsSubstring("the password is no secret"));
  CHECK_THAT(ran.out + ran.err,
             !ContainsSubstring(kSigningKey) && !ContainsSubstring("7a28b5ba57c53603"));
}
