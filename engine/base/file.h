#pragma once
// Files the engine writes itself: private (0600 in 0700 folders), atomic, synced. Errors name the
// path and errno.

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace runbook {

/// Owns a file descriptor; always opened with O_CLOEXEC.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int fd) : fd_(fd) {}
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(other.release()) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept;
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  ~FileDescriptor() { reset(); }
  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }
  int release() noexcept;
  void reset() noexcept;

 private:
  int fd_ = -1;
};

/// Whole content. Error(Code::file_not_found | file_unreadable); at most `limit` bytes, else
/// Error(Code::file_too_large).
std::string read_file(const std::filesystem::path& path, std::size_t limit = std::size_t{64} << 20);
/// Writes beside, fsyncs, renames over, fsyncs the folder: after return the new content survives
/// power loss, and a reader sees the old or the new file, never half. Error(Code::file_unwritable),
/// the old file untouched.
void write_file_atomically(const std::filesystem::path& path, std::string_view content,
                           int mode = 0600);
/// Writes a file that nobody had: the name is given, by a link, to content that is written and
/// synced, so after a kill there is the whole file or none; the folder is synced too. False, with
/// nothing changed, if anything has the name, be it a link to nowhere.
/// Error(Code::file_unwritable).
bool write_new_file(const std::filesystem::path& path, std::string_view content, int mode = 0600);
/// mkdir -p with 0700 for what it creates.
void make_private_directory(const std::filesystem::path& path);
/// Paths matching a shell pattern with * ? [] and ** (any depth), sorted, relative to `root`.
std::vector<std::string> glob_files(const std::filesystem::path& root, std::string_view pattern);
/// Name of the network filesystem `path` lies on ("nfs", "smb", …), or empty: SQLite's WAL is
/// unsafe there.
std::string network_filesystem(const std::filesystem::path& path);

/// Holds a POSIX record lock on a file of its own, opened once, never closed while held (closing
/// *any* descriptor of the file in this process would drop it). The content names the holder, for
/// the message another process prints.
class FileLock {
 public:
  /// nullopt-like: `held()` is false when a live process has it; `holder()` is then its text.
  static FileLock try_acquire(const std::filesystem::path& path, std::string_view holder);
  FileLock(FileLock&&) noexcept = default;
  FileLock& operator=(FileLock&& other) noexcept;
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;
  ~FileLock() { release(); }
  /// Lets go at once; the destructor does the same.
  void release() noexcept;
  bool held() const { return fd_.valid(); }
  const std::string& holder() const { return holder_; }
  /// pid of the process that holds the lock now, 0 if nobody (asks the kernel, takes nothing).
  static int holder_pid(const std::filesystem::path& path);

 private:
  FileLock() = default;
  FileDescriptor fd_;
  std::string holder_;
};

}  // namespace runbook
