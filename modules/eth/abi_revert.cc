#include "modules/eth/abi_revert.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/base/bigint.h"
#include "engine/base/error.h"
#include "engine/base/shown_text.h"
#include "modules/eth/abi_decode.h"

namespace runbook {

namespace {

constexpr std::size_t kSelectorBytes = 4;

struct Panic {
  unsigned code;
  std::string_view meaning;
};
// https://docs.soliditylang.org/en/latest/control-structures.html#panic-via-assert-and-error-via-require
constexpr std::array<Panic, 10> kPanics = {
    {{0x00, "a panic that the compiler inserted"},
     {0x01, "an assert that does not hold"},
     {0x11, "an arithmetic operation overflowed or underflowed"},
     {0x12, "a division or modulo by zero"},
     {0x21, "a value that the enum does not have"},
     {0x22, "a storage byte array that is wrongly encoded"},
     {0x31, "pop of an empty array"},
     {0x32, "an index outside the array"},
     {0x41, "too much memory, or too large an array"},
     {0x51, "a call of a function variable that was never set"}}};

const AbiEntry& error_with_text() {
  static const AbiEntry entry = parse_signature("error Error(string reason)");
  return entry;
}

const AbiEntry& panic() {
  static const AbiEntry entry = parse_signature("error Panic(uint256 code)");
  return entry;
}

const AbiEntry* error_of(const Abi& abi, std::string_view found) {
  for (const AbiEntry* entry : {&error_with_text(), &panic()}) {
    if (selector(*entry) == found) {
      return entry;
    }
  }
  const auto entry = std::ranges::find_if(abi, [&](const AbiEntry& candidate) {
    return candidate.kind == AbiEntry::Kind::error && selector(candidate) == found;
  });
  return entry == abi.end() ? nullptr : &*entry;
}

std::string panic_text(const Json& code) {
  const Bigint number = Bigint::parse(code.at("$bigint").get<std::string>());
  const auto known = std::ranges::find_if(
      kPanics, [&](const Panic& candidate) { return number == Bigint(candidate.code); });
  return fmt::format("panic {}: {}", number.hex(),
                     known == kPanics.end() ? "a code without a known meaning" : known->meaning);
}

std::string message_of(const AbiEntry& entry, const Json& values) {
  if (&entry == &error_with_text()) {
    return values[0].get<std::string>();
  }
  if (&entry == &panic()) {
    return panic_text(values[0]);
  }
  std::string text;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::string& name = entry.inputs.parts[i].name;
    text += fmt::format("{}{}{}{}", text.empty() ? "" : ", ", name, name.empty() ? "" : " = ",
                        value_text(values[i]));
  }
  return fmt::format("{}({})", entry.name, text);
}

}  // namespace

Json decode_revert(const Abi& abi, std::string_view data) {
  if (data.empty()) {
    return {{"message", "it gave no reason"}};
  }
  if (data.size() < kSelectorBytes) {
    throw Error(
        Code::abi_data_invalid,
        fmt::format("0x{} is too short for an error, which begins with a selector of {} bytes",
                    to_hex(data), kSelectorBytes))
        .with_effect(EffectDone::none);
  }
  const std::string found(data.substr(0, kSelectorBytes));
  Json decoded = {{"selector", "0x" + to_hex(found)}};
  const AbiEntry* entry = error_of(abi, found);
  if (entry == nullptr) {
    decoded["message"] =
        fmt::format("an error with the selector 0x{}, which the ABI does not have", to_hex(found));
    return decoded;
  }
  Json values = abi_decode(entry->inputs, data.substr(kSelectorBytes), signature_text(*entry));
  decoded["name"] = entry->name;
  decoded["signature"] = signature_text(*entry);
  decoded["message"] = message_of(*entry, values);
  decoded["arguments"] = named_values(entry->inputs, std::move(values));
  return decoded;
}

}  // namespace runbook
