// Signatures as people write them:
//   entry      = [ kind ] [ name ] parameters word* [ "returns" parameters ] [ ";" ]
//   parameters = "(" [ parameter *( "," parameter ) ] ")"
//   parameter  = type word* [ name ]
//   type       = ( word | [ "tuple" ] parameters ) *( "[" [ digits ] "]" )
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/base/error.h"
#include "engine/base/shown_text.h"
#include "modules/eth/abi_entry.h"

namespace runbook {

namespace {

bool is_word_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '$';
}

class SignatureReader {
 public:
  explicit SignatureReader(std::string_view text) : text_(text) {}

  AbiEntry entry(AbiEntry::Kind kind) {
    AbiEntry entry{.kind = kind, .name = std::string(word())};
    if (peek() != '(' || entry.name == "constructor") {
      entry.kind = kind_of(entry.name);
      if (entry.kind != AbiEntry::Kind::constructor) {
        entry.name = name(word());
      }
    } else {
      entry.name = name(entry.name);
    }
    entry.inputs = parameters(entry.kind == AbiEntry::Kind::event, 0);
    entry.outputs = tuple_of({});
    while (is_word_character(peek())) {
      suffix(entry);
    }
    take(';');
    expect_end();
    return entry;
  }

  AbiType lone_type() {
    AbiType type = parameter(false, 0);
    expect_end();
    return type;
  }

 private:
  void suffix(AbiEntry& entry) {
    static constexpr std::array<std::string_view, 8> kIgnored = {
        "external", "public", "view", "pure", "payable", "nonpayable", "virtual", "override"};
    const std::string_view found = word();
    if (found == "returns" && entry.kind == AbiEntry::Kind::function &&
        entry.outputs.parts.empty()) {
      entry.outputs = parameters(false, 0);
    } else if (found == "anonymous" && entry.kind == AbiEntry::Kind::event) {
      entry.anonymous = true;
    } else if (std::ranges::find(kIgnored, found) == kIgnored.end() ||
               entry.kind == AbiEntry::Kind::event || entry.kind == AbiEntry::Kind::error) {
      refuse(fmt::format("\"{}\" is not understood after the arguments", found));
    }
  }

  AbiEntry::Kind kind_of(std::string_view found) const {
    using enum AbiEntry::Kind;
    for (const AbiEntry::Kind kind : {function, event, error, constructor}) {
      if (found == kind_text(kind)) {
        return kind;
      }
    }
    refuse("it is not NAME(TYPE, …), with function, event, error or constructor before it");
  }

  AbiType parameters(bool of_event, unsigned depth) {
    if (depth > kMostAbiDepth) {
      refuse(fmt::format("tuples lie more than {} deep", kMostAbiDepth));
    }
    expect('(');
    std::vector<AbiType> found;
    if (!take(')')) {
      do {
        found.push_back(parameter(of_event, depth));
      } while (take(','));
      expect(')');
    }
    return tuple_of(std::move(found));
  }

  AbiType parameter(bool of_event, unsigned depth) {
    AbiType type;
    const std::string_view first = peek() == '(' ? "tuple" : word();
    if (first == "tuple") {
      type = parameters(false, depth + 1);
      if (type.parts.empty()) {
        refuse("a tuple has no components");
      }
    } else {
      type = elementary_type(first);
    }
    type = with_dimensions(std::move(type), dimensions());
    read_name(type, of_event);
    return type;
  }

  std::string_view dimensions() {
    peek();
    const std::size_t start = at_;
    while (at_ < text_.size() && text_[at_] == '[') {
      at_ = std::min(text_.find(']', at_), text_.size() - 1) + 1;
    }
    return text_.substr(start, at_ - start);
  }

  void read_name(AbiType& type, bool of_event) {
    static constexpr std::array<std::string_view, 3> kLocations = {"memory", "calldata", "storage"};
    while (is_word_character(peek())) {
      const std::string_view found = word();
      if (found == "indexed" && of_event && !type.indexed && type.name.empty()) {
        type.indexed = true;
      } else if (!type.name.empty()) {
        refuse(fmt::format("\"{}\" stands after the name \"{}\"", found, type.name));
      } else if (std::ranges::find(kLocations, found) == kLocations.end() &&
                 (found != "payable" || type.kind != AbiKind::address)) {
        type.name = name(found);
      }
    }
  }

  std::string name(std::string_view found) const {
    if (found.empty() || (found[0] >= '0' && found[0] <= '9') || found == "indexed") {
      refuse(fmt::format("\"{}\" is no name", found));
    }
    return std::string(found);
  }

  /// The next character that is no space; 0 at the end.
  char peek() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n')) {
      ++at_;
    }
    return at_ < text_.size() ? text_[at_] : '\0';
  }

  std::string_view word() {
    peek();
    const std::size_t start = at_;
    while (at_ < text_.size() && is_word_character(text_[at_])) {
      ++at_;
    }
    return text_.substr(start, at_ - start);
  }

  bool take(char c) {
    const bool found = peek() == c && at_ < text_.size();
    at_ += found ? 1 : 0;
    return found;
  }

  void expect(char c) {
    if (!take(c)) {
      refuse(fmt::format("a \"{}\" is missing at character {}", c, at_ + 1));
    }
  }

  void expect_end() {
    peek();
    if (at_ < text_.size()) {
      refuse(fmt::format("it goes on after its end, at character {}", at_ + 1));
    }
  }

  [[noreturn]] void refuse(std::string_view reason) const {
    throw Error(Code::abi_invalid, std::string(reason)).with_effect(EffectDone::none);
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

/// Every complaint quotes the text that it is about.
template <typename Read>
auto quoting(std::string_view text, Read read) {
  SignatureReader reader(text);
  try {
    return read(reader);
  } catch (const Error& error) {
    throw Error(Code::abi_invalid, fmt::format("\"{}\": {}", one_line(text), error.message),
                error.hint)
        .with_effect(EffectDone::none);
  }
}

}  // namespace

AbiEntry parse_signature(std::string_view text, AbiEntry::Kind kind) {
  return quoting(text, [kind](SignatureReader& reader) { return reader.entry(kind); });
}

AbiType parse_type(std::string_view text) {
  return quoting(text, [](SignatureReader& reader) { return reader.lone_type(); });
}

}  // namespace runbook
