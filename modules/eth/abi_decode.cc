#include "modules/eth/abi_decode.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/error.h"
#include "engine/base/hash.h"
#include "engine/base/utf8.h"
#include "modules/eth/abi_place.h"
#include "modules/eth/abi_word.h"

namespace runbook {

namespace {

class AbiDecoder {
 public:
  explicit AbiDecoder(std::string_view data) : data_(data) {}

  /// The members of a tuple or array whose first head is at `base`.
  Json members(const AbiType& type, std::size_t count, std::size_t base) {
    Json found = Json::array();
    std::size_t at = base;
    for (std::size_t i = 0; i < count; ++i) {
      const AbiType& member = type.member(i);
      place_.enter(type, i);
      found.push_back(value(member, member.dynamic ? base + length(at, base) : at));
      at += member.words * kWordBytes;
      place_.leave();
    }
    return found;
  }

  void expect_end() const {
    if (read_ < data_.size()) {
      refuse(Code::abi_data_invalid, fmt::format("{} bytes are left over", data_.size() - read_));
    }
  }
  std::string place() const { return place_.text(); }

 private:
  Json value(const AbiType& type, std::size_t at) {
    switch (type.kind) {
      case AbiKind::tuple:
        return named_values(type, members(type, type.parts.size(), at));
      case AbiKind::fixed_array:
        expect_room(type, type.size, at);
        return members(type, type.size, at);
      case AbiKind::array: {
        const std::size_t count = length(at, at);
        expect_room(type, count, at + kWordBytes);
        return members(type, count, at + kWordBytes);
      }
      case AbiKind::bytes:
        return "0x" + to_hex(tail(at));
      case AbiKind::string:
        return text(tail(at));
      default:
        return value_of(type, word(at));
    }
  }

  /// An offset or count: no more than what lies behind `base`.
  std::size_t length(std::size_t at, std::size_t base) {
    const AbiWord found = word(at);
    std::size_t number = 0;
    for (const std::uint8_t byte : found) {
      number = number << 8U | byte;
      if (number > data_.size() - base) {
        refuse(Code::abi_data_invalid,
               fmt::format("0x{} as an offset or length reaches past the end", to_hex(found)));
      }
    }
    return number;
  }

  void expect_room(const AbiType& type, std::size_t count, std::size_t at) const {
    if (count > (data_.size() - at) / (type.parts[0].words * kWordBytes)) {
      refuse(Code::abi_data_invalid, fmt::format("{} entries reach past the end", count));
    }
  }

  std::string_view tail(std::size_t at) {
    const std::size_t size = length(at, at);
    const std::size_t padded = (size + kWordBytes - 1) / kWordBytes * kWordBytes;
    const std::string_view bytes = take(at + kWordBytes, padded);
    if (bytes.find_first_not_of('\0', size) != std::string_view::npos) {
      refuse(Code::abi_data_invalid, "its padding is not zero");
    }
    return bytes.substr(0, size);
  }

  static std::string text(std::string_view bytes) {
    if (!is_utf8(bytes)) {
      refuse(Code::abi_data_invalid,
             fmt::format("byte {} is not UTF-8; declare it as bytes to read it",
                         invalid_utf8(bytes) + 1));
    }
    return std::string(bytes);
  }

  AbiWord word(std::size_t at) {
    const std::string_view bytes = take(at, kWordBytes);
    AbiWord found{};
    std::copy(bytes.begin(), bytes.end(), found.begin());
    return found;
  }

  std::string_view take(std::size_t at, std::size_t count) {
    if (at > data_.size() || count > data_.size() - at) {
      refuse(Code::abi_data_invalid,
             fmt::format("it ends too early, after {} bytes", data_.size()));
    }
    read_ += count;
    if (read_ > data_.size()) {
      refuse(Code::abi_data_invalid, "parts of it overlap");
    }
    return data_.substr(at, count);
  }

  std::string_view data_;
  std::size_t read_ = 0;
  AbiPlace place_{"value"};
};

}  // namespace

Json named_values(const AbiType& tuple, Json values) {
  if (!tuple.by_name) {
    return values;
  }
  Json named = Json::object();
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::string& name = tuple.parts[i].name;
    named[name.starts_with('$') ? "$" + name : name] = std::move(values[i]);
  }
  return named;
}

Json abi_decode(const AbiType& tuple, std::string_view data, std::string_view subject) {
  AbiDecoder decoder(data);
  try {
    if (data.size() > kMostAbiBytes) {
      refuse(Code::abi_data_invalid,
             fmt::format("{} bytes are more than {}", data.size(), kMostAbiBytes));
    }
    Json values = decoder.members(tuple, tuple.parts.size(), 0);
    decoder.expect_end();
    return values;
  } catch (const Error& error) {
    throw Error(Code::abi_data_invalid,
                fmt::format("{}: {}{}", subject, decoder.place(), error.message), error.hint)
        .with_effect(EffectDone::none);
  }
}

}  // namespace runbook
