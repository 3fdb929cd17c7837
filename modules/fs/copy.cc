#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/id.h"
#include "modules/fs/operations.h"

namespace runbook::files {

namespace fs = std::filesystem;

namespace {

/// Beside its place, to be renamed: removed again unless that happened.
class Beside {
 public:
  explicit Beside(const fs::path& place)
      : path_(place.parent_path() /
              fmt::format(".{}.{}.tmp", place.filename().string(), new_uuid())) {}
  Beside(const Beside&) = delete;
  Beside& operator=(const Beside&) = delete;
  ~Beside() {
    if (!moved_) {
      ::unlink(path_.c_str());
    }
  }
  const fs::path& path() const { return path_; }
  void move_to(const fs::path& place) {
    if (::rename(path_.c_str(), place.c_str()) != 0) {
      fail(Code::file_unwritable, place, "writing", errno);
    }
    moved_ = true;
  }

 private:
  fs::path path_;
  bool moved_ = false;
};

void sync(const fs::path& path) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.valid() || (::fsync(file.get()) != 0 && errno != EINVAL)) {
    fail(Code::file_unwritable, path, "syncing", errno);
  }
}

void place_file(const fs::path& from, const fs::path& to) {
  Beside beside(to);
  std::error_code failed;
  fs::copy_file(from, beside.path(), failed);  // with its mode
  if (failed) {
    fail(Code::file_unwritable, to, fmt::format("copying {} to", from.string()), failed.value());
  }
  sync(beside.path());
  beside.move_to(to);
  sync(to.parent_path());
}

void place_link(const fs::path& from, const fs::path& to) {
  Beside beside(to);
  std::error_code failed;
  fs::copy_symlink(from, beside.path(), failed);
  if (failed) {
    fail(Code::file_unwritable, to, fmt::format("copying {} to", from.string()), failed.value());
  }
  beside.move_to(to);
}

void place_folder(const fs::path& from, const fs::path& to) {
  make_directory(to);
  std::error_code failed;
  for (fs::directory_iterator next(from, failed), end; !failed && next != end;
       next.increment(failed)) {
    copy_tree(next->path(), to / next->path().filename(), false);
  }
  if (failed) {
    fail(Code::file_unreadable, from, "listing", failed.value());
  }
  std::error_code unset;
  fs::permissions(to, fs::status(from, unset).permissions(), failed);
  if (failed) {
    fail(Code::file_unwritable, to, "writing", failed.value());
  }
}

}  // namespace

void copy_tree(const fs::path& from, const fs::path& to, bool parents) {
  std::error_code failed;
  const fs::file_status status = fs::symlink_status(from, failed);
  if (parents) {
    make_directory(to.parent_path());
  }
  switch (status.type()) {
    case fs::file_type::regular:
      place_file(from, to);
      return;
    case fs::file_type::symlink:
      place_link(from, to);
      return;
    case fs::file_type::directory: {
      const fs::path inside = to.lexically_normal().lexically_relative(from.lexically_normal());
      if (!inside.empty() && *inside.begin() != "..") {
        throw Error(Code::option_invalid, fmt::format("fs.copy: {} lies in {}, or is the same",
                                                      to.string(), from.string()))
            .with_effect(EffectDone::none);
      }
      place_folder(from, to);
      return;
    }
    case fs::file_type::not_found:
      fail(Code::file_unreadable, from, "copying", ENOENT);
    default:
      fail(Code::file_unreadable, from, "copying", failed ? failed.value() : EINVAL);
  }
}

}  // namespace runbook::files
