#pragma once
// Runs put into a project's store by hand, for commands that only read or mark.

#include <filesystem>
#include <string>

#include "tests/view/script.h"

namespace runbook::test {

/// Makes FOLDER/.runbook if need be and stores the script as run `id`.
void record_run(const std::filesystem::path& folder, const std::string& id, const Script& script);

}  // namespace runbook::test
