#pragma once
// What `runbook doctor` looks at. A finding is said, never thrown: the worse things are, the more
// of them must be seen.

#include <string>
#include <string_view>
#include <vector>

#include "engine/cli/command.h"
#include "engine/cli/state_folder.h"

namespace runbook {

struct Error;
struct Module;

struct Finding {
  enum class State { ok, remark, wrong };
  State state = State::ok;
  std::string what;  ///< "store", "disk", …
  std::string text;
  std::string hint;  ///< what to type or do; empty if all is well
};

/// `what` is wrong, for the reason in `error`.
Finding wrong(std::string what, const Error& error);

/// As a table with a line for what is wrong; `columns` of a terminal, else 0.
std::string findings_page(const std::vector<Finding>& findings, std::size_t columns);

// Each adds what it finds.
void look_at_state(const Project& project, std::vector<Finding>& findings);  ///< folder, disk
void look_at_store(const Project& project, std::vector<Finding>& findings);
void look_at_host(const Arguments& arguments,
                  std::vector<Finding>& findings);  ///< libraries, terminal
/// The tools that modules run, where they are installed.
void look_at_tools(const std::vector<Module>& modules, const Project& project,
                   std::vector<Finding>& findings);
/// Whether the recipe loads, what it needs, and what it must be given besides `typed`, which are
/// NAME=VALUE.
void look_at_recipe(const std::vector<Module>& modules, const Project& project,
                    const std::string& name, const std::vector<std::string>& typed,
                    std::vector<Finding>& findings);

}  // namespace runbook
