#pragma once
// How text from outside, values and arguments are written for people: in views, and in messages.

#include <string>
#include <string_view>

#include "engine/base/json.h"

namespace runbook {

/// Without escape sequences and control characters (newlines and tabs stay): what a child printed
/// must not steer the terminal.
std::string plain_text(std::string_view text);
/// plain_text on one line of at most `limit` bytes, cut at a character.
std::string one_line(std::string_view text, std::size_t limit = 200);
/// Strings and bigints bare, a secret as "[secret NAME]", everything else as JSON; of a stored
/// value.
std::string value_text(const Json& value);
/// An argument for the shell: quoted only if it must be.
std::string shell_word(std::string_view text);
}  // namespace runbook
