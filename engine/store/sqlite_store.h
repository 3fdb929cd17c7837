#pragma once
// How the SQLite store is opened in tests: with another VFS. Everything else is store.h.

#include <memory>
#include <string>

#include "engine/store/store.h"

namespace runbook {

struct SqliteOptions {
  const char* vfs = nullptr;  ///< a registered SQLite VFS; null = the operating system's
};
std::unique_ptr<Store> open_sqlite_store(const std::filesystem::path& folder, OpenMode mode,
                                         const SqliteOptions& options);

}  // namespace runbook
