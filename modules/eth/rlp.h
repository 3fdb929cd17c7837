#pragma once
// Recursive Length Prefix, the encoding of transactions. An item is a byte string or a list of
// items.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace runbook {

struct RlpItem {
  std::string bytes;           ///< of a string
  std::vector<RlpItem> items;  ///< of a list
  bool is_list = false;

  bool operator==(const RlpItem&) const = default;
};

constexpr std::size_t kMostRlpBytes = 1U << 20U;  ///< eight times what any node takes
constexpr int kMostRlpDepth = 32;

std::string rlp_encode(const RlpItem& item);
/// The parts of rlp_encode: a byte string; a number as big-endian bytes of any width, whose leading
/// zeros are dropped; a list of items that are encoded already.
std::string rlp_string(std::string_view bytes);
std::string rlp_integer(std::string_view big_endian);
std::string rlp_list(std::string_view encoded_items);

/// Takes only what rlp_encode writes: one item, each length in its shortest form, nothing left
/// over. Throws Error(Code::encoding_invalid) with the offset; also beyond kMostRlpBytes and
/// kMostRlpDepth.
RlpItem rlp_decode(std::string_view bytes);

}  // namespace runbook
