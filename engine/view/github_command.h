#pragma once
// Workflow commands of GitHub's runner: lines of a program's output that it obeys. Ours are written
// here; text of anybody else must not become one.

#include <string>
#include <string_view>

namespace runbook {

/// "::error file=a.lua::message" and a newline. `properties` as "file=a.lua,line=3", their values
/// encoded.
std::string github_command(std::string_view name, std::string_view properties,
                           std::string_view message);
/// The value of a property.
std::string github_property(std::string_view value);
/// By which the runner learns to mask a value.
std::string github_mask(std::string_view value);

/// `text` with no line that the runner could take for a command: one that would begin with "::" has
/// "> " before it, "##[" has a space in it.
std::string without_github_commands(std::string_view text);

}  // namespace runbook
