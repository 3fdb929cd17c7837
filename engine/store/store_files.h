#pragma once
// The files of a new store: a private folder, its own .gitignore, a database with empty tables.

#include <filesystem>

namespace runbook {

/// Makes what is missing. Many may do so at once: one of them makes the database, the others find
/// it whole. Error(Code::store_unreadable).
void create_store_files(const std::filesystem::path& folder);

}  // namespace runbook
