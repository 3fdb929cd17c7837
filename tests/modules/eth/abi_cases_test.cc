// What ethers made of values drawn at random (generate_cases.mjs), made again and read back.
#include "engine/base/hash.h"
#include "modules/eth/abi_decode.h"
#include "modules/eth/abi_encode.h"
#include "modules/eth/abi_entry.h"
#include "modules/eth/abi_log.h"
#include "tests/base/expect_error.h"
#include "tests/modules/eth/vectors.h"

using namespace runbook;

namespace {

/// As the file has numbers: all as digits.
Json digits_of(const Json& value) {
  if (value.is_number_integer()) {
    return value.dump();
  }
  if (value.is_object() && value.contains("$bigint")) {
    return value.at("$bigint");
  }
  Json result = value;
  if (value.is_structured()) {
    for (Json& member : result) {
      member = digits_of(member);
    }
  }
  return result;
}

AbiType types_of(const Json& texts) {
  std::vector<AbiType> types;
  for (const Json& text : texts) {
    types.push_back(parse_type(text.get<std::string>()));
  }
  return tuple_of(std::move(types));
}

void check_codec(const AbiType& types, const Json& values, const std::string& data) {
  CHECK(to_hex(abi_encode(types, values, "case")) == to_hex(data));
  CHECK(digits_of(abi_decode(types, data, "case")) == values);
  const auto decode = [&](const std::string& other) { abi_decode(types, other, "case"); };
  expect_error(Code::abi_data_invalid, [&] { decode(data + std::string(kWordBytes, '\0')); });
  for (std::size_t size = 0; size < data.size(); size += kWordBytes) {
    CHECK_THROWS_AS(decode(data.substr(0, size)), Error);
  }
}

void check_event(const Json& each) {
  LogParts log{.topics = {}, .data = from_hex(each.at("data").get<std::string>())};
  for (const Json& topic : each.at("topics")) {
    log.topics.push_back(from_hex(topic.get<std::string>()));
  }
  const AbiEntry event = parse_signature(each.at("signature").get<std::string>());
  const Json decoded = decode_log(event_of({event}, event.name, log), log);
  for (std::size_t i = 0; i < event.inputs.parts.size(); ++i) {
    Json expected = each.at("values")[i];
    if (each.at("hashed")[i]) {
      const std::string value = expected.get<std::string>();
      const bool text = event.inputs.parts[i].kind == AbiKind::string;
      expected = "0x" + to_hex(keccak256(text ? value : from_hex(value)));
    }
    CHECK(digits_of(decoded.at("p" + std::to_string(i))) == expected);
  }
}

}  // namespace

TEST_CASE("Arguments, calls and events are what ethers makes of them, both ways", "[eth]") {
  int count = 0;
  for (const Json& each : read_cases("abi_cases.jsonl")) {
    INFO(each.dump().substr(0, 300));
    ++count;
    if (each.at("kind") == "event") {
      check_event(each);
      continue;
    }
    const std::string data = from_hex(each.at("data").get<std::string>());
    if (each.at("kind") == "arguments") {
      check_codec(types_of(each.at("types")), each.at("values"), data);
      continue;
    }
    const AbiEntry entry = parse_signature(each.at("signature").get<std::string>());
    CHECK(to_hex(selector(entry)) == to_hex(data.substr(0, 4)));
    check_codec(entry.inputs, each.at("values"), data.substr(4));
  }
  CHECK(count >= 1000);
}
