// The ABI: whatever the types and the data, an Error or values that are the same once encoded and
// read again, in memory in proportion. Input: a line with the type of a tuple, then the data.
#include "engine/base/error.h"
#include "modules/eth/abi_decode.h"
#include "modules/eth/abi_encode.h"
#include "modules/eth/abi_entry.h"
#include "tests/fuzz/allocation.h"
#include "tests/fuzz/target.h"

namespace {

constexpr std::size_t kMostTypeText = 256;

/// As a recipe gives it: bigints as digits, keys as they are.
runbook::Json plain(const runbook::Json& value) {
  if (value.is_object() && value.contains("$bigint")) {
    return value.at("$bigint");
  }
  if (!value.is_object() && !value.is_array()) {
    return value;
  }
  runbook::Json result = value.is_array() ? runbook::Json::array() : runbook::Json::object();
  for (const auto& [key, member] : value.items()) {
    if (value.is_array()) {
      result.push_back(plain(member));
    } else {
      result[key.starts_with("$$") ? key.substr(1) : key] = plain(member);
    }
  }
  return result;
}

void decode(const runbook::AbiType& types, const std::string& data) {
  const std::size_t before = runbook::allocated_bytes;
  const std::size_t most = 1024 * data.size() + 256 * 1024;
  runbook::Json values;
  try {
    values = runbook::abi_decode(types, data, "input");
  } catch (const runbook::Error& error) {
    check(error.code == runbook::Code::abi_data_invalid);
    check(runbook::allocated_bytes - before <= most);
    return;
  }
  check(runbook::allocated_bytes - before <= most);
  const std::string encoded = runbook::abi_encode(types, plain(values), "values");
  check(encoded.size() == data.size());
  check(runbook::abi_decode(types, encoded, "encoded") == values);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string text(data, data + size);
  const std::size_t end = text.find('\n');
  if (end == std::string::npos || end > kMostTypeText) {
    return 0;
  }
  runbook::AbiType types;
  try {
    types = runbook::parse_signature("f" + text.substr(0, end)).inputs;
  } catch (const runbook::Error& error) {
    check(error.code == runbook::Code::abi_invalid);
    return 0;
  }
  decode(types, text.substr(end + 1));
  return 0;
}
