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

struct Finding {
  enum class State { ok, remark, wrong };
  State state = State::ok;
  std::string_view what;  ///< "store", "disk", …
  std::string text;
  std::string hint;  ///< what to type or do; empty if all is well
};

/// `what` is wrong, for the reason in `error`.
Finding wrong(std::string_view what, const Error& error);

// Each adds what it finds.
void look_at_state(const Project& project, std::vector<Finding>& findings);  ///< folder, disk
void look_at_store(const Project& project, std::vector<Finding>& findings);
void look_at_host(const Arguments& arguments,
                  std::vector<Finding>& findings);  ///< libraries, terminal

}  // namespace runbook
