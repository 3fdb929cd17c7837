#pragma once
// What stands in the READMEs of the repository for a reader to type or to copy.

#include <string>
#include <vector>

namespace runbook::test {

struct Snippet {
  std::string place;     ///< "modules/state/README.md:8"
  std::string language;  ///< of a fenced block: "sh", "console", "lua"; "inline" for `runbook …`
  std::string text;
};

/// Every fenced block, and every span of code that begins with "runbook ". What is indented like
/// code instead of fenced is a snippet of the language "indented".
std::vector<Snippet> readme_snippets();

/// The commands of a "sh" or "console" snippet, one a line (longer where it ends in a backslash),
/// without prompts, remarks and output.
std::vector<std::string> commands_of(const Snippet& snippet);

}  // namespace runbook::test
