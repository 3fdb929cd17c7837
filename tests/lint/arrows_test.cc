// Who may include whom. An arrow reaches all that its end reaches.
#include <map>
#include <set>

#include "tests/catch.h"
#include "tests/lint/tree.h"

using namespace runbook::lint;

namespace {

using Folders = std::set<std::string>;

const std::map<std::string, Folders> kArrows = {
    {"base", {}},
    {"io", {"base"}},
    {"store", {"base"}},
    {"journal", {"store", "io", "base"}},
    {"step", {"journal", "io", "base"}},
    {"lua", {"step", "io", "base"}},
    {"service", {"io", "base"}},
    {"recipe", {"lua", "service", "base"}},
    {"view", {"journal", "base"}},
    {"cli", {"recipe", "view", "service", "worker", "web"}},
    {"web", {"view", "journal", "io"}},
    {"worker", {"recipe", "store", "io"}},
};

/// Third-party libraries whose headers are heavy or whose use is one folder's business.
const std::map<std::string, Folders> kLibraries = {
    {"<CLI/", {"engine/cli"}},
    {"<yaml-cpp/", {"engine/base"}},
    {"<toml++/", {"modules/chainlink", "modules/toml"}},
    {"<kainjow/", {"modules/template"}},
    {"<spdlog/", {"engine/base"}},
    {"<sqlite3", {"engine/store"}},
    {"<curl/", {"engine/io"}},
    {"<openssl/", {"engine/base", "engine/io", "modules/crypto", "modules/eth"}},
    {"<secp256k1", {"modules/eth"}},
    {"<lua.hpp", {"engine/lua", "engine/recipe"}},
    {"<luajit", {"engine/lua"}},
    {"<boost/process", {"engine/io"}},
    {"<boost/multiprecision", {"engine/base"}},
    {"<boost/beast", {"engine/web"}},
};

Folders reach(const std::string& folder) {
  Folders reached = {folder};
  for (const std::string& next : kArrows.at(folder)) {
    reached.merge(reach(next));
  }
  return reached;
}

/// What is included, with quotes or angles: "engine/base/error.h" without its quotes, <string>
/// with.
std::vector<std::string> includes_of(const File& file) {
  std::vector<std::string> includes;
  for (const std::string& line : split(file.text, '\n')) {
    if (line.starts_with("#include \"")) {
      includes.push_back(line.substr(10, line.rfind('"') - 10));
    } else if (line.starts_with("#include <")) {
      includes.push_back(line.substr(9));
    }
  }
  return includes;
}

/// "base" of "engine/base/error.h"; empty for files beside the folders.
std::string second_level(const std::string& path) {
  const auto parts = split(path, '/');
  return parts.size() > 2 ? parts[1] : "";
}

bool may_module_include(const std::string& module, const std::string& included) {
  static const Folders kDeclaring = {"engine/lua/module.h",  "engine/step/effect.h",
                                     "engine/store/store.h", "engine/service/service.h",
                                     "modules/modules.h",    "modules/tool.h"};
  return kDeclaring.contains(included) || included.starts_with("engine/base/") ||
         included.starts_with("engine/io/") || included.starts_with("modules/" + module + "/");
}

}  // namespace

TEST_CASE("Every engine folder has its arrows, and follows them", "[lint]") {
  std::vector<std::string> complaints;
  for (const File& file : all_files()) {
    const std::string folder = second_level(file.path);
    if (!file.path.starts_with("engine/") || !is_cpp(file) || folder.empty()) {
      continue;
    }
    if (!kArrows.contains(folder)) {
      complaints.push_back(file.path + ": engine/" + folder + " has no row in kArrows");
      continue;
    }
    const Folders allowed = reach(folder);
    for (const std::string& included : includes_of(file)) {
      if (included.starts_with("modules/") || included.starts_with("tests/") ||
          (included.starts_with("engine/") && !allowed.contains(second_level(included)))) {
        complaints.push_back(file.path + " includes " + included);
      }
    }
  }
  expect_none(complaints);
}

TEST_CASE("Modules include what declares a primitive, and never each other", "[lint]") {
  std::vector<std::string> complaints;
  for (const File& file : all_files()) {
    const std::string module = second_level(file.path);
    if (!file.path.starts_with("modules/") || !is_cpp(file) || module.empty()) {
      continue;
    }
    for (const std::string& included : includes_of(file)) {
      const bool ours = !included.starts_with('<');
      if (ours && !may_module_include(module, included)) {
        complaints.push_back(file.path + " includes " + included);
      }
    }
  }
  expect_none(complaints);
}

TEST_CASE("Includes are rooted at the repository", "[lint]") {
  std::vector<std::string> complaints;
  for (const File& file : all_files()) {
    for (const std::string& included :
         is_cpp(file) ? includes_of(file) : std::vector<std::string>()) {
      const bool rooted = included.starts_with('<') || included.starts_with("engine/") ||
                          included.starts_with("modules/") || included.starts_with("tests/");
      if (!rooted) {
        complaints.push_back(file.path + " includes " + included);
      }
    }
  }
  expect_none(complaints);
}

TEST_CASE("A third-party library is known to the folder that wraps it", "[lint]") {
  std::vector<std::string> complaints;
  for (const File& file : all_files()) {
    const bool host = file.path.starts_with("engine/") || file.path.starts_with("modules/");
    if (!host || !is_cpp(file)) {
      continue;
    }
    for (const std::string& included : includes_of(file)) {
      for (const auto& [prefix, folders] : kLibraries) {
        if (included.starts_with(prefix) && !folders.contains(folder_of(file.path))) {
          complaints.push_back(file.path + " includes " + included);
        }
      }
    }
  }
  expect_none(complaints);
}

TEST_CASE("Headers say #pragma once and what they are for", "[lint]") {
  std::vector<std::string> complaints;
  for (const File& file : all_files()) {
    if (!file.path.ends_with(".h")) {
      continue;
    }
    const auto lines = split(file.text, '\n');
    if (lines[0] != "#pragma once" || lines.size() < 2 || !lines[1].starts_with("//")) {
      complaints.push_back(file.path + ": begin with #pragma once and a line of purpose");
    }
  }
  expect_none(complaints);
}
