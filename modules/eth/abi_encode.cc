// A sequence is heads, then tails. The head of a static member is its value; that of a dynamic one
// is the distance of its tail from the first head.
#include "modules/eth/abi_encode.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/error.h"
#include "engine/base/suggestion.h"
#include "engine/base/utf8.h"
#include "modules/eth/abi_place.h"
#include "modules/eth/abi_word.h"

namespace runbook {

namespace {

using Members = std::vector<const Json*>;

std::string declared(const AbiType& tuple) {
  std::string text;
  for (const AbiType& component : tuple.parts) {
    text += fmt::format("{}{}{}{}", text.empty() ? "" : ", ", type_text(component),
                        component.name.empty() ? "" : " ", component.name);
  }
  return text;
}

Members members_by_name(const AbiType& tuple, const Json& values) {
  std::vector<std::string> names;
  for (const AbiType& component : tuple.parts) {
    names.push_back(component.name);
  }
  for (const auto& [key, value] : values.items()) {
    if (std::ranges::find(names, key) == names.end()) {
      refuse(Code::abi_value_invalid, fmt::format("there is no \"{}\" in ({}){}", key,
                                                  declared(tuple), did_you_mean(key, names)));
    }
  }
  Members members;
  for (const std::string& name : names) {
    const auto found = values.find(name);
    if (found == values.end()) {
      refuse(Code::abi_value_invalid,
             fmt::format("a value for \"{}\" is missing in ({})", name, declared(tuple)));
    }
    members.push_back(&*found);
  }
  return members;
}

Members members_of(const AbiType& type, const Json& value) {
  if (type.kind == AbiKind::tuple && value.is_object() && !value.empty()) {
    if (!type.by_name) {
      refuse(
          Code::abi_value_invalid,
          fmt::format("({}) has no names for all its values: give them as a list", declared(type)));
    }
    return members_by_name(type, value);
  }
  if (!value.is_array() && !value.empty()) {  // {} in Lua is an object, and null is empty
    refuse(Code::abi_value_invalid, fmt::format("{} is not a list", shown_value(value)));
  }
  Members members;
  for (const Json& member : value) {
    members.push_back(&member);
  }
  const std::size_t wanted = type.kind == AbiKind::tuple ? type.parts.size() : type.size;
  if (type.kind != AbiKind::array && members.size() != wanted) {
    refuse(Code::abi_value_invalid,
           type.kind == AbiKind::tuple
               ? fmt::format("{} given, and ({}) are {}", members.size(), declared(type), wanted)
               : fmt::format("{} entries, not {}", members.size(), wanted));
  }
  return members;
}

class AbiEncoder {
 public:
  void sequence(const AbiType& type, const Json& value) {
    const Members members = members_of(type, value);
    if (type.kind == AbiKind::array) {
      append(Bigint(static_cast<std::int64_t>(members.size())).word());
    }
    const std::size_t base = out_.size();
    std::size_t heads = 0;
    for (std::size_t i = 0; i < members.size(); ++i) {
      heads += type.member(i).words * kWordBytes;
    }
    out_.append(heads, '\0');
    std::size_t at = base;
    for (std::size_t i = 0; i < members.size(); ++i) {
      const AbiType& member = type.member(i);
      place_.enter(type, i);
      if (member.dynamic) {
        put(at, Bigint(static_cast<std::int64_t>(out_.size() - base)).word());
        tail(member, *members[i]);
      } else {
        head(at, member, *members[i]);
      }
      at += member.words * kWordBytes;
      place_.leave();
    }
  }

  std::string take() { return std::move(out_); }
  std::string place() const { return place_.text(); }

 private:
  void head(std::size_t at, const AbiType& type, const Json& value) {
    if (type.parts.empty()) {
      return put(at, word_of(type, value));
    }
    const Members members = members_of(type, value);
    for (std::size_t i = 0; i < members.size(); ++i) {
      place_.enter(type, i);
      head(at, type.member(i), *members[i]);
      at += type.member(i).words * kWordBytes;
      place_.leave();
    }
  }

  void tail(const AbiType& type, const Json& value) {
    if (!type.parts.empty()) {
      return sequence(type, value);
    }
    const std::string bytes = type.kind == AbiKind::bytes ? hex_value(value) : text_value(value);
    append(Bigint(static_cast<std::int64_t>(bytes.size())).word());
    out_ += bytes;
    out_.append((kWordBytes - bytes.size() % kWordBytes) % kWordBytes, '\0');
  }

  static std::string text_value(const Json& value) {
    if (!value.is_string()) {
      refuse(Code::abi_value_invalid, fmt::format("{} is not text", shown_value(value)));
    }
    const std::string text = value.get<std::string>();
    if (!is_utf8(text)) {
      refuse(Code::abi_value_invalid,
             fmt::format("byte {} is not UTF-8; a type bytes takes any as hex",
                         invalid_utf8(text) + 1));
    }
    return text;
  }

  void append(const AbiWord& word) { out_.append(word.begin(), word.end()); }
  void put(std::size_t at, const AbiWord& word) {
    std::copy(word.begin(), word.end(), out_.begin() + static_cast<std::ptrdiff_t>(at));
  }

  std::string out_;
  AbiPlace place_{"argument"};
};

}  // namespace

std::string abi_encode(const AbiType& tuple, const Json& values, std::string_view subject) {
  AbiEncoder encoder;
  try {
    encoder.sequence(tuple, values);
  } catch (const Error& error) {
    throw Error(Code::abi_value_invalid,
                fmt::format("{}: {}{}", subject, encoder.place(), error.message), error.hint)
        .with_effect(EffectDone::none);
  }
  return encoder.take();
}

}  // namespace runbook
