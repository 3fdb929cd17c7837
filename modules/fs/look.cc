#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <sstream>
#include <system_error>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/hash.h"
#include "engine/base/utf8.h"
#include "modules/fs/operations.h"

namespace runbook::files {

namespace fs = std::filesystem;

namespace {

std::string_view type_of(mode_t mode) {
  if (S_ISREG(mode)) {
    return "file";
  }
  if (S_ISDIR(mode)) {
    return "folder";
  }
  return S_ISLNK(mode) ? "link" : "other";
}

bool is_absent(int number) {
  return number == ENOENT || number == ENOTDIR;
}

}  // namespace

void fail(Code code, const fs::path& path, std::string_view doing, int number) {
  const bool looks = code == Code::file_unreadable;
  if (looks && is_absent(number)) {
    code = Code::file_not_found;
  }
  throw Error(
      code, fmt::format("{} {}: {}", doing, path.string(), std::generic_category().message(number)),
      {}, {{"path", path.string()}, {"errno", number}})
      .with_effect(looks ? EffectDone::none : EffectDone::unknown);
}

Json look(const fs::path& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) {
    if (is_absent(errno)) {
      return nullptr;
    }
    fail(Code::file_unreadable, path, "looking at", errno);
  }
  Json found = {{"type", type_of(status.st_mode)},
                {"size", status.st_size},
                {"mode", fmt::format("{:04o}", status.st_mode & 07777U)},
                {"modified", static_cast<double>(status.st_mtim.tv_sec) +
                                 static_cast<double>(status.st_mtim.tv_nsec / 1'000'000) / 1000.0}};
  if (S_ISLNK(status.st_mode)) {
    std::error_code failed;
    found["target"] = fs::read_symlink(path, failed).string();
    if (failed) {
      fail(Code::file_unreadable, path, "looking at", failed.value());
    }
  }
  return found;
}

Json list_folder(const fs::path& path) {
  std::error_code failed;
  std::vector<std::string> names;
  for (fs::directory_iterator next(path, failed), end; !failed && next != end;
       next.increment(failed)) {
    names.push_back(next->path().filename());
  }
  if (failed) {
    fail(Code::file_unreadable, path, "listing", failed.value());
  }
  std::ranges::sort(names);
  return names;
}

Json read_text(const fs::path& path, bool bytes) {
  std::string content = read_file(path);
  if (bytes) {
    return to_base64(content);
  }
  if (!is_utf8(content)) {
    throw Error(Code::encoding_invalid, fmt::format("{} is not text in UTF-8", path.string()),
                "bytes = true returns any bytes as base64")
        .with_effect(EffectDone::none);
  }
  return content;
}

Json read_rows(const fs::path& path) {
  std::istringstream lines(read_text(path, /*bytes=*/false).get<std::string>());
  Json rows = Json::array();
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    Json row = Json::array();
    for (std::string word; words >> word;) {
      row.push_back(word);
    }
    if (!row.empty()) {
      rows.push_back(std::move(row));
    }
  }
  return rows;
}

}  // namespace runbook::files
