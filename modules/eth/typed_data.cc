#include "modules/eth/typed_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "engine/base/error.h"
#include "engine/base/shown_text.h"
#include "modules/eth/abi_word.h"

namespace runbook {

namespace {

constexpr unsigned kMostDepth = 64;  ///< of structs and arrays in each other

struct Field {
  std::string name;
  std::string type;
};
using Fields = std::vector<Field>;

std::string_view without_dimensions(std::string_view type) {
  return type.substr(0, type.find('['));
}

std::string text_of(const Json& object, const char* name, std::string_view owner) {
  if (!object.is_object() || !object.contains(name) || !object[name].is_string() ||
      object[name].get_ref<const std::string&>().empty()) {
    refuse(Code::abi_value_invalid,
           fmt::format("typed data: {} has no text under {}", owner, name));
  }
  return object[name].get<std::string>();
}

Fields read_fields(const std::string& owner, const Json& list) {
  if (!list.is_array() && !list.empty()) {
    refuse(Code::abi_value_invalid,
           fmt::format("typed data: type {} is no list of {{ name, type }}", owner));
  }
  Fields fields;
  for (const Json& each : list) {
    fields.push_back({text_of(each, "name", owner), text_of(each, "type", owner)});
    for (std::size_t i = 0; i + 1 < fields.size(); ++i) {
      if (fields[i].name == fields.back().name) {
        refuse(Code::abi_value_invalid,
               fmt::format("typed data: type {} has two fields {}", owner, fields[i].name));
      }
    }
  }
  return fields;
}

/// The fields that a domain may have, in the order that the EIP gives them.
Fields domain_fields(const Json& domain) {
  Fields fields;
  for (const Field& field : Fields{{"name", "string"},
                                   {"version", "string"},
                                   {"chainId", "uint256"},
                                   {"verifyingContract", "address"},
                                   {"salt", "bytes32"}}) {
    if (domain.contains(field.name)) {
      fields.push_back(field);
    }
  }
  return fields;
}

std::string bytes_of(const Digest& digest) {
  return {digest.begin(), digest.end()};
}

/// The structs of one typed data, and the hashing of values by them.
class Structs {
 public:
  Structs(const Json& types, const Json& domain) {
    for (const auto& [name, list] : types.items()) {
      fields_[name] = read_fields(name, list);
    }
    if (!fields_.contains("EIP712Domain")) {
      fields_["EIP712Domain"] = domain_fields(domain);
    }
  }

  std::string hash(const std::string& type, const Json& value, const std::string& place,
                   unsigned depth) {
    const auto found = fields_.find(type);
    if (found == fields_.end()) {
      throw Error(Code::abi_invalid, fmt::format("typed data: there is no type {}", type))
          .with_effect(EffectDone::none);
    }
    check_fields(found->second, type, value, place);
    std::string encoded = type_hash(type);
    for (const Field& field : found->second) {
      encoded += word(field.type, value.at(field.name), place + "." + field.name, depth);
    }
    return bytes_of(keccak256(encoded));
  }

 private:
  static void check_fields(const Fields& fields, const std::string& type, const Json& value,
                           const std::string& place) {
    if (!value.is_object() && !(value.is_array() && value.empty())) {
      refuse(Code::abi_value_invalid,
             fmt::format("{}: {} is no {}", place, shown_value(value), type));
    }
    for (const Field& field : fields) {
      if (!value.contains(field.name)) {
        refuse(Code::abi_value_invalid,
               fmt::format("{}.{} ({}) is absent", place, field.name, field.type));
      }
    }
    for (const auto& [name, ignored] : value.items()) {
      if (std::ranges::find(fields, name, &Field::name) == fields.end()) {
        refuse(
            Code::abi_value_invalid,
            fmt::format("{}.{} is no field of {}, so it would not be signed", place, name, type));
      }
    }
  }

  /// Of the type and, in alphabetical order, of the structs it refers to.
  const std::string& type_hash(const std::string& type) {
    std::string& hashed = hashes_[type];
    if (hashed.empty()) {
      std::set<std::string> referred;
      collect(type, referred);
      referred.erase(type);
      std::string text = described(type);
      for (const std::string& name : referred) {
        text += described(name);
      }
      hashed = bytes_of(keccak256(text));
    }
    return hashed;
  }

  void collect(const std::string& type, std::set<std::string>& found) const {
    std::vector<std::string> open = {type};
    while (!open.empty()) {
      const std::string name = open.back();
      open.pop_back();
      if (const auto fields = fields_.find(name);
          fields != fields_.end() && found.insert(name).second) {
        for (const Field& field : fields->second) {
          open.emplace_back(without_dimensions(field.type));
        }
      }
    }
  }

  std::string described(const std::string& type) const {
    std::string text;
    for (const Field& field : fields_.at(type)) {
      text += fmt::format("{}{} {}", text.empty() ? "" : ",", field.type, field.name);
    }
    return fmt::format("{}({})", type, text);
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
    if (fields_.contains(type)) {
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
      return bytes_of(keccak256(hex_value(value)));
    }
    if (type.kind == AbiKind::string) {
      if (!value.is_string()) {
        refuse(Code::abi_value_invalid, shown_value(value) + " is no text");
      }
      return bytes_of(keccak256(value.get_ref<const std::string&>()));
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
    return bytes_of(keccak256(encoded));
  }

  std::map<std::string, Fields> fields_;
  std::map<std::string, std::string> hashes_;
};

}  // namespace

Digest typed_data_hash(const Json& typed_data) {
  const std::string primary = text_of(typed_data, "primaryType", "it");
  for (const char* name : {"types", "domain", "message"}) {
    const bool table =
        typed_data.contains(name) &&
        (typed_data[name].is_object() || (typed_data[name].is_array() && typed_data[name].empty()));
    if (!table) {
      refuse(Code::abi_value_invalid, fmt::format("typed data: there is no table under {}", name));
    }
  }
  const Json& domain = typed_data["domain"];
  Structs structs(typed_data["types"], domain);
  std::string bytes = "\x19\x01" + structs.hash("EIP712Domain", domain, "domain", 0);
  if (primary != "EIP712Domain") {
    bytes += structs.hash(primary, typed_data["message"], "message", 0);
  }
  return keccak256(bytes);
}

Digest typed_data_option_hash(const Json& option) {
  return typed_data_hash(
      option.is_string() ? parse_json(option.get_ref<const std::string&>(), "typed_data") : option);
}

}  // namespace runbook
