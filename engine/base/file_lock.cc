#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <map>
#include <mutex>
#include <optional>
#include <system_error>

#include "engine/base/error.h"
#include "engine/base/file.h"

namespace runbook {

namespace {

namespace fs = std::filesystem;

/// A file by what the kernel locks, not by one of its names.
using FileId = std::pair<dev_t, ino_t>;

/// POSIX locks never conflict within one process, and closing any descriptor of a locked file drops
/// the lock: so the process itself must know what it holds, before it opens anything.
struct HeldLocks {
  std::mutex mutex;
  std::map<FileId, std::string> holders;
  pid_t pid = 0;

  /// A forked child has the memory of its parent, but none of its locks. REQUIRES: mutex held.
  std::map<FileId, std::string>& of_this_process() {
    if (const pid_t self = ::getpid(); pid != self) {
      holders.clear();
      pid = self;
    }
    return holders;
  }
};

HeldLocks& held_locks() {
  static HeldLocks locks;
  return locks;
}

[[noreturn]] void fail(const fs::path& path, int number) {
  throw Error(Code::file_unwritable,
              fmt::format("locking {}: {}", path.string(), std::generic_category().message(number)),
              {}, {{"path", path.string()}, {"errno", number}})
      .with_effect(EffectDone::none);
}

std::optional<FileId> id_of(int fd) {
  struct stat status {};
  return ::fstat(fd, &status) == 0 ? std::optional(FileId(status.st_dev, status.st_ino))
                                   : std::nullopt;
}

std::optional<FileId> id_of(const fs::path& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 ? std::optional(FileId(status.st_dev, status.st_ino))
                                            : std::nullopt;
}

struct flock whole_file() {
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  return lock;
}

/// True if the lock is ours now, false if a live process has it.
bool lock(int fd, const fs::path& path) {
  struct flock request = whole_file();
  while (::fcntl(fd, F_SETLK, &request) != 0) {
    if (errno == EACCES || errno == EAGAIN) {
      return false;
    }
    if (errno != EINTR) {
      fail(path, errno);
    }
  }
  return true;
}

int locking_pid(int fd) {
  struct flock request = whole_file();
  return ::fcntl(fd, F_GETLK, &request) == 0 && request.l_type != F_UNLCK ? request.l_pid : 0;
}

std::string read_holder(int fd) {
  std::string text(4096, '\0');
  const ssize_t got = ::pread(fd, text.data(), text.size(), 0);
  text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  // Between its lock and its text a new holder has none yet.
  return text.empty() ? fmt::format("pid {}", locking_pid(fd)) : text;
}

void write_holder(int fd, std::string_view holder, const fs::path& path) {
  if (::ftruncate(fd, 0) != 0 ||
      ::pwrite(fd, holder.data(), holder.size(), 0) != static_cast<ssize_t>(holder.size())) {
    fail(path, errno);
  }
}

}  // namespace

FileLock FileLock::try_acquire(const fs::path& path, std::string_view holder) {
  HeldLocks& held = held_locks();
  const std::lock_guard guard(held.mutex);
  auto& holders = held.of_this_process();
  FileLock result;
  while (true) {
    const auto before = id_of(path);
    if (const auto ours = before ? holders.find(*before) : holders.end(); ours != holders.end()) {
      result.holder_ = ours->second;
      return result;
    }
    FileDescriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!file.valid()) {
      fail(path, errno);
    }
    if (!lock(file.get(), path)) {
      result.holder_ = read_holder(file.get());
      return result;
    }
    const auto id = id_of(file.get());
    if (!id || id != id_of(path)) {
      continue;  // the file was replaced between open and lock: what is locked has no name any more
    }
    write_holder(file.get(), holder, path);
    holders.emplace(*id, holder);
    result.fd_ = std::move(file);
    result.holder_ = holder;
    return result;
  }
}

FileLock& FileLock::operator=(FileLock&& other) noexcept {
  if (this != &other) {
    release();
    fd_ = std::move(other.fd_);
    holder_ = std::move(other.holder_);
  }
  return *this;
}

void FileLock::release() noexcept {
  if (!held()) {
    return;
  }
  HeldLocks& locks = held_locks();
  const std::lock_guard guard(locks.mutex);
  if (const auto id = id_of(fd_.get())) {
    locks.of_this_process().erase(*id);
  }
  fd_.reset();
}

int FileLock::holder_pid(const fs::path& path) {
  HeldLocks& held = held_locks();
  const std::lock_guard guard(held.mutex);
  auto& holders = held.of_this_process();
  const auto id = id_of(path);
  if (!id) {
    return 0;
  }
  if (holders.contains(*id)) {
    return ::getpid();
  }
  const FileDescriptor file(::open(path.c_str(), O_RDWR | O_CLOEXEC));
  if (!file.valid()) {
    fail(path, errno);
  }
  return locking_pid(file.get());
}

}  // namespace runbook
