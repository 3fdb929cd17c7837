// Command line tools: where they are, their versions, and whether they are logged in.

#include "engine/cli/doctor_tools.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "engine/base/error.h"
#include "engine/io/loop.h"
#include "engine/lua/module.h"
#include "engine/view/wording.h"

namespace runbook {

namespace {

using Is = Finding::State;

Finding of_tool(const FoundNeed& found) {
  if (found.problem) {
    return wrong(found.need.tool, *found.problem);
  }
  const std::string version = found.installed.version.empty() ? "" : found.installed.version + ", ";
  const bool any = found.need.version == "*";
  return {Is::ok, found.need.tool,
          fmt::format("{}{}{}", version, found.installed.path,
                      any ? "" : fmt::format(" ({} is needed)", found.need.version)),
          ""};
}

std::string first_line(const std::string& text) {
  return one_line(text.substr(0, text.find('\n')));
}

void judge_check(const ToolCheck& check, const ProcessResult& result, Finding& finding) {
  if (result.exit == 0) {
    finding.text = fmt::format("{}: {}", check.what, first_line(result.out));
    return;
  }
  const std::string said = first_line(result.err.empty() ? result.out : result.err);
  finding.state = Is::wrong;
  finding.text = fmt::format("{}: {}", check.what, result.timed_out ? "no answer in 10 s" : said);
  finding.hint = check.hint;
}

Task<void> run_check(Processes& processes, std::string program, ToolCheck check,
                     std::filesystem::path root, Finding& finding) {
  ProcessSpec spec;
  spec.argv = {std::move(program)};
  spec.argv.insert(spec.argv.end(), check.arguments.begin(), check.arguments.end());
  spec.cwd = std::move(root);
  spec.timeout = std::chrono::seconds{10};
  spec.grace = std::chrono::seconds{1};
  spec.capture = std::size_t{1} << 16;
  try {
    const ProcessResult result = co_await processes.run(std::move(spec), nullptr);
    judge_check(check, result, finding);
  } catch (const Error& error) {
    finding = wrong(finding.what, error);
  }
}

}  // namespace

void look_at_found(const std::vector<FoundNeed>& all, const std::filesystem::path& root,
                   std::vector<Finding>& findings) {
  SystemClock clock;
  Loop loop(clock);
  Processes processes(loop, nullptr, {});
  std::vector<std::vector<Finding>> checks;
  for (const FoundNeed& found : all) {
    checks.emplace_back(found.installed.path.empty() ? 0 : found.tool.checks.size(),
                        Finding{Is::ok, found.need.tool, "", ""});
    for (std::size_t i = 0; i < checks.back().size(); ++i) {
      loop.spawn(
          run_check(processes, found.installed.path, found.tool.checks[i], root, checks.back()[i]));
    }
  }
  loop.run();
  for (std::size_t i = 0; i < all.size(); ++i) {
    findings.push_back(of_tool(all[i]));
    std::ranges::move(checks[i], std::back_inserter(findings));
  }
}

void look_at_tools(const std::vector<Module>& modules, const Project& project,
                   std::vector<Finding>& findings) {
  std::vector<Need> needs;
  for (const ToolProgram& tool : known_tools(modules)) {
    needs.push_back({std::string(tool.name), "*"});
  }
  for (const FoundNeed& found : look_at_needs(needs, modules, project.root)) {
    if (!found.installed.path.empty()) {
      findings.push_back(of_tool(found));
      findings.back().state = Is::remark;  // nobody said that it is needed
    }
  }
}

}  // namespace runbook
