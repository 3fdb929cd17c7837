#pragma once
// A command line as bash hands it over: half typed, quoted, and cut at characters of its own.

#include <string>
#include <string_view>
#include <vector>

namespace runbook {

struct TypedLine {
  std::vector<std::string> words;  ///< unquoted, without the program; the last is at the cursor
  char quote = 0;                  ///< the quote that is open at the cursor, or 0
  std::size_t cut = 0;             ///< how much of the last word bash keeps as it is

  /// `word` as bash wants it: without what it keeps, quoted.
  std::string replacement(const std::string& word) const;
};

/// `breaks`: bash replaces only what follows the last of these characters (COMP_WORDBREAKS).
TypedLine read_typed_line(std::string_view line, std::string_view breaks);

}  // namespace runbook
