#pragma once
// The struct types of typed data (EIP-712), and the hash that stands for each.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/hash.h"
#include "engine/base/json.h"

namespace runbook {

struct TypedField {
  std::string name;
  std::string type;
};
using TypedFields = std::vector<TypedField>;

class TypedStructs {
 public:
  /// EIP712Domain may be absent from `types`: it follows from the domain. Throws
  /// Error(Code::abi_value_invalid).
  TypedStructs(const Json& types, const Json& domain);

  const TypedFields* find(const std::string& type) const;  ///< null if there is no such struct
  /// Of the type and, in alphabetical order, of the structs it refers to: 32 bytes. REQUIRES: there
  /// is one.
  const std::string& hash(const std::string& type);

 private:
  std::map<std::string, TypedFields> fields_;
  std::map<std::string, std::string> hashes_;
};

std::string digest_bytes(const Digest& digest);
/// The text under `name`. Throws Error(Code::abi_value_invalid) naming the owner.
std::string typed_text(const Json& object, const char* name, std::string_view owner);

}  // namespace runbook
