#include "engine/base/json.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/error.h"
#include "engine/base/utf8.h"

namespace runbook {

namespace {

/// Deeper text would be parsed, but writing it again recurses.
constexpr int kDeepest = 256;

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

/// Offset of the bracket that nests too deeply, or npos. Brackets inside strings do not count.
std::size_t too_deep(std::string_view text) {
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      i += c == '\\' ? 1 : 0;
      in_string = c != '"';
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      if (++depth > kDeepest) {
        return i;
      }
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return std::string_view::npos;
}

/// "[json.exception.parse_error.101] parse error at line 1, column 2: syntax error while …" → the
/// part after the position.
std::string_view reason_of(std::string_view message) {
  const auto position = message.find("column ");
  const auto colon = message.find(": ", position == std::string_view::npos ? 0 : position);
  return colon == std::string_view::npos ? message : message.substr(colon + 2);
}

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
  Json value = Json::parse(text_, nullptr, false);
  if (value.is_discarded()) {
    throw Error(Code::journal_corrupt, "a recorded value is not JSON");
  }
  return value;
}

Json parse_json(std::string_view text, std::string_view what) {
  if (const auto offset = too_deep(text); offset != std::string_view::npos) {
    throw invalid(text, what, offset, fmt::format("nested deeper than {}", kDeepest));
  }
  try {
    return Json::parse(text);
  } catch (const Json::parse_error& error) {
    const std::size_t offset = error.byte == 0 ? 0 : error.byte - 1;
    throw invalid(text, what, offset, reason_of(error.what()));
  } catch (const Json::out_of_range& error) {
    throw invalid(text, what, 0, fmt::format("a number is out of range ({})", error.what()));
  }
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
