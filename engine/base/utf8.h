#pragma once
// UTF-8 checks: text from outside is bytes until one of these has seen it.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace runbook {

/// Offset of the first byte that is not well-formed UTF-8 (overlong forms and surrogates are not),
/// or npos.
std::size_t invalid_utf8(std::string_view text);
inline bool is_utf8(std::string_view text) {
  return invalid_utf8(text) == std::string_view::npos;
}
/// True if the text holds a control character: C0, DEL or C1. REQUIRES: is_utf8(text).
bool has_control_character(std::string_view text);
/// Without spaces, tabs and line ends around it.
std::string_view trimmed(std::string_view text);
/// The code point as UTF-8. REQUIRES: at most 0x10FFFF and no surrogate.
void append_utf8(std::string& out, std::uint32_t code_point);

}  // namespace runbook
