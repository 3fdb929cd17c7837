#pragma once
// How values, times and commands are written for people, the same in every view.

#include <chrono>
#include <string>
#include <string_view>

#include "engine/base/clock.h"
#include "engine/base/json.h"

namespace runbook {

std::string clock_time(Timestamp time);          ///< local "17:06:25"
std::string date_and_time(Timestamp time);       ///< local "2026-11-20 17:06:25"
std::string ago(Timestamp then, Timestamp now);  ///< "14m02s ago"

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
/// The table {name: value} as aligned lines, each after `indent`.
std::string aligned(const std::vector<std::pair<std::string, std::string>>& rows,
                    std::string_view indent);

}  // namespace runbook
