// Signatures, against the specifications and what ethers makes of 20 wallets.
#include "engine/lua/module.h"
#include "modules/eth/key.h"
#include "modules/modules.h"
#include "tests/base/expect_error.h"
#include "tests/modules/eth/vectors.h"
#include "tests/modules/primitive.h"

using namespace runbook;

namespace {

constexpr const char* kKey = "0x4646464646464646464646464646464646464646464646464646464646464646";
constexpr const char* kAddress = "0x9d8A62f656a8d1615C1294fd71e9CFb3E4855A4F";

Json call(const std::string& function, Json options) {
  const PrimitiveTest test;
  return test.call(eth_module(), function, std::move(options));
}

std::vector<Json> cases_of(const std::string& kind) {
  std::vector<Json> cases = read_cases("signatures.jsonl");
  std::erase_if(cases, [&](const Json& each) { return each.at("kind") != kind; });
  return cases;
}

Json example_transaction() {
  return {{"key", kKey},       {"chain_id", 1},
          {"nonce", 9},        {"gas_price", "20 gwei"},
          {"gas", 21000},      {"to", "0x3535353535353535353535353535353535353535"},
          {"value", "1 ether"}};
}

Error refusal(Json changes) {
  Json options = example_transaction();
  options.update(changes);
  return expect_error(Code::option_invalid, [&] { call("sign_transaction", options); });
}

}  // namespace

TEST_CASE("The example of EIP-155 is signed as it says", "[eth]") {
  const Json made = call("sign_transaction", example_transaction());
  CHECK(made.at("raw") ==
        "0xf86c098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a76400008025"
        "a028ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276a067cbe9d8997f761aecb703"
        "304b3800ccf555c9f3dc64214b297fb1966a3b6d83");
  CHECK(made.at("from") == kAddress);
}

TEST_CASE("Transactions of each kind are signed as ethers signs them", "[eth]") {
  const std::vector<Json> cases = cases_of("transaction");
  CHECK(cases.size() == 60);
  for (const Json& each : cases) {
    Json options = each.at("options");
    options["key"] = each.at("key");
    CHECK(call("sign_transaction", options) == each.at("result"));
    options["key"] = each.at("key").get<std::string>().substr(2);
    if (options.at("to").is_null()) {
      options["to"] = "";
    }
    CHECK(call("sign_transaction", options) == each.at("result"));
  }
}

TEST_CASE("Transactions that fund nodes are signed as independent code signs them", "[eth]") {
  const Json cases = read_vectors("chainlink_vectors.json").at("transactions");
  CHECK(cases.size() == 2);
  for (const Json& each : cases) {
    Json options = each.at("options");
    options["key"] = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
    const Json made = call("sign_transaction", options);
    CHECK(made.at("raw") == each.at("raw"));
    CHECK(made.at("hash") == each.at("hash"));
  }
}

TEST_CASE("Messages are signed as ethers signs them, and their signer recovered", "[eth]") {
  for (const Json& each : cases_of("message")) {
    const Json message = {{"message", each.at("message")}, {"hex", true}};
    Json options = message;
    options["key"] = each.at("key");
    CHECK(call("sign_message", options) == each.at("signature"));
    options = message;
    options["signature"] = each.at("signature");
    CHECK(call("recover", options) == each.at("address"));
    CHECK(call("address_of", {{"key", each.at("key")}}) == each.at("address"));
  }
}

TEST_CASE("The example of EIP-712 is signed as it says", "[eth]") {
  const Json person = {{{"name", "name"}, {"type", "string"}},
                       {{"name", "wallet"}, {"type", "address"}}};
  const Json mail = {{{"name", "from"}, {"type", "Person"}},
                     {{"name", "to"}, {"type", "Person"}},
                     {{"name", "contents"}, {"type", "string"}}};
  Json typed = {
      {"types", {{"Person", person}, {"Mail", mail}}},
      {"primaryType", "Mail"},
      {"domain",
       {{"name", "Ether Mail"},
        {"version", "1"},
        {"chainId", 1},
        {"verifyingContract", "0xCcCCccccCCCCcCCCCCCcCcCccCcCCCcCcccccccC"}}},
      {"message",
       {{"from", {{"name", "Cow"}, {"wallet", "0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826"}}},
        {"to", {{"name", "Bob"}, {"wallet", "0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB"}}},
        {"contents", "Hello, Bob!"}}}};
  const std::string key = "0x" + to_hex(keccak256("cow"));
  const std::string signature =
      "0x4355c47d63924e8a72e509b65029052eb6c299d53a04e167c5775fd466751c9d"
      "07299936d304c153f6443dfa05f40ff007d72911b6f72307f996231605b915621c";
  CHECK(call("sign_typed_data", {{"key", key}, {"typed_data", typed}}) == signature);
  CHECK(call("sign_typed_data", {{"key", key}, {"typed_data", typed.dump()}}) == signature);
  const auto refused = [&](Code code, const char* said) {
    const Error error = expect_error(code, [&] {
      call("sign_typed_data", {{"key", key}, {"typed_data", typed}});
    });
    CHECK_THAT(error.message, ContainsSubstring(said));
  };
  typed["message"]["to"]["wallet"] = "Bob";
  refused(Code::address_invalid, "message.to.wallet (address): \"Bob\"");
  typed["message"]["to"].erase("wallet");
  refused(Code::abi_value_invalid, "message.to.wallet (address) is absent");
  typed["message"]["to"] = typed["message"]["from"];
  typed["message"]["bcc"] = "Eve";
  refused(Code::abi_value_invalid, "message.bcc is no field of Mail");
  typed["message"].erase("bcc");
  typed["types"]["Mail"][2]["type"] = "uint";
  refused(Code::abi_invalid, "uint is written uint256 here");
  typed["types"]["Mail"][2]["type"] = "Text";
  refused(Code::abi_invalid, "Text");
  typed["primaryType"] = "Letter";
  refused(Code::abi_invalid, "there is no type Letter");
}

TEST_CASE("Typed data is signed as ethers signs it, and its signer recovered", "[eth]") {
  const std::vector<Json> cases = cases_of("typed_data");
  CHECK(cases.size() == 20);
  for (const Json& each : cases) {
    const Json typed = {{"typed_data", each.at("typed_data")}};
    Json options = typed;
    options["key"] = each.at("key");
    CHECK(call("sign_typed_data", options) == each.at("signature"));
    options = typed;
    options["signature"] = each.at("signature");
    CHECK(call("recover", options) == each.at("address"));
  }
}

TEST_CASE("A signer is recovered from a hash and from a compact signature", "[eth]") {
  // The examples of EIP-2098.
  const std::string key = "0x1234567890123456789012345678901234567890123456789012345678901234";
  const Json address = call("address_of", {{"key", key}});
  CHECK(call("recover", {{"message", "Hello World"},
                         {"signature",
                          "0x68a020a209d3d56c46f38cc50a33f704f4a9a10a59377f8dd762ac66910e9b90"
                          "7e865ad05c4035ab5792787d4a0297a43617ae897930a6fe4d822b8faea52064"}}) ==
        address);
  const Digest digest = keccak256("signed");
  const std::string signature = to_hex(PrivateKey::parse(key).sign(digest).bytes());
  CHECK(call("recover", {{"hash", to_hex(digest)}, {"signature", signature}}) == address);
}

TEST_CASE("What is no transaction is refused, saying which option", "[eth]") {
  CHECK_THAT(refusal({{"max_fee", 1}}).message, ContainsSubstring("gas_price, or max_fee"));
  CHECK_THAT(refusal({{"gas_price", nullptr}}).message, ContainsSubstring("gas_price, or max_fee"));
  CHECK_THAT(refusal({{"gas_price", nullptr}, {"max_fee", 1}}).message,
             ContainsSubstring("go together"));
  CHECK_THAT(refusal({{"gas_price", nullptr}, {"max_fee", 1}, {"max_priority_fee", 2}}).message,
             ContainsSubstring("max_priority_fee = 2 is above max_fee = 1"));
  CHECK_THAT(refusal({{"chain_id", 0}}).message, ContainsSubstring("chain_id = 0"));
  CHECK_THAT(refusal({{"value", -1}}).message, ContainsSubstring("value = -1"));
  CHECK_THAT(refusal({{"nonce", "0xffffffffffffffff"}}).message, ContainsSubstring("nonce = "));
  CHECK_THAT(refusal({{"to", 5}}).message, ContainsSubstring("to is no address"));
  CHECK_THAT(refusal({{"access_list", {{{"adress", "0x"}}}}}).message,
             ContainsSubstring("access_list"));
}

TEST_CASE("What is no key or signature is refused without a digit of it", "[eth]") {
  const std::string order = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
  for (const std::string& key : {std::string(), std::string("0x1234"), std::string(64, '0'), order,
                                 std::string(63, '7') + "g"}) {
    const Error error = expect_error(Code::key_invalid, [&] {
      call("address_of", {{"key", key}});
    });
    CHECK_THAT(error.message, !ContainsSubstring("7777") && !ContainsSubstring("baaedc"));
  }
  for (const std::string& signature :
       {std::string(2, '0'), std::string(130, '0'), std::string(128, '1') + "05",
        std::string("no hex"), std::string(129, '1')}) {
    expect_error(Code::signature_invalid, [&] {
      call("recover", {{"signature", signature}, {"message", "x"}});
    });
  }
  expect_error(Code::option_invalid, [&] {
    call("recover", {{"signature", std::string(128, '1') + "1b"}});
  });
}
