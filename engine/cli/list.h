#pragma once
// How recipes are listed.

#include <string>
#include <string_view>
#include <vector>

namespace runbook {

struct CatalogueEntry;

/// One line a recipe: its name as one types it, its summary or why it does not load.
std::string catalogue_lines(const std::vector<CatalogueEntry>& entries, std::string_view indent);

}  // namespace runbook
