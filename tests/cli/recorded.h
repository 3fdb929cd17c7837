#pragma once
// Runs put into a project's store by hand, for commands that only read or mark.

#include <filesystem>
#include <string>

#include "tests/view/script.h"

namespace runbook::test {

/// Makes FOLDER/.runbook if need be and stores the script as run `id`.
void record_run(const std::filesystem::path& folder, const std::string& id, const Script& script);

/// A project with a recipe, a run 7f3a-lucky-heron that was interrupted, and 9b22-calm-otter that
/// is done. Names of steps have spaces, slashes and quotes.
void write_project(const std::filesystem::path& folder);

}  // namespace runbook::test
