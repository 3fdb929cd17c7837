#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <system_error>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "modules/fs/operations.h"

namespace runbook::files {

namespace fs = std::filesystem;

namespace {

constexpr int kNewFile = 0666;

Error invalid(std::string message) {
  return Error(Code::option_invalid, std::move(message)).with_effect(EffectDone::none);
}

int octal(std::string_view text) {
  int mode = -1;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), mode, 8);
  if (failed != std::errc() || end != text.data() + text.size() || mode < 0 || mode > 07777) {
    throw invalid(fmt::format("fs.write: mode = \"{}\"; it is octal text such as \"0644\"", text));
  }
  return mode;
}

/// The umask of this process. umask(2) can only be read by changing it, for all threads.
int umask_of_process() {
  const std::string status = read_file("/proc/self/status");
  const auto line = status.find("\nUmask:\t");
  int mask = 022;
  if (line != std::string::npos) {
    const char* begin = status.data() + line + 8;
    std::from_chars(begin, status.data() + status.size(), mask, 8);
  }
  return mask;
}

int mode_for(const fs::path& path, const std::string& wanted) {
  if (!wanted.empty()) {
    return octal(wanted);
  }
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 ? static_cast<int>(status.st_mode & 07777U)
                                            : kNewFile & ~umask_of_process();
}

/// Content and mode of a regular file are these already.
bool holds(const fs::path& path, const std::string& content, int mode) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
         static_cast<int>(status.st_mode & 07777U) == mode &&
         static_cast<std::size_t>(status.st_size) == content.size() && read_file(path) == content;
}

}  // namespace

Json write(const fs::path& path, const std::string& content, const WriteOptions& options) {
  if (options.parents) {
    make_directory(path.parent_path());
  }
  const int mode = mode_for(path, options.mode);
  const bool changed = !holds(path, content, mode);
  if (changed) {
    write_file_atomically(path, content, mode);
  }
  return {{"path", path.string()}, {"size", content.size()}, {"changed", changed}};
}

bool remove_path(const fs::path& path, bool recursive, const fs::path& root) {
  const fs::path normal = path.lexically_normal();
  const fs::path inside = root.lexically_relative(normal);
  if (!inside.empty() && *inside.begin() != "..") {
    throw invalid(fmt::format("fs.remove: {} is the project or holds it", path.string()));
  }
  std::error_code failed;
  const fs::file_status status = fs::symlink_status(path, failed);
  if (status.type() == fs::file_type::not_found) {
    return false;
  }
  if (!failed && status.type() == fs::file_type::directory && !recursive) {
    throw invalid(fmt::format("fs.remove: {} is a folder", path.string()) +
                  "; recursive = true removes it and all in it");
  }
  const std::uintmax_t removed = failed ? 0 : fs::remove_all(path, failed);
  if (failed) {
    fail(Code::file_unwritable, path, "removing", failed.value());
  }
  return removed > 0;
}

void make_directory(const fs::path& path) {
  std::error_code failed;
  fs::create_directories(path, failed);
  if (failed || !fs::is_directory(path, failed)) {
    fail(Code::file_unwritable, path, "making the folder", failed ? failed.value() : EEXIST);
  }
}

}  // namespace runbook::files
