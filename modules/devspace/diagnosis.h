#pragma once
// What went wrong, from what devspace, the helm behind it, and kubectl print.

#include <string>

#include "modules/tool.h"

namespace runbook::devspace {

/// Where it was to happen, as the recipe said it.
struct Place {
  std::string context, space;  ///< empty = not said
  std::string kubectl;         ///< what a person types for the same cluster
};

/// The error that devspace's words mean. It had ended, so its effect is none.
Error diagnose(const tool::Failure& failure, const Place& place);
Error diagnose_kubectl(const tool::Failure& failure, const Place& place);

/// True if it was devspace that failed, and not the program that it ran.
bool is_fatal(const std::string& err);

}  // namespace runbook::devspace
