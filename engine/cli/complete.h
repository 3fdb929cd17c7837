#pragma once
// What the shells ask when somebody presses Tab: `runbook __complete SHELL …`, a hidden command
// that the scripts of `runbook completion` call. The answer is made from the table of commands and
// from what the project has.

#include <string>
#include <vector>

#include "engine/cli/command.h"

namespace runbook {

struct Candidate {
  std::string word;
  std::string about;  ///< one line, may be empty
};

/// What can stand where the cursor is. `files`: any file or folder too.
struct Candidates {
  std::vector<Candidate> list;
  bool files = false;
};

/// `words` is what was typed after the program's name, unquoted; the last is the one at the cursor.
Candidates candidates_for(Context& context, const std::vector<std::string>& words);

/// `bash WORDBREAKS LINE`: lines to replace what bash takes for the word, quoted.
/// `zsh WORD…` and `fish WORD…`: lines "word<Tab>about". A line ":files" asks for files.
int complete(Context& context, const std::vector<std::string>& arguments);

}  // namespace runbook
