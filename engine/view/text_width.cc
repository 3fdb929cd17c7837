#include "engine/view/text_width.h"

#include <algorithm>
#include <cstdint>

#include "engine/base/utf8.h"
#include "engine/view/wording.h"

namespace runbook {

namespace {

struct Range {
  std::uint32_t first, last;
};
// Unicode 15, the blocks that occur in names and output; the exact tables change every year.
constexpr Range kNoColumns[] = {{0x0300, 0x036f}, {0x0483, 0x0489}, {0x0591, 0x05bd},
                                {0x064b, 0x065f}, {0x0e31, 0x0e31}, {0x0e34, 0x0e3a},
                                {0x200b, 0x200f}, {0x202a, 0x202e}, {0x2060, 0x2064},
                                {0x20d0, 0x20ff}, {0xfe00, 0xfe0f}, {0xfeff, 0xfeff}};
constexpr Range kTwoColumns[] = {
    {0x1100, 0x115f},   {0x231a, 0x231b},   {0x23e9, 0x23ec},   {0x2e80, 0x303e},  {0x3041, 0xa4cf},
    {0xac00, 0xd7a3},   {0xf900, 0xfaff},   {0xfe30, 0xfe6f},   {0xff00, 0xff60},  {0xffe0, 0xffe6},
    {0x1f300, 0x1f64f}, {0x1f680, 0x1f6ff}, {0x1f900, 0x1f9ff}, {0x20000, 0x3fffd}};

template <std::size_t N>
bool is_in(const Range (&ranges)[N], std::uint32_t code) {
  return std::any_of(std::begin(ranges), std::end(ranges), [code](const Range& range) {
    return code >= range.first && code <= range.last;
  });
}

/// Bytes of the character that begins with `lead`.
std::size_t character_bytes(char lead) {
  const auto byte = static_cast<unsigned char>(lead);
  return byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
}

std::uint32_t decode(std::string_view character) {
  auto code = static_cast<std::uint32_t>(static_cast<unsigned char>(character.front()));
  if (character.size() > 1) {
    code &= 0x7fU >> character.size();
  }
  for (const char c : character.substr(1)) {
    code = (code << 6U) | (static_cast<unsigned char>(c) & 0x3fU);
  }
  return code;
}

std::size_t columns_of(std::string_view character) {
  if (character.size() == 1) {
    return 1;
  }
  const std::uint32_t code = decode(character);
  return is_in(kNoColumns, code) ? 0 : is_in(kTwoColumns, code) ? 2 : 1;
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// Nearly all text is: then there is nothing to be done.
bool is_printable_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c < 0x7f; });
}

std::string_view ellipsis(bool unicode) {
  return unicode ? "…" : "~";
}

/// Bytes of the longest beginning of `text` of at most `columns`.
std::size_t fitting_bytes(std::string_view text, std::size_t columns) {
  std::size_t used = 0;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t bytes = character_bytes(text[at]);
    used += columns_of(text.substr(at, bytes));
    if (used > columns) {
      break;
    }
    at += bytes;
  }
  return at;
}

}  // namespace

std::size_t text_columns(std::string_view text) {
  if (is_ascii(text)) {
    return text.size();
  }
  std::size_t columns = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t bytes = character_bytes(text[at]);
    columns += columns_of(text.substr(at, bytes));
    at += bytes;
  }
  return columns;
}

std::string screen_text(std::string_view text, bool unicode) {
  if (is_printable_ascii(text)) {
    return std::string(text);
  }
  std::string line = plain_text(text);
  std::replace_if(
      line.begin(), line.end(), [](char c) { return c == '\n' || c == '\t'; }, ' ');
  for (std::size_t bad = invalid_utf8(line); bad != std::string::npos; bad = invalid_utf8(line)) {
    line[bad] = '?';
  }
  if (is_ascii(line)) {
    return line;
  }
  std::string clean;
  for (std::size_t at = 0; at < line.size();) {
    const std::string_view character = std::string_view(line).substr(at, character_bytes(line[at]));
    at += character.size();
    if (character.size() > 1 && !unicode) {
      clean += '?';
    } else if (!has_control_character(character)) {
      clean += character;
    }
  }
  return clean;
}

std::string screen_lines(std::string_view text) {
  std::string lines;
  for (const std::string& plain = plain_text(text); lines.size() < plain.size();) {
    const std::string_view rest = std::string_view(plain).substr(lines.size());
    const std::size_t bad = std::min(invalid_utf8(rest), rest.size());
    lines += rest.substr(0, bad);
    lines += bad < rest.size() ? "?" : "";
  }
  return lines;
}

std::string cut_end(std::string_view text, std::size_t columns, bool unicode) {
  if (text.size() <= columns || text_columns(text) <= columns) {
    return std::string(text);
  }
  if (columns == 0) {
    return {};
  }
  return std::string(text.substr(0, fitting_bytes(text, columns - 1))).append(ellipsis(unicode));
}

std::string cut_middle(std::string_view text, std::size_t columns, bool unicode) {
  if (text.size() <= columns || text_columns(text) <= columns || columns < 3) {
    return cut_end(text, columns, unicode);
  }
  const std::size_t tail = (columns - 1) / 2;
  return std::string(text.substr(0, fitting_bytes(text, columns - 1 - tail)))
      .append(ellipsis(unicode))
      .append(last_columns(text, tail));
}

std::string_view last_columns(std::string_view text, std::size_t columns) {
  std::size_t left = text_columns(text);
  while (left > columns) {
    const std::size_t bytes = character_bytes(text.front());
    left -= columns_of(text.substr(0, bytes));
    text.remove_prefix(std::min(bytes, text.size()));
  }
  return text;
}

}  // namespace runbook
