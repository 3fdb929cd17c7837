// Which filesystem a path lies on, where SQLite's shared memory would not be shared.
#include <sys/vfs.h>

#include <array>
#include <string>
#include <system_error>

#include "engine/base/file.h"

namespace runbook {

namespace {

namespace fs = std::filesystem;

struct FilesystemKind {
  std::uint32_t magic;
  std::string_view name;
};
// f_type values of statfs(2) and linux/magic.h.
constexpr std::array kNetwork = {
    FilesystemKind{0x6969, "nfs"},        FilesystemKind{0x517B, "smb"},
    FilesystemKind{0xFF534D42, "cifs"},   FilesystemKind{0xFE534D42, "smb2"},
    FilesystemKind{0x00C36400, "ceph"},   FilesystemKind{0x0BD00BD0, "lustre"},
    FilesystemKind{0x5346414F, "afs"},    FilesystemKind{0x6B414653, "kafs"},
    FilesystemKind{0x01021997, "9p"},     FilesystemKind{0x73757245, "coda"},
    FilesystemKind{0x7461636F, "ocfs2"},  FilesystemKind{0x01161970, "gfs2"},
    FilesystemKind{0x47504653, "gpfs"},   FilesystemKind{0x564C, "ncp"},
    FilesystemKind{0x013111A8, "ibrix"},  FilesystemKind{0xAAD7AAEA, "panfs"},
    FilesystemKind{0x786F4256, "vboxsf"}, FilesystemKind{0x19830326, "beegfs"}};
constexpr std::uint32_t kFuse = 0x65735546;

/// FUSE has one number for local and remote filesystems alike; the mount table tells them apart:
/// "36 25 0:32 / /mnt rw - fuse.sshfs host:/ rw".
std::string fuse_name(const fs::path& path) {
  const std::string table = read_file("/proc/self/mountinfo");
  std::string name;
  std::size_t longest = 0;
  for (std::size_t begin = 0; begin < table.size();) {
    const std::size_t end = table.find('\n', begin);
    const std::string line = table.substr(begin, end - begin);
    begin = end == std::string::npos ? table.size() : end + 1;
    std::size_t field = 0;
    for (int skipped = 0; skipped < 4 && field != std::string::npos; ++skipped) {
      field = line.find(' ', field + 1);
    }
    const std::size_t type = line.find(" - ");
    if (field == std::string::npos || type == std::string::npos) {
      continue;
    }
    const std::string point = line.substr(field + 1, line.find(' ', field + 1) - field - 1);
    const fs::path inside = path.lexically_relative(point);
    if (point.size() >= longest && !inside.empty() && *inside.begin() != "..") {
      longest = point.size();
      name = line.substr(type + 3, line.find(' ', type + 3) - type - 3);
    }
  }
  return name == "fuseblk" || name == "fuse.overlayfs" || name == "fuse.fuse-overlayfs" ? "" : name;
}

}  // namespace

std::string network_filesystem(const fs::path& path) {
  std::error_code failed;
  fs::path existing = fs::absolute(path, failed);
  struct statfs status {};
  while (::statfs(existing.c_str(), &status) != 0) {
    if (existing == existing.parent_path()) {
      return {};
    }
    existing = existing.parent_path();  // the path is about to be made below this one
  }
  const auto magic = static_cast<std::uint32_t>(status.f_type);
  for (const FilesystemKind& kind : kNetwork) {
    if (kind.magic == magic) {
      return std::string(kind.name);
    }
  }
  return magic == kFuse ? fuse_name(fs::weakly_canonical(existing, failed)) : "";
}

}  // namespace runbook
