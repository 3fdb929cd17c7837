#pragma once
// May a person be asked, and how is output wanted: each decided in one place.

#include <optional>
#include <string>

#include "engine/cli/command.h"
#include "engine/view/style.h"

namespace runbook {

/// False if stdin or stderr is no terminal, in CI, or with --no-input (design §9): then nothing may
/// prompt.
bool can_ask(const Arguments& arguments);
/// Prints `question` on stderr and reads a line; nullopt at end of input.
std::optional<std::string> ask_line(Context& context, const std::string& question);

/// In a job of GitHub's runner, which masks what it is told.
bool in_github();
/// Where the runner takes the summary of a step from; empty: nowhere.
std::string github_summary_file();

enum class OutputFormat { plain, json, quiet, tree, github };
/// --output; the parser has checked that the command has the format. A session's `auto` is what the
/// environment can take; without a screen tree is plain.
OutputFormat output_format(const Arguments& arguments, bool of_session);
/// What may be drawn with: --color, NO_COLOR, CLICOLOR_FORCE, the locale.
Style screen_style(const Arguments& arguments, OutputFormat format);

}  // namespace runbook
