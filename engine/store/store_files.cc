// SQLite itself would take eight syncs to make an empty database in WAL mode, with a file that is
// readable for all that the umask allows (-wal and -shm get its mode). So the whole file is written
// beside and linked into place: two syncs, and no process ever sees half of it.

#include "engine/store/store_files.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <string_view>
#include <system_error>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/id.h"
#include "engine/store/sqlite_schema.h"

namespace runbook {
namespace {

[[noreturn]] void fail(const std::filesystem::path& path) {
  throw Error(Code::store_unreadable, fmt::format("cannot create {}: {}", path.string(),
                                                  std::generic_category().message(errno)));
}

FileDescriptor create(const std::filesystem::path& path, int flags) {
  FileDescriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0600));
  if (!file.valid()) {
    fail(path);
  }
  return file;
}

void write_all(const FileDescriptor& file, std::string_view bytes,
               const std::filesystem::path& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file.get(), bytes.data(), bytes.size());
    if (written < 0 && errno != EINTR) {
      fail(path);
    }
    bytes.remove_prefix(written < 0 ? 0 : static_cast<std::size_t>(written));
  }
}

void sync_folder(const std::filesystem::path& folder) {
  const FileDescriptor descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!descriptor.valid() || ::fsync(descriptor.get()) != 0) {
    fail(folder);
  }
}

void create_database(const std::filesystem::path& path) {
  std::filesystem::path beside = path;
  beside += "." + new_uuid() + ".tmp";
  {
    const FileDescriptor file = create(beside, O_EXCL);
    write_all(file, empty_database(), beside);
    if (::fsync(file.get()) != 0) {
      fail(beside);
    }
  }
  const bool linked = ::link(beside.c_str(), path.c_str()) == 0;
  const bool faster_elsewhere = !linked && errno == EEXIST;
  ::unlink(beside.c_str());
  if (!linked && !faster_elsewhere) {
    create(path, 0);  // a filesystem without hard links: SQLite makes the tables
  }
  sync_folder(path.parent_path());
}

}  // namespace

void create_store_files(const std::filesystem::path& folder) {
  make_private_directory(folder);
  const std::filesystem::path ignore = folder / ".gitignore";
  if (!std::filesystem::exists(ignore) || std::filesystem::file_size(ignore) == 0) {
    write_all(create(ignore, 0), "*\n", ignore);
  }
  const std::filesystem::path database = folder / "state.db";
  if (!std::filesystem::exists(database)) {
    create_database(database);
  }
}

}  // namespace runbook
