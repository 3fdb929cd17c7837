#pragma once
// The types of the contract ABI. Each knows what encoding and decoding ask of it all the time:
// whether it is dynamic, and how many words it takes where it stands.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace runbook {

constexpr std::size_t kWordBytes = 32;
constexpr unsigned kMostAbiDepth = 16;            ///< of arrays and tuples in each other
constexpr std::size_t kMostAbiWords = 1U << 20U;  ///< of one static type: 32 MiB

enum class AbiKind {
  unsigned_integer,
  signed_integer,
  address,
  boolean,
  fixed_bytes,
  function,
  bytes,
  string,
  array,
  fixed_array,
  tuple
};

struct AbiType {
  AbiKind kind = AbiKind::tuple;
  /// Bits of an integer, bytes of fixed_bytes and function, length of a fixed_array.
  std::size_t size = 0;
  std::vector<AbiType> parts;  ///< the components of a tuple; the one element of an array
  std::string name;            ///< as a parameter or component; may be empty
  bool indexed = false;        ///< as a parameter of an event

  bool dynamic = false;
  std::size_t words = 0;  ///< where it stands: 1 if dynamic
  unsigned depth = 0;
  bool by_name = false;  ///< a tuple whose components are all named, no two alike

  /// The type of the i-th member of a tuple or an array.
  const AbiType& member(std::size_t i) const { return parts[kind == AbiKind::tuple ? i : 0]; }
  bool is_array() const { return kind == AbiKind::array || kind == AbiKind::fixed_array; }
};

// All throw Error(Code::abi_invalid).
AbiType elementary_type(std::string_view word);     ///< "uint256", "bytes32"; uint and int too
AbiType tuple_of(std::vector<AbiType> components);  ///< may be empty: nothing is an argument list
/// "[2][]" after a type; the name stays.
AbiType with_dimensions(AbiType element, std::string_view brackets);

/// As it stands in a signature: "(address,bytes)[]".
std::string type_text(const AbiType& type);

}  // namespace runbook
