#pragma once
// May a person be asked, and how is output wanted: each decided in one place.

#include <optional>
#include <string>

#include "engine/cli/command.h"

namespace runbook {

/// False if stdin or stderr is no terminal, in CI, or with --no-input (design §9): then nothing may
/// prompt.
bool can_ask(const Arguments& arguments);
/// Prints `question` on stderr and reads a line; nullopt at end of input.
std::optional<std::string> ask_line(Context& context, const std::string& question);

enum class OutputFormat { plain, json, quiet };
/// --output; Error(Code::usage) for a format this command does not have.
OutputFormat output_format(const Arguments& arguments, bool quiet_too);

}  // namespace runbook
