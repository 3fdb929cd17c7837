// The state folder and the disk it lies on.

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/cli/doctor.h"

namespace runbook {

namespace fs = std::filesystem;

namespace {

using Is = Finding::State;

constexpr std::uintmax_t kLittle = std::uintmax_t{1} << 30;      // a remark below this
constexpr std::uintmax_t kTooLittle = std::uintmax_t{64} << 20;  // a log or a WAL fills it at once

std::string size_text(std::uintmax_t bytes) {
  const double mebibytes = static_cast<double>(bytes) / (1 << 20);
  return mebibytes < 1024 ? fmt::format("{:.0f} MiB", mebibytes)
                          : fmt::format("{:.0f} GiB", mebibytes / 1024);
}

Finding look_at_disk(const fs::path& folder) {
  struct statvfs disk {};
  if (statvfs(folder.c_str(), &disk) != 0) {
    return {Is::wrong, "disk",
            fmt::format("{}: {}", folder.string(), std::generic_category().message(errno)),
            "check the folder's permissions and the disk"};
  }
  const std::uintmax_t free = std::uintmax_t{disk.f_bavail} * disk.f_frsize;
  const Is state = free < kTooLittle ? Is::wrong : free < kLittle ? Is::remark : Is::ok;
  return {state, "disk", fmt::format("{} free for {}", size_text(free), folder.string()),
          state == Is::ok ? "" : "free some space: a journal that cannot be written stops its run"};
}

Finding look_at_folder(const fs::path& folder) {
  struct stat status {};
  if (stat(folder.c_str(), &status) != 0) {
    return {Is::wrong, "folder",
            fmt::format("{}: {}", folder.string(), std::generic_category().message(errno)),
            "check its permissions, or name another with --state"};
  }
  const std::string name = folder.string();
  if (status.st_uid != geteuid()) {
    return {Is::wrong, "folder", fmt::format("{} belongs to user {}", name, status.st_uid),
            "run as that user, or name another folder with --state"};
  }
  if (access(folder.c_str(), R_OK | W_OK | X_OK) != 0) {
    return {Is::wrong, "folder", fmt::format("{} cannot be read and written", name),
            fmt::format("chmod 700 {}", name)};
  }
  if ((status.st_mode & 077) != 0) {
    return {Is::remark, "folder",
            fmt::format("{} is open to others (mode {:o}): logs may say much", name,
                        status.st_mode & 0777),
            fmt::format("chmod 700 {}", name)};
  }
  return {Is::ok, "folder", fmt::format("{}, for you alone", name), ""};
}

/// Where the state folder will be made.
Finding look_at_root(const Project& project) {
  const std::string folder = project.state.parent_path().string();
  if (access(folder.c_str(), W_OK | X_OK) != 0) {
    return {
        Is::wrong, "folder",
        fmt::format("{} does not exist, and {} cannot be written", project.state.string(), folder),
        "go to the project's folder, or name the state with --state FOLDER"};
  }
  return {Is::remark, "folder",
          fmt::format("{} does not exist yet: the first run makes it", project.state.string()), ""};
}

}  // namespace

void look_at_state(const Project& project, std::vector<Finding>& findings) {
  std::error_code hidden;  // then stat() below says why
  const bool missing = fs::status(project.state, hidden).type() == fs::file_type::not_found;
  findings.push_back(missing ? look_at_root(project) : look_at_folder(project.state));
  const fs::path folder = missing ? project.state.parent_path() : project.state;
  findings.push_back(look_at_disk(folder));
  if (const std::string network = network_filesystem(folder); !network.empty()) {
    findings.push_back(wrong(
        "disk",
        Error(Code::store_on_network, fmt::format("{} lies on {}", folder.string(), network))));
  }
}

}  // namespace runbook
