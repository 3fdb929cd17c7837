#pragma once
// How wide text is on a terminal, and text cut to a width. Whatever comes out is valid UTF-8 on
// one line, without anything that would steer the terminal.

#include <cstddef>
#include <string>
#include <string_view>

namespace runbook {

/// Columns of `text`: wide characters take two, combining ones none.
std::size_t text_columns(std::string_view text);
/// One line of `text` that a terminal may be given: no controls, no invalid bytes; without
/// `unicode` other than ASCII becomes "?".
std::string screen_text(std::string_view text, bool unicode);
/// Likewise many lines: newlines and tabs stay.
std::string screen_lines(std::string_view text);
/// At most `columns`; what does not fit gives way to an ellipsis at the end.
std::string cut_end(std::string_view text, std::size_t columns, bool unicode);
/// Likewise, in the middle: both ends of a path tell steps apart.
std::string cut_middle(std::string_view text, std::size_t columns, bool unicode);
/// The longest end of `text` of at most `columns`.
std::string_view last_columns(std::string_view text, std::size_t columns);

}  // namespace runbook
