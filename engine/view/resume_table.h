#pragma once
// The table that a resume begins with: what is kept, what is attempted next, what changed.

#include <string>
#include <utility>
#include <vector>

#include "engine/view/style.h"
#include "engine/view/view.h"

namespace runbook {

/// A word and a line each.
std::vector<std::pair<std::string, std::string>> resume_rows(const KeptSteps& kept);
/// The same as a table, wrapped to the style's width.
std::string resume_table(const KeptSteps& kept, const Style& style);

}  // namespace runbook
