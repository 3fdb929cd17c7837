#include "modules/eth/abi_entry.h"

#include "tests/base/expect_error.h"
#include "tests/modules/eth/vectors.h"

using namespace runbook;

namespace {

using Kind = AbiEntry::Kind;

std::string canonical(const std::string& text) {
  return signature_text(parse_signature(text));
}

}  // namespace

TEST_CASE("Selectors and topics are the hashes of canonical signatures", "[eth]") {
  const Json vectors = read_vectors("chainlink_vectors.json");
  for (const auto& [signature, expected] : vectors.at("selectors").items()) {
    CHECK("0x" + to_hex(selector(parse_signature(signature))) == expected);
  }
  for (const auto& [signature, expected] : vectors.at("eventTopics").items()) {
    CHECK("0x" + to_hex(signature_hash(parse_signature(signature, Kind::event))) == expected);
  }
}

TEST_CASE("Signatures are read as people write them", "[eth]") {
  CHECK(canonical("function transfer(address to, uint256 amount) external returns (bool)") ==
        "transfer(address,uint256)");
  CHECK(canonical("f(uint256,(address,bytes)[])") == "f(uint256,(address,bytes)[])");
  CHECK(canonical("  f ( uint a , int[2][] calldata b , address payable c ) view ;") ==
        "f(uint256,int256[2][],address)");
  CHECK(canonical("f(tuple(string memory name, bytes32[3] keys)[2] $pairs, function g)") ==
        "f((string,bytes32[3])[2],function)");
  const AbiEntry entry = parse_signature("function f() public pure returns (uint8 a, string b)");
  CHECK(type_text(entry.outputs) == "(uint8,string)");
  CHECK(entry.outputs.parts[1].name == "b");
  CHECK(parse_signature("constructor(address owner) payable").kind == Kind::constructor);
  CHECK(parse_signature("error Unpaid(uint256 due)").kind == Kind::error);
  const AbiEntry event = parse_signature("event E(address indexed, bytes indexed b) anonymous");
  CHECK(event.kind == Kind::event);
  CHECK(event.anonymous);
  CHECK(event.inputs.parts[0].indexed);
  CHECK(event.inputs.parts[1].name == "b");
}

TEST_CASE("A signature that is not understood is quoted with the reason", "[eth]") {
  const std::vector<std::pair<std::string, std::string>> refused = {
      {"", "it is not NAME(TYPE"},
      {"transfer", "it is not NAME(TYPE"},
      {"function", "\"\" is no name"},
      {"struct f()", "it is not NAME(TYPE"},
      {"f(uint256", "a \")\" is missing at character 10"},
      {"f(uint256,)", "there is no ABI type \"\""},
      {"f() returns", "a \"(\" is missing"},
      {"f() garbage", "\"garbage\" is not understood"},
      {"f() f()", "\"f\" is not understood"},
      {"f()) ", "it goes on after its end"},
      {"f(uint7)", "there is no ABI type \"uint7\""},
      {"f(uint0)", "there is no ABI type"},
      {"f(uint264)", "there is no ABI type"},
      {"f(uint08)", "there is no ABI type"},
      {"f(bytes33)", "there is no ABI type"},
      {"f(bytes0)", "there is no ABI type"},
      {"f(adress a)", "did you mean address?"},
      {"f(fixed128x18)", "fixed128x18 is not supported"},
      {"f(ufixed)", "ufixed is not supported"},
      {"f(uint256[0])", "[0] is no length"},
      {"f(uint256[-1])", "[-1] is no length"},
      {"f(uint256[2)", "are no dimensions"},
      {"f(uint256[)", "are no dimensions"},
      {"f(uint256[99999999999999999999])", "is no length"},
      {"f(uint256[1000000][1000000])", "takes more than"},
      {"f(string[100000000])", "takes more than"},
      {"f(())", "a tuple has no components"},
      {"f(uint256 indexed a)", "\"indexed\" is no name"},
      {"f(uint256 a b)", "\"b\" stands after the name \"a\""},
      {"event E() view", "\"view\" is not understood"},
      {"f(" + std::string(100'000, '('), "more than 16 deep"}};
  for (const auto& [text, reason] : refused) {
    INFO(text.substr(0, 50));
    const Error error =
        expect_error(Code::abi_invalid, [signature = text] { parse_signature(signature); });
    CHECK_THAT(error.message, ContainsSubstring(reason));
    CHECK(error.message.size() < 400);
  }
  std::string deep = "uint256";
  for (unsigned i = 0; i < kMostAbiDepth; ++i) {
    deep += "[]";
  }
  CHECK(type_text(parse_type(deep)) == deep);
  expect_error(Code::abi_invalid, [&] { parse_type(deep + "[]"); });
}

TEST_CASE("The JSON ABI of a compiler reads as signatures do", "[eth]") {
  const Json orders = {
      {"type", "tuple[2][]"},
      {"name", "orders"},
      {"components", {{{"type", "address"}, {"name", "to"}}, {{"type", "uint96[]"}}}}};
  const Json artefact = {
      {"abi",
       {{{"type", "constructor"}, {"inputs", {{{"type", "address"}, {"name", "owner"}}}}},
        {{"type", "function"},
         {"name", "place"},
         {"inputs", Json::array({orders})},
         {"outputs", {{{"type", "bool"}, {"name", ""}}}},
         {"stateMutability", "payable"}},
        {{"type", "event"},
         {"name", "Placed"},
         {"anonymous", true},
         {"inputs", {{{"type", "address"}, {"name", "to"}, {"indexed", true}}}}},
        {{"type", "error"}, {"name", "Unpaid"}, {"inputs", Json::array()}},
        {{"type", "receive"}},
        {{"type", "fallback"}},
        "function pause()"}}};
  const Abi abi = read_abi(artefact);
  std::vector<std::string> found;
  for (const AbiEntry& entry : abi) {
    found.push_back(signature_text(entry));
  }
  CHECK(found == std::vector<std::string>{"constructor(address)", "place((address,uint96[])[2][])",
                                          "Placed(address)", "Unpaid()", "pause()"});
  CHECK(abi[1].inputs.parts[0].name == "orders");
  CHECK(abi[2].anonymous);
  CHECK(abi[2].inputs.parts[0].indexed);
}

TEST_CASE("A JSON ABI that is none is refused, naming the entry", "[eth]") {
  const std::vector<std::pair<Json, std::string>> refused = {
      {"text", "the ABI is a string"},
      {{{"bytecode", "0x"}}, "a table without a list \"abi\""},
      {Json::array({1}), "neither an object nor a signature"},
      {{{{"type", "function"}}}, "a function of the ABI has no name"},
      {{{{"type", "struct"}, {"name", "s"}}}, "an entry of type \"struct\""},
      {{{{"name", "f"}, {"inputs", "x"}}}, "function f of the ABI: the ABI's \"inputs\""},
      {{{{"name", "f"}, {"inputs", {1}}}}, "a parameter of the ABI is not an object"},
      {{{{"name", "f"}, {"inputs", {{{"type", 7}}}}}}, "\"type\" is not text: 7"},
      {{{{"name", "f"}, {"inputs", {{{"type", "tuple"}}}}}}, "has no components"},
      {{{{"name", "f"}, {"inputs", {{{"type", "IERC20"}}}}}}, "there is no ABI type \"IERC20\""}};
  for (const auto& [abi, reason] : refused) {
    const Json& given = abi;
    const Error error = expect_error(Code::abi_invalid, [&] { read_abi(given); });
    CHECK_THAT(error.message, ContainsSubstring(reason));
  }
  Json deep = {{"type", "uint256"}, {"name", "x"}};
  for (int i = 0; i < 100; ++i) {
    deep = {{"type", "tuple"}, {"name", "x"}, {"components", Json::array({deep})}};
  }
  const Error error = expect_error(Code::abi_invalid, [&] {
    read_abi(Json::array({{{"name", "f"}, {"inputs", Json::array({deep})}}}));
  });
  CHECK_THAT(error.message, ContainsSubstring("more than 16 deep"));
}

TEST_CASE("An entry is found by name, or by signature where several have the name", "[eth]") {
  const Abi abi = read_abi({"safeTransferFrom(address from, address to, uint256 id)",
                            "safeTransferFrom(address,address,uint256,bytes)", "pause()",
                            "event pause()", "constructor(address)"});
  CHECK(signature_text(find_entry(abi, Kind::function, "pause")) == "pause()");
  CHECK(find_entry(abi, Kind::event, "pause").kind == Kind::event);
  CHECK(find_entry(abi, Kind::constructor, "constructor").inputs.parts.size() == 1);
  CHECK(find_entry(abi, Kind::function, "safeTransferFrom(address,address,uint)")
            .inputs.parts[2]
            .name == "id");
  const Error several = expect_error(Code::abi_entry_unclear,
                                     [&] { find_entry(abi, Kind::function, "safeTransferFrom"); });
  CHECK(signature_text(find_entry({}, Kind::constructor, "constructor")) == "constructor()");
  const Error constructor = expect_error(
      Code::abi_entry_unclear, [&] { find_entry(abi, Kind::constructor, "constructor(uint8)"); });
  CHECK(constructor.message == "the ABI has no constructor(uint8), but constructor(address)");
  CHECK(several.message ==
        "the ABI has 2 functions safeTransferFrom: safeTransferFrom(address,address,uint256), "
        "safeTransferFrom(address,address,uint256,bytes)");
  const Error mistyped =
      expect_error(Code::abi_entry_unclear, [&] { find_entry(abi, Kind::function, "puase"); });
  CHECK(mistyped.message == "the ABI has no function puase; did you mean pause?");
  const Error other = expect_error(Code::abi_entry_unclear,
                                   [&] { find_entry(abi, Kind::function, "pause(bool)"); });
  CHECK(other.message == "the ABI has no function pause(bool), but pause()");
}
