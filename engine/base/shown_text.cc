#include "engine/base/shown_text.h"

#include <algorithm>
#include <optional>

namespace runbook {

namespace {

/// Length of the escape sequence that begins at text[0] == ESC: CSI to its final byte, OSC to BEL
/// or ESC \, otherwise two bytes.
std::size_t escape_length(std::string_view text) {
  if (text.size() < 2) {
    return text.size();
  }
  if (text[1] == '[') {
    std::size_t end = 2;
    while (end < text.size() && (text[end] < '@' || text[end] > '~')) {
      ++end;
    }
    return std::min(end + 1, text.size());
  }
  if (text[1] == ']') {
    const std::size_t end = text.find_first_of("\a\x1b", 2);
    if (end == std::string_view::npos) {
      return text.size();
    }
    return std::min(text[end] == '\a' ? end + 1 : end + 2, text.size());
  }
  return 2;
}

/// U+0080…U+009F, among them the 8-bit forms of what begins with an escape.
bool is_c1_control(std::string_view text) {
  return text.size() > 1 && text[0] == '\xc2' && static_cast<unsigned char>(text[1]) >= 0x80 &&
         static_cast<unsigned char>(text[1]) < 0xa0;
}

bool is_plain_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("_@%+=:,./-").find(c) != std::string_view::npos;
}

/// The text of a tagged value: the digits of a bigint, the name of a secret.
std::optional<std::string> tag_text(const Json& value) {
  if (!value.is_object() || value.size() != 1 || !value.begin().value().is_string()) {
    return std::nullopt;
  }
  const std::string text = value.begin().value().get<std::string>();
  if (value.begin().key() == "$bigint") {
    return text;
  }
  return value.begin().key() == "$secret" ? std::optional("[secret " + text + "]") : std::nullopt;
}

Json without_tags(const Json& value) {
  if (const std::optional<std::string> text = tag_text(value)) {
    return *text;
  }
  Json plain = value;
  for (Json& part : plain) {
    part = part.is_structured() ? without_tags(part) : part;
  }
  return plain;
}

}  // namespace

std::string plain_text(std::string_view text) {
  std::string plain;
  plain.reserve(text.size());
  while (!text.empty()) {
    const char c = text.front();
    if (c == '\x1b') {
      text.remove_prefix(escape_length(text));
      continue;
    }
    const auto code = static_cast<unsigned char>(c);
    if (is_c1_control(text)) {
      text.remove_prefix(2);
      continue;
    }
    if (c == '\n' || c == '\t' || (code >= 0x20 && code != 0x7f)) {
      plain.push_back(c);
    }
    text.remove_prefix(1);
  }
  return plain;
}

std::string one_line(std::string_view text, std::size_t limit) {
  std::string line = plain_text(text);
  while (!line.empty() && line.back() == '\n') {
    line.pop_back();
  }
  std::replace(line.begin(), line.end(), '\n', ' ');
  if (line.size() > limit) {
    std::size_t cut = limit;
    while (cut > 0 && (static_cast<unsigned char>(line[cut]) & 0xC0U) == 0x80U) {
      --cut;
    }
    line.resize(cut);
    line += "...";
  }
  return line;
}

std::string value_text(const Json& value) {
  if (value.is_string()) {
    return plain_text(value.get<std::string>());
  }
  if (const std::optional<std::string> text = tag_text(value)) {
    return *text;
  }
  return without_tags(value).dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string shell_word(std::string_view text) {
  if (!text.empty() && std::all_of(text.begin(), text.end(), is_plain_word)) {
    return std::string(text);
  }
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') {
      quoted += "'\\''";
    } else {
      quoted.push_back(c);
    }
  }
  return quoted + "'";
}

}  // namespace runbook
