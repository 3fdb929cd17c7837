#include "modules/eth/typed_struct.h"

#include <fmt/format.h>

#include <set>

#include "engine/base/error.h"

namespace runbook {

namespace {

std::string_view without_dimensions(std::string_view type) {
  return type.substr(0, type.find('['));
}

TypedFields read_fields(const std::string& owner, const Json& list) {
  if (!list.is_array() && !list.empty()) {
    refuse(Code::abi_value_invalid,
           fmt::format("typed data: type {} is no list of {{ name, type }}", owner));
  }
  TypedFields fields;
  for (const Json& each : list) {
    fields.push_back({typed_text(each, "name", owner), typed_text(each, "type", owner)});
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
TypedFields domain_fields(const Json& domain) {
  TypedFields fields;
  for (const TypedField& field : TypedFields{{"name", "string"},
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

/// The structs that a type refers to, itself among them.
std::set<std::string> collected(const std::map<std::string, TypedFields>& structs,
                                const std::string& type) {
  std::set<std::string> found;
  std::vector<std::string> open = {type};
  while (!open.empty()) {
    const std::string name = open.back();
    open.pop_back();
    if (const auto fields = structs.find(name);
        fields != structs.end() && found.insert(name).second) {
      for (const TypedField& field : fields->second) {
        open.emplace_back(without_dimensions(field.type));
      }
    }
  }
  return found;
}

std::string described(const std::string& type, const TypedFields& fields) {
  std::string text;
  for (const TypedField& field : fields) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ",", field.type, field.name);
  }
  return fmt::format("{}({})", type, text);
}

}  // namespace

std::string digest_bytes(const Digest& digest) {
  return {digest.begin(), digest.end()};
}

std::string typed_text(const Json& object, const char* name, std::string_view owner) {
  if (!object.is_object() || !object.contains(name) || !object[name].is_string() ||
      object[name].get_ref<const std::string&>().empty()) {
    refuse(Code::abi_value_invalid,
           fmt::format("typed data: {} has no text under {}", owner, name));
  }
  return object[name].get<std::string>();
}

TypedStructs::TypedStructs(const Json& types, const Json& domain) {
  for (const auto& [name, list] : types.items()) {
    fields_[name] = read_fields(name, list);
  }
  if (!fields_.contains("EIP712Domain")) {
    fields_["EIP712Domain"] = domain_fields(domain);
  }
}

const TypedFields* TypedStructs::find(const std::string& type) const {
  const auto found = fields_.find(type);
  return found == fields_.end() ? nullptr : &found->second;
}

const std::string& TypedStructs::hash(const std::string& type) {
  std::string& hashed = hashes_[type];
  if (hashed.empty()) {
    std::set<std::string> referred = collected(fields_, type);
    referred.erase(type);
    std::string text = described(type, fields_.at(type));
    for (const std::string& name : referred) {
      text += described(name, fields_.at(name));
    }
    hashed = digest_bytes(keccak256(text));
  }
  return hashed;
}

}  // namespace runbook
