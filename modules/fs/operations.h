#pragma once
// What the functions of fs do, on the blocking pool. Paths are absolute. Every error is an Error
// with effect none or, where something may have been changed, unknown; all can be repeated.

#include <filesystem>
#include <string>

#include "engine/base/error.h"

namespace runbook::files {

// look.cc
/// {type, size, mode, modified, target?}, or null if there is nothing.
Json look(const std::filesystem::path& path);
Json list_folder(const std::filesystem::path& path);
Json read_text(const std::filesystem::path& path, bool bytes);
/// The words of each line that has any.
Json read_rows(const std::filesystem::path& path);

// change.cc
struct WriteOptions {
  std::string mode;  ///< "0644"; empty: that of the file it replaces, else what the umask leaves
  bool parents = false;
};
Json write(const std::filesystem::path& path, const std::string& content,
           const WriteOptions& options);
/// False if there was nothing. `root` and what it lies in are never removed.
bool remove_path(const std::filesystem::path& path, bool recursive,
                 const std::filesystem::path& root);
void make_directory(const std::filesystem::path& path);

// copy.cc
/// A file, or a folder with all in it. Files there that the source lacks stay.
void copy_tree(const std::filesystem::path& from, const std::filesystem::path& to, bool parents);

/// Throws Error(code) with "doing path: why"; for file_unreadable, file_not_found if it is not
/// there.
[[noreturn]] void fail(Code code, const std::filesystem::path& path, std::string_view doing,
                       int number);

}  // namespace runbook::files
