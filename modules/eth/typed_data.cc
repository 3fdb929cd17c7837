#include "modules/eth/typed_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "engine/base/error.h"
#include "engine/base/shown_text.h"
#include "modules/eth/abi_word.h"
#include "modules/eth/typed_struct.h"

namespace runbook {

namespace {

constexpr unsigned kMostDepth = 64;  ///< of structs and arrays in each other

/// Hashes values by the structs of one typed data.
class Hasher {
 public:
  Hasher(const Json& types, const Json& domain) : structs_(types, domain) {}

  std::string hash(const std::string& type, const Json& value, const std::string& place,
                   unsigned depth) {
    const TypedFields* fields = structs_.find(type);
    if (fields == nullptr) {
      throw Error(Code::abi_invalid, fmt::format("typed data: there is no type {}", type))
          .with_effect(EffectDone::none);
    }
    check_fields(*fields, type, value, place);
    std::string encoded = structs_.hash(type);
    for (const TypedField& field : *fields) {
      encoded += word(field.type, value.at(field.name), place + "." + field.name, depth);
    }
    return digest_bytes(keccak256(encoded));
  }

 private:
  static void check_fields(const TypedFields& fields, const std::string& type, const Json& value,
                           const std::string& place) {
    if (!value.is_object() && !(value.is_array() && value.empty())) {
      refuse(Code::abi_value_invalid,
             fmt::format("{}: {} is no {}", place, shown_value(value), type));
    }
    for (const TypedField& field : fields) {
      if (!value.contains(field.name)) {
        refuse(Code::abi_value_invalid,
               fmt::format("{}.{} ({}) is absent", place, field.name, field.type));
      }
    }
    for (const auto& [name, ignored] : value.items()) {
      if (std::ranges::find(fields, name, &TypedField::name) == fields.end()) {
        refuse(
            Code::abi_value_invalid,
            fmt::format("{}.{} is no field of {}, so it would not be signed", place, name, type));
      }
    }
  }

  /// The 32 bytes that stand for a value in its struct or array.
  std::string word(const std::string& type, const Json& value, const std::string& place,
                   unsigned depth) {
    if (depth > kMostDepth) {
      refuse(Code::abi_value_invalid,
             fmt::format("typed data: more than {} structs and arrays in each other", kMostDepth));
    }
    if (type.ends_with(']')) {
      return array_word(type, value, place, depth);
    }
    if (structs_.find(type) != nullptr) {
      return hash(type, value, place, depth + 1);
    }
    const AbiType elementary = elementary_type(type);
    if (type_text(elementary) != type) {
      throw Error(Code::abi_invalid,
                  fmt::format("{}: {} is written {} here", place, type, type_text(elementary)))
          .with_effect(EffectDone::none);
    }
    try {
      return elementary_word(elementary, value);
    } catch (Error& error) {
      error.message = fmt::format("{} ({}): {}", place, type, error.message);
      throw;
    }
  }

  static std::string elementary_word(const AbiType& type, const Json& value) {
    if (type.kind == AbiKind::bytes) {
      return digest_bytes(keccak256(hex_value(value)));
    }
    if (type.kind == AbiKind::string) {
      if (!value.is_string()) {
        refuse(Code::abi_value_invalid, shown_value(value) + " is no text");
      }
      return digest_bytes(keccak256(value.get_ref<const std::string&>()));
    }
    const AbiWord word = word_of(type, value);
    return {word.begin(), word.end()};
  }

  std::string array_word(const std::string& type, const Json& value, const std::string& place,
                         unsigned depth) {
    const std::size_t open = type.rfind('[');
    if (open == std::string::npos || open == 0) {
      throw Error(Code::abi_invalid, fmt::format("{}: {} is no type", place, type))
          .with_effect(EffectDone::none);
    }
    const bool list = value.is_array() || (value.is_object() && value.empty());
    if (!list) {
      refuse(Code::abi_value_invalid,
             fmt::format("{} ({}): {} is no list", place, type, shown_value(value)));
    }
    const std::string length = type.substr(open + 1, type.size() - open - 2);
    if (!length.empty() && length != std::to_string(value.size())) {
      refuse(Code::abi_value_invalid,
             fmt::format("{} ({}): it has {} entries", place, type, value.size()));
    }
    std::string encoded;
    std::size_t position = 0;
    for (const Json& each : value) {
      encoded +=
          word(type.substr(0, open), each, fmt::format("{}[{}]", place, ++position), depth + 1);
    }
    return digest_bytes(keccak256(encoded));
  }

  TypedStructs structs_;
};

}  // namespace

Digest typed_data_hash(const Json& typed_data) {
  const std::string primary = typed_text(typed_data, "primaryType", "it");
  for (const char* name : {"types", "domain", "message"}) {
    const bool table =
        typed_data.contains(name) &&
        (typed_data[name].is_object() || (typed_data[name].is_array() && typed_data[name].empty()));
    if (!table) {
      refuse(Code::abi_value_invalid, fmt::format("typed data: there is no table under {}", name));
    }
  }
  const Json& domain = typed_data["domain"];
  Hasher hasher(typed_data["types"], domain);
  std::string bytes = "\x19\x01" + hasher.hash("EIP712Domain", domain, "domain", 0);
  if (primary != "EIP712Domain") {
    bytes += hasher.hash(primary, typed_data["message"], "message", 0);
  }
  return keccak256(bytes);
}

Digest typed_data_option_hash(const Json& option) {
  return typed_data_hash(
      option.is_string() ? parse_json(option.get_ref<const std::string&>(), "typed_data") : option);
}

}  // namespace runbook
