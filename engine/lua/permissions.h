#pragma once
// recipe{ allow = }: what effects may touch.

#include <filesystem>
#include <string>

#include "engine/lua/adapter.h"

namespace runbook::lua {

/// Throws Error(permission_refused), effect none, when an option of a non-pure primitive lies
/// outside `permissions`: the program of `rest` commands against `run`, Type::url hosts against
/// `net` ("*.example.com"), Type::path of idempotent and once primitives against `write` (folders
/// relative to the root). Nothing is checked when no allow list was given.
void check_permissions(const Permissions& permissions, const std::string& name,
                       const Function& function, const Json& options,
                       const std::filesystem::path& root);

/// The same for a primitive that runs command line tools: those must be in `run`. What a tool
/// reads, writes and talks to is its own.
void check_tools(const Permissions& permissions, const std::string& name,
                 const std::vector<ToolProgram>& tools, const Function& function,
                 const Json& options);

/// The part of it that `net` says about one URL.
void check_net(const Permissions& permissions, const std::string& name, const std::string& url);

}  // namespace runbook::lua
