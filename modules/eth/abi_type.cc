#include "modules/eth/abi_type.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>

#include "engine/base/error.h"
#include "engine/base/shown_text.h"
#include "engine/base/suggestion.h"

namespace runbook {

namespace {

constexpr std::size_t kIntegerBits = 256;
constexpr std::size_t kFunctionBytes = 24;  // an address and a selector

AbiType word_type(AbiKind kind, std::size_t size = 0) {
  return {.kind = kind, .size = size, .words = 1};
}

AbiType tail_type(AbiKind kind) {
  return {.kind = kind, .dynamic = true, .words = 1};
}

/// Digits without a leading zero; nullopt otherwise, and beyond what any size can be.
std::optional<std::size_t> size_of(std::string_view digits) {
  constexpr std::size_t kMostDigits = 9;
  std::size_t size = 0;
  const auto [end, problem] = std::from_chars(digits.begin(), digits.end(), size);
  const bool whole = problem == std::errc() && end == digits.end();
  return whole && digits[0] != '0' && digits.size() <= kMostDigits ? std::optional(size)
                                                                   : std::nullopt;
}

[[noreturn]] void refuse_type(std::string_view word) {
  if (word.starts_with("fixed") || word.starts_with("ufixed")) {
    refuse(Code::abi_invalid,
           fmt::format("{} is not supported: no compiler encodes fixed point numbers",
                       one_line(word)));
  }
  static const std::vector<std::string> kNames = {"uint256", "int256",   "address", "bool",
                                                  "bytes32", "function", "bytes",   "string"};
  refuse(Code::abi_invalid,
         fmt::format("there is no ABI type \"{}\"{}", one_line(word), did_you_mean(word, kNames)),
         "an enum is uint8, a contract is address, a struct is a tuple such as (address,uint256)");
}

AbiType sized_type(std::string_view word) {
  const std::size_t digits = std::min(word.find_first_of("0123456789"), word.size());
  const std::string_view stem = word.substr(0, digits);
  const auto size = size_of(word.substr(digits));
  if (size && (stem == "uint" || stem == "int") && *size <= kIntegerBits && *size % 8 == 0) {
    return word_type(stem == "int" ? AbiKind::signed_integer : AbiKind::unsigned_integer, *size);
  }
  if (size && stem == "bytes" && *size <= kWordBytes) {
    return word_type(AbiKind::fixed_bytes, *size);
  }
  refuse_type(word);
}

AbiType checked(AbiType type) {
  for (const AbiType& part : type.parts) {
    type.depth = std::max(type.depth, part.depth + 1);
  }
  if (type.depth > kMostAbiDepth) {
    refuse(Code::abi_invalid,
           fmt::format("arrays and tuples lie more than {} deep", kMostAbiDepth));
  }
  if (type.words > kMostAbiWords ||
      (type.kind == AbiKind::fixed_array && type.size > kMostAbiWords)) {
    refuse(Code::abi_invalid, fmt::format("the type takes more than {} words", kMostAbiWords));
  }
  return type;
}

AbiType array_of(AbiType element, std::string_view length) {
  AbiType array{.kind = AbiKind::array, .dynamic = true, .words = 1};
  std::swap(array.name, element.name);
  if (!length.empty()) {
    const auto size = size_of(length);
    if (!size) {
      refuse(Code::abi_invalid, fmt::format("[{}] is no length of an array", one_line(length)));
    }
    array.kind = AbiKind::fixed_array;
    array.size = *size;
    array.dynamic = element.dynamic;
    array.words = element.dynamic ? 1 : *size * element.words;
  }
  array.parts.push_back(std::move(element));
  return checked(std::move(array));
}

bool has_names(const std::vector<AbiType>& components) {
  std::set<std::string_view> names;
  return !components.empty() && std::ranges::all_of(components, [&](const AbiType& component) {
    return !component.name.empty() && names.insert(component.name).second;
  });
}

}  // namespace

AbiType elementary_type(std::string_view word) {
  if (word == "uint" || word == "int") {
    return sized_type(word == "int" ? "int256" : "uint256");
  }
  if (word == "address") {
    return word_type(AbiKind::address);
  }
  if (word == "bool") {
    return word_type(AbiKind::boolean);
  }
  if (word == "function") {
    return word_type(AbiKind::function, kFunctionBytes);
  }
  if (word == "bytes") {
    return tail_type(AbiKind::bytes);
  }
  if (word == "string") {
    return tail_type(AbiKind::string);
  }
  return sized_type(word);
}

AbiType tuple_of(std::vector<AbiType> components) {
  AbiType tuple{.kind = AbiKind::tuple};
  for (const AbiType& component : components) {
    tuple.dynamic = tuple.dynamic || component.dynamic;
    tuple.words += component.words;
  }
  tuple.words = tuple.dynamic ? 1 : tuple.words;
  tuple.by_name = has_names(components);
  tuple.parts = std::move(components);
  return checked(std::move(tuple));
}

AbiType with_dimensions(AbiType element, std::string_view brackets) {
  while (!brackets.empty()) {
    const std::size_t end = brackets.find(']');
    if (brackets.front() != '[' || end == std::string_view::npos) {
      refuse(Code::abi_invalid,
             fmt::format("\"{}\" are no dimensions of an array", one_line(brackets)));
    }
    element = array_of(std::move(element), brackets.substr(1, end - 1));
    brackets.remove_prefix(end + 1);
  }
  return element;
}

std::string type_text(const AbiType& type) {
  switch (type.kind) {
    case AbiKind::unsigned_integer:
      return fmt::format("uint{}", type.size);
    case AbiKind::signed_integer:
      return fmt::format("int{}", type.size);
    case AbiKind::address:
      return "address";
    case AbiKind::boolean:
      return "bool";
    case AbiKind::fixed_bytes:
      return fmt::format("bytes{}", type.size);
    case AbiKind::function:
      return "function";
    case AbiKind::bytes:
      return "bytes";
    case AbiKind::string:
      return "string";
    case AbiKind::array:
      return type_text(type.parts[0]) + "[]";
    case AbiKind::fixed_array:
      return fmt::format("{}[{}]", type_text(type.parts[0]), type.size);
    case AbiKind::tuple:
      break;
  }
  std::string text;
  for (const AbiType& component : type.parts) {
    text += (text.empty() ? "" : ",") + type_text(component);
  }
  return "(" + text + ")";
}

}  // namespace runbook
