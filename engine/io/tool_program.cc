#include "engine/io/tool_program.h"

#include <fmt/core.h>

#include <algorithm>

#include "engine/base/error.h"
#include "engine/base/shown_text.h"
#include "engine/base/version_range.h"

namespace runbook {

std::string first_version(const std::string& text) {
  constexpr std::string_view kDigits = "0123456789";
  for (std::size_t at = text.find_first_of(kDigits); at != std::string::npos;
       at = text.find_first_of(kDigits, text.find_first_not_of(kDigits, at))) {
    const std::size_t end = std::min(text.find_first_not_of("0123456789.", at), text.size());
    const std::string found = text.substr(at, text.find_last_of(kDigits, end - 1) + 1 - at);
    if (found.find('.') != std::string::npos) {
      return found;
    }
    if (end == text.size()) {
      break;
    }
  }
  return "";
}

Task<InstalledTool> find_tool(Processes& processes, const ToolProgram& tool,
                              std::string path_variable, std::filesystem::path cwd,
                              CancelPtr cancel) {
  const auto path = find_program(tool.name, path_variable);
  if (!path) {
    refuse(Code::tool_missing, fmt::format("{} is not on PATH", tool.name),
           fmt::format("install it: {}; then runbook resume", tool.install));
  }
  ProcessSpec spec;
  spec.argv = {path->string()};
  spec.argv.insert(spec.argv.end(), tool.version_arguments.begin(), tool.version_arguments.end());
  spec.cwd = std::move(cwd);
  spec.timeout = std::chrono::seconds{10};
  spec.capture = std::size_t{1} << 20;
  const ProcessResult result = co_await processes.run(std::move(spec), cancel);
  if (result.cancelled && result.exit != 0) {
    throw Cancelled(cancel->reason());
  }
  InstalledTool installed{path->string(), tool.version_in(result.out)};
  if (result.exit != 0 || installed.version.empty()) {
    refuse(Code::tool_version,
           fmt::format("{} does not say its version: {}", path->string(),
                       one_line(result.err.empty() ? result.out : result.err)),
           fmt::format("see what `{} {}` prints", tool.name,
                       tool.version_arguments.empty() ? "" : tool.version_arguments.front()));
  }
  co_return installed;
}

void require_version(const ToolProgram& tool, const InstalledTool& installed,
                     std::string_view range) {
  const auto wanted = VersionRange::parse(range);
  if (wanted && !wanted->contains(installed.version)) {
    refuse(Code::tool_version,
           fmt::format("{} is {}, and {} is needed", installed.path, installed.version, range),
           fmt::format("install a version that fits: {}", tool.install));
  }
}

}  // namespace runbook
