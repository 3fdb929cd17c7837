#include "engine/base/json.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "engine/base/error.h"
#include "engine/base/utf8.h"

namespace runbook {

namespace {

/// Deeper text would be parsed, but writing it again recurses.
constexpr std::size_t kDeepest = 256;

struct Position {
  std::size_t line = 1;
  std::size_t column = 1;
};

Position position_of(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, std::min(offset, text.size()));
  const auto newline = before.rfind('\n');
  return {static_cast<std::size_t>(std::ranges::count(before, '\n')) + 1,
          newline == std::string_view::npos ? before.size() + 1 : before.size() - newline};
}

Error invalid(std::string_view text, std::string_view what, std::size_t offset,
              std::string_view reason) {
  const Position at = position_of(text, offset);
  return Error(Code::json_invalid, fmt::format("{}:{}:{}: {}", what, at.line, at.column, reason),
               {}, {{"line", at.line}, {"column", at.column}})
      .with_effect(EffectDone::none);
}

/// "[json.exception.parse_error.101] parse error at line 1, column 2: syntax error while …" → the
/// part after the position.
std::string_view reason_of(std::string_view message) {
  const auto position = message.find("column ");
  const auto colon = message.find(": ", position == std::string_view::npos ? 0 : position);
  return colon == std::string_view::npos ? message : message.substr(colon + 2);
}

/// Builds what nlohmann's own reader would, but for two things: nesting has a limit, and an integer
/// of more than 64 bits stays its digits instead of becoming a rounded float.
class Builder {
 public:
  explicit Builder(std::string_view text) : text_(text) {}

  bool null() { return add(nullptr); }
  bool boolean(bool value) { return add(value); }
  bool number_integer(Json::number_integer_t value) { return add(value); }
  bool number_unsigned(Json::number_unsigned_t value) { return add(value); }
  bool number_float(Json::number_float_t value, const std::string& digits) {
    const bool whole = digits.find_first_not_of("-0123456789") == std::string::npos;
    return whole ? add(digits) : add(value);
  }
  bool string(std::string& value) { return add(std::move(value)); }
  bool binary(Json::binary_t&) { return false; }  // JSON text has none
  bool key(std::string& value) {
    key_ = std::move(value);
    return true;
  }
  bool start_object(std::size_t) { return open(Json::object()); }
  bool start_array(std::size_t) { return open(Json::array()); }
  bool end_object() { return close(); }
  bool end_array() { return close(); }
  bool parse_error(std::size_t offset, const std::string&, const Json::exception& error) {
    refuse(offset == 0 ? 0 : offset - 1, reason_of(error.what()));
    return false;
  }

  Json result(std::string_view what) {
    if (!reason_.empty()) {
      throw invalid(text_, what, offset_, reason_);
    }
    return std::move(root_);
  }

 private:
  bool add(Json value) {
    place(std::move(value));
    return true;
  }
  Json& place(Json value) {
    if (open_.empty()) {
      return root_ = std::move(value);
    }
    Json& parent = *open_.back();
    if (parent.is_array()) {
      parent.push_back(std::move(value));
      return parent.back();
    }
    return parent[key_] = std::move(value);
  }
  bool open(Json value) {
    if (open_.size() == kDeepest) {
      refuse(deepest_bracket(), fmt::format("nested deeper than {}", kDeepest));
      return false;
    }
    open_.push_back(&place(std::move(value)));
    return true;
  }
  bool close() {
    open_.pop_back();
    return true;
  }
  void refuse(std::size_t offset, std::string_view reason) {
    offset_ = offset;
    reason_ = reason;
  }
  /// Where the bracket is that goes too deep; the reader does not say. Brackets in strings do not
  /// count.
  std::size_t deepest_bracket() const {
    std::size_t depth = 0;
    bool in_string = false;
    for (std::size_t i = 0; i < text_.size(); ++i) {
      const char c = text_[i];
      if (in_string) {
        i += c == '\\' ? 1 : 0;
        in_string = c != '"';
      } else if (c == '[' || c == '{') {
        if (++depth > kDeepest) {
          return i;
        }
      } else {
        depth -= c == ']' || c == '}' ? 1 : 0;
        in_string = c == '"';
      }
    }
    return 0;
  }

  std::string_view text_;
  Json root_;
  std::vector<Json*> open_;  ///< parents stay put while a child is open: only it grows
  std::string key_;
  std::size_t offset_ = 0;
  std::string reason_;
};

/// Path of the first string that is not UTF-8, or empty.
std::string invalid_string_path(const Json& value, const std::string& path) {
  if (value.is_string()) {
    return is_utf8(value.get_ref<const std::string&>()) ? "" : path;
  }
  if (value.is_array()) {
    for (std::size_t i = 0; i < value.size(); ++i) {
      if (auto found = invalid_string_path(value[i], fmt::format("{}[{}]", path, i + 1));
          !found.empty()) {
        return found;
      }
    }
  }
  if (value.is_object()) {
    for (const auto& [key, item] : value.items()) {
      if (!is_utf8(key)) {
        return path + ": a key";
      }
      if (auto found = invalid_string_path(item, path + "." + key); !found.empty()) {
        return found;
      }
    }
  }
  return {};
}

}  // namespace

Json RawJson::parse() const {
  try {
    return parse_json(text_, "value");
  } catch (const Error& error) {
    throw Error(Code::journal_corrupt,
                fmt::format("a recorded value is not JSON: {}", error.message));
  }
}

Json parse_json(std::string_view text, std::string_view what) {
  Builder builder(text);
  Json::sax_parse(text, &builder);
  return builder.result(what);
}

std::string dump_json(const Json& value) {
  try {
    return value.dump();
  } catch (const Json::type_error&) {
    const std::string path = invalid_string_path(value, "value");
    throw Error(Code::json_invalid, fmt::format("{} is not valid UTF-8", path),
                "encode bytes first: crypto.base64_encode or crypto.hex_encode", {{"field", path}});
  }
}

}  // namespace runbook
