#pragma once
// A command line tool that primitives run: where it is, what version it has. A module declares it
// (Module::tools); recipe{ needs }, `runbook doctor` and modules/tool.h look for it so.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/io/process.h"

namespace runbook {

/// Something besides its version that must be right before a recipe can use the tool: a login, a
/// context, a server that answers. `doctor` runs it; exit 0 is well, and the first line is shown.
/// An argument "--context={context}" stands only where the recipe's need says which parameter is
/// the context, with its value.
struct ToolCheck {
  std::string_view what;  ///< "context", "login", "cluster"
  std::vector<std::string> arguments;
  std::string_view hint;  ///< what to type when it fails
};

struct ToolProgram {
  std::string_view name;  ///< on PATH, and in recipe{ needs }: "kubectl"
  std::vector<std::string> version_arguments;
  /// From what that prints on stdout: "1.32.4"; empty if it is not understood.
  std::string (*version_in)(const std::string& out) = nullptr;
  std::string_view install;  ///< "https://kubernetes.io/docs/tasks/tools/"
  std::vector<ToolCheck> checks{};
};

struct InstalledTool {
  std::string path;
  std::string version;
};

/// The first dotted number of a text: "kubectl v1.32.4 (…)" → "1.32.4"; empty if there is none.
std::string first_version(const std::string& text);

/// Error(Code::tool_missing), Error(Code::tool_version) if it does not say one within 10 s.
/// `path_variable` = PATH of the environment it will run in.
Task<InstalledTool> find_tool(Processes& processes, const ToolProgram& tool,
                              std::string path_variable, std::filesystem::path cwd,
                              CancelPtr cancel);

/// Error(Code::tool_version) naming both, unless `range` (such as ">=1.27") has its version.
void require_version(const ToolProgram& tool, const InstalledTool& installed,
                     std::string_view range);

}  // namespace runbook
