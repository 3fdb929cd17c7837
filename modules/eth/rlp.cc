// Prefixes: 00-7f the byte itself · 80-b7 a string of 0-55 bytes · b8-bf a string whose length
// takes 1-8 bytes · c0-f7 a list whose payload has 0-55 bytes · f8-ff a list whose length takes 1-8
// bytes.
#include "modules/eth/rlp.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/error.h"

namespace runbook {

namespace {

constexpr unsigned kString = 0x80;
constexpr unsigned kList = 0xc0;
constexpr std::size_t kShort = 55;

std::string prefix(unsigned kind, std::size_t size) {
  if (size <= kShort) {
    return {static_cast<char>(kind + size)};
  }
  std::string length;
  for (std::size_t rest = size; rest != 0; rest >>= 8U) {
    length.insert(length.begin(), static_cast<char>(rest & 0xFFU));
  }
  return static_cast<char>(kind + kShort + length.size()) + length;
}

[[noreturn]] void refuse_rlp(std::size_t offset, std::string_view reason) {
  throw Error(Code::encoding_invalid, fmt::format("not RLP: at byte {}, {}", offset, reason))
      .with_effect(EffectDone::none);
}

class RlpReader {
 public:
  explicit RlpReader(std::string_view bytes) : bytes_(bytes) {}

  RlpItem item(std::size_t end, int depth) {
    const std::size_t start = at_;
    const unsigned first = byte(end);
    if (first < kString) {
      return {.bytes = std::string(1, static_cast<char>(first))};
    }
    const bool is_list = first >= kList;
    const std::size_t size = length(first - (is_list ? kList : kString), end);
    if (size > end - at_) {
      refuse_rlp(start, "the length reaches past the end");
    }
    if (is_list) {
      return list(at_ + size, depth);
    }
    RlpItem item{.bytes = std::string(bytes_.substr(at_, size))};
    if (size == 1 && static_cast<unsigned char>(item.bytes[0]) < kString) {
      refuse_rlp(start, "a single byte below 0x80 has a prefix");
    }
    at_ += size;
    return item;
  }

  std::size_t position() const { return at_; }

 private:
  RlpItem list(std::size_t end, int depth) {
    if (depth == kMostRlpDepth) {
      refuse_rlp(at_, fmt::format("lists lie more than {} deep", kMostRlpDepth));
    }
    RlpItem list{.is_list = true};
    while (at_ < end) {
      list.items.push_back(item(end, depth + 1));
    }
    return list;
  }

  /// `form` is what the first byte adds to its kind.
  std::size_t length(std::size_t form, std::size_t end) {
    if (form <= kShort) {
      return form;
    }
    const std::size_t start = at_;
    std::size_t size = 0;
    for (std::size_t i = 0; i < form - kShort; ++i) {
      size = size << 8U | byte(end);
      if (size == 0) {
        refuse_rlp(start, "the length begins with a zero");
      }
    }
    if (size <= kShort) {
      refuse_rlp(start, "a length up to 55 stands in the long form");
    }
    return size;
  }

  unsigned byte(std::size_t end) {
    if (at_ >= end) {
      refuse_rlp(at_, "it ends too early");
    }
    return static_cast<unsigned char>(bytes_[at_++]);
  }

  std::string_view bytes_;
  std::size_t at_ = 0;
};

}  // namespace

std::string rlp_string(std::string_view bytes) {
  if (bytes.size() == 1 && static_cast<unsigned char>(bytes[0]) < kString) {
    return std::string(bytes);
  }
  return prefix(kString, bytes.size()).append(bytes);
}

std::string rlp_integer(std::string_view big_endian) {
  big_endian.remove_prefix(std::min(big_endian.find_first_not_of('\0'), big_endian.size()));
  return rlp_string(big_endian);
}

std::string rlp_list(std::string_view encoded_items) {
  return prefix(kList, encoded_items.size()).append(encoded_items);
}

std::string rlp_encode(const RlpItem& item) {
  if (!item.is_list) {
    return rlp_string(item.bytes);
  }
  std::string payload;
  for (const RlpItem& each : item.items) {
    payload += rlp_encode(each);
  }
  return rlp_list(payload);
}

RlpItem rlp_decode(std::string_view bytes) {
  if (bytes.size() > kMostRlpBytes) {
    refuse_rlp(kMostRlpBytes, fmt::format("it goes on; {} bytes are the most", kMostRlpBytes));
  }
  RlpReader reader(bytes);
  RlpItem item = reader.item(bytes.size(), 0);
  if (reader.position() != bytes.size()) {
    refuse_rlp(reader.position(), "bytes are left over");
  }
  return item;
}

}  // namespace runbook
