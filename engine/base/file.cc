#include "engine/base/file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <fnmatch.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <set>
#include <system_error>

#include "engine/base/error.h"
#include "engine/base/id.h"

namespace runbook {

namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(Code code, const fs::path& path, std::string_view doing, int number) {
  throw Error(
      code, fmt::format("{} {}: {}", doing, path.string(), std::generic_category().message(number)),
      {}, {{"path", path.string()}, {"errno", number}})
      .with_effect(EffectDone::none);
}

Code reading_code(int number) {
  return number == ENOENT || number == ENOTDIR ? Code::file_not_found : Code::file_unreadable;
}

FileDescriptor open_for_reading(const fs::path& path) {
  FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.valid()) {
    fail(reading_code(errno), path, "reading", errno);
  }
  return file;
}

void write_all(int fd, std::string_view content, const fs::path& path) {
  while (!content.empty()) {
    const ssize_t written = ::write(fd, content.data(), content.size());
    if (written < 0 && errno != EINTR) {
      fail(Code::file_unwritable, path, "writing", errno);
    }
    if (written > 0) {
      content.remove_prefix(static_cast<std::size_t>(written));
    }
  }
}

void sync_folder(const fs::path& folder) {
  const FileDescriptor fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  // Some filesystems know no fsync of a folder (EINVAL); there the rename is as durable as it gets.
  if (!fd.valid() || (::fsync(fd.get()) != 0 && errno != EINVAL)) {
    fail(Code::file_unwritable, folder, "syncing", errno);
  }
}

/// Removes the temporary file unless it was renamed away.
class Temporary {
 public:
  explicit Temporary(fs::path path) : path_(std::move(path)) {}
  Temporary(const Temporary&) = delete;
  Temporary& operator=(const Temporary&) = delete;
  ~Temporary() {
    if (!kept_) {
      ::unlink(path_.c_str());
    }
  }
  const fs::path& path() const { return path_; }
  void keep() { kept_ = true; }

 private:
  fs::path path_;
  bool kept_ = false;
};

fs::path folder_of(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

fs::path temporary_name(const fs::path& path) {
  return folder_of(path) / fmt::format(".{}.{}.tmp", path.filename().string(), new_uuid());
}

/// Opens what nobody had; `path` is named if that fails.
FileDescriptor create(const fs::path& temporary, const fs::path& path) {
  FileDescriptor file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!file.valid()) {
    fail(Code::file_unwritable, path, "writing", errno);
  }
  return file;
}

void write_synced(int fd, std::string_view content, int mode, const fs::path& path) {
  write_all(fd, content, path);
  if (::fchmod(fd, static_cast<mode_t>(mode)) != 0 || ::fsync(fd) != 0) {
    fail(Code::file_unwritable, path, "writing", errno);
  }
}

/// A link is written through: replacing it would cut off what it leads to.
fs::path link_target(const fs::path& path) {
  std::error_code failed;
  if (!fs::is_symlink(path, failed)) {
    return path;
  }
  fs::path target = fs::weakly_canonical(path, failed);
  if (failed) {
    fail(Code::file_unwritable, path, "following the link", failed.value());
  }
  return target;
}

bool has_wildcard(std::string_view part) {
  return part.find_first_of("*?[\\") != std::string_view::npos;
}

/// Walks only the folders the pattern can reach. Like a shell: * and ** pass over hidden names, and
/// ** does not follow links to folders.
class Glob {
 public:
  Glob(fs::path root, std::string_view pattern) : root_(std::move(root)) {
    while (!pattern.empty()) {
      const auto slash = pattern.find('/');
      const std::string_view part = pattern.substr(0, slash);
      pattern = slash == std::string_view::npos ? std::string_view() : pattern.substr(slash + 1);
      const bool repeated = part == "**" && !parts_.empty() && parts_.back() == "**";
      if (!part.empty() && part != "." && !repeated) {
        parts_.emplace_back(part);
      }
    }
  }

  std::vector<std::string> run() {
    if (!parts_.empty()) {
      visit("", 0);
    }
    return {found_.begin(), found_.end()};
  }

 private:
  void visit(const fs::path& folder, std::size_t index) {
    const std::string& part = parts_[index];
    if (part == "**") {
      visit_any_depth(folder, index);
      return;
    }
    if (!has_wildcard(part)) {
      take(folder / part, index);
      return;
    }
    for (const auto& entry : entries(folder)) {
      const std::string name = entry.path().filename();
      if (::fnmatch(part.c_str(), name.c_str(), FNM_PERIOD) == 0) {
        take(folder / name, index);
      }
    }
  }

  void visit_any_depth(const fs::path& folder, std::size_t index) {
    const bool is_last = index + 1 == parts_.size();
    if (!is_last) {
      visit(folder, index + 1);
    }
    for (const auto& entry : entries(folder)) {
      const std::string name = entry.path().filename();
      if (name.starts_with('.')) {
        continue;
      }
      if (is_last) {
        found_.insert((folder / name).string());
      }
      std::error_code gone;
      if (entry.symlink_status(gone).type() == fs::file_type::directory) {
        visit(folder / name, index);
      }
    }
  }

  void take(const fs::path& path, std::size_t index) {
    std::error_code absent;
    if (index + 1 < parts_.size()) {
      if (fs::is_directory(root_ / path, absent)) {
        visit(path, index + 1);
      }
      return;
    }
    if (fs::exists(fs::symlink_status(root_ / path, absent))) {
      found_.insert(path.string());
    }
  }

  /// Empty if the folder is gone or is none; an unreadable one would make the answer wrong.
  std::vector<fs::directory_entry> entries(const fs::path& folder) const {
    std::error_code failed;
    fs::directory_iterator next(root_ / folder, failed);
    std::vector<fs::directory_entry> all;
    for (; !failed && next != fs::directory_iterator(); next.increment(failed)) {
      all.push_back(*next);
    }
    if (failed && failed.value() != ENOENT && failed.value() != ENOTDIR) {
      fail(Code::file_unreadable, root_ / folder, "listing", failed.value());
    }
    return all;
  }

  fs::path root_;
  std::vector<std::string> parts_;
  std::set<std::string> found_;
};

}  // namespace

FileDescriptor& FileDescriptor::operator=(FileDescriptor&& other) noexcept {
  if (this != &other) {
    reset();
    fd_ = other.release();
  }
  return *this;
}

int FileDescriptor::release() noexcept {
  return std::exchange(fd_, -1);
}

void FileDescriptor::reset() noexcept {
  if (fd_ >= 0) {
    ::close(std::exchange(fd_, -1));  // never retried: after EINTR Linux has closed it
  }
}

std::string read_file(const fs::path& path, std::size_t limit) {
  const FileDescriptor file = open_for_reading(path);
  std::string content;
  struct stat status {};
  if (::fstat(file.get(), &status) == 0 && S_ISREG(status.st_mode)) {
    content.reserve(std::min(static_cast<std::size_t>(status.st_size), limit) + 1);
  }
  std::string buffer(std::size_t{64} << 10, '\0');
  while (true) {
    const ssize_t got = ::read(file.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got < 0) {
      fail(reading_code(errno), path, "reading", errno);
    }
    if (got == 0) {
      return content;
    }
    content.append(buffer, 0, static_cast<std::size_t>(got));
    if (content.size() > limit) {
      throw Error(Code::file_too_large,
                  fmt::format("{} is larger than {} bytes", path.string(), limit), {},
                  {{"path", path.string()}, {"limit", limit}})
          .with_effect(EffectDone::none);
    }
  }
}

void write_file_atomically(const fs::path& path, std::string_view content, int mode) {
  const fs::path target = link_target(path);
  const fs::path folder = folder_of(target);
  Temporary temporary(temporary_name(target));
  FileDescriptor file = create(temporary.path(), path);
  write_synced(file.get(), content, mode, path);
  if (::close(file.release()) != 0 || ::rename(temporary.path().c_str(), target.c_str()) != 0) {
    fail(Code::file_unwritable, path, "writing", errno);
  }
  temporary.keep();
  sync_folder(folder);
}

bool write_new_file(const fs::path& path, std::string_view content, int mode) {
  const fs::path folder = folder_of(path);
  // Without a name of its own, nothing is left of it by a kill; not all filesystems can.
  std::optional<Temporary> temporary;
  FileDescriptor file(::open(folder.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600));
  std::string source = fmt::format("/proc/self/fd/{}", file.get());
  if (!file.valid()) {
    temporary.emplace(temporary_name(path));
    source = temporary->path();
    file = create(temporary->path(), path);
  }
  write_synced(file.get(), content, mode, path);
  if (::linkat(AT_FDCWD, source.c_str(), AT_FDCWD, path.c_str(), AT_SYMLINK_FOLLOW) != 0) {
    if (errno == EEXIST) {
      return false;
    }
    fail(Code::file_unwritable, path, "writing", errno);
  }
  temporary.reset();
  sync_folder(folder);
  return true;
}

void make_private_directory(const fs::path& path) {
  std::error_code absent;
  if (path.empty() || fs::is_directory(path, absent)) {
    return;
  }
  const fs::path parent = path.parent_path();
  if (parent != path) {
    make_private_directory(parent);
  }
  // Another process may make it at the same time; what is there must then be a folder.
  if (::mkdir(path.c_str(), 0700) != 0 && !(errno == EEXIST && fs::is_directory(path, absent))) {
    fail(Code::file_unwritable, path, "making the folder", errno);
  }
}

std::vector<std::string> glob_files(const fs::path& root, std::string_view pattern) {
  return Glob(root, pattern).run();
}

}  // namespace runbook
