// The shape of the tree: names, READMEs, sizes, and what must not be in it.
#include "tests/lint/tree.h"

#include <algorithm>
#include <array>
#include <set>

#include "tests/catch.h"

using namespace runbook::lint;

namespace {

constexpr std::size_t kLongFile = 400;

bool is_source(const File& file) {
  return is_cpp(file) || file.path.ends_with(".lua") || file.path.ends_with(".sh") ||
         file.path.ends_with(".cmake") || file.path.ends_with("CMakeLists.txt");
}

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/// The words of a file name: "child_process.cc" → child, process, cc.
std::vector<std::string> words(const std::string& name) {
  std::vector<std::string> result(1);
  for (const char c : name) {
    if (is_word(c) && c != '_') {
      result.back() += c;
    } else {
      result.emplace_back();
    }
  }
  return result;
}

/// Lines that hold `text` not preceded by a letter, digit or one of ._-
std::vector<std::string> lines_with(const std::string& text) {
  std::vector<std::string> found;
  for (const File& file : all_files()) {
    for (auto at = file.text.find(text); at != std::string::npos;
         at = file.text.find(text, at + 1)) {
      const char before = at == 0 ? ' ' : file.text[at - 1];
      if (!is_word(before) && before != '.' && before != '-') {
        const auto line = std::count(file.text.begin(),
                                     file.text.begin() + static_cast<std::ptrdiff_t>(at), '\n');
        found.push_back(file.path + ":" + std::to_string(line + 1) + " mentions " + text);
      }
    }
  }
  return found;
}

void expect_nowhere(const std::vector<std::string>& texts) {
  std::vector<std::string> complaints;
  for (const std::string& text : texts) {
    for (const std::string& line : lines_with(text)) {
      complaints.push_back(line);
    }
  }
  expect_none(complaints);
}

/// The comment a file begins with.
std::string opening(const File& file) {
  std::string comment;
  for (const std::string& line : split(file.text, '\n')) {
    const bool is_comment =
        line.starts_with("//") || line.starts_with("#") || line.starts_with("--");
    if (!is_comment) {
      break;
    }
    comment += line + "\n";
  }
  return comment;
}

}  // namespace

TEST_CASE("No file or folder has a name that says nothing", "[lint]") {
  const std::set<std::string> empty = {"util",    "utils",   "common", "helper",
                                       "helpers", "manager", "misc"};
  std::vector<std::string> complaints;
  for (const File& file : all_files()) {
    for (const std::string& part : split(file.path, '/')) {
      if (std::ranges::any_of(words(part),
                              [&](const auto& word) { return empty.contains(word); })) {
        complaints.push_back(file.path);
      }
    }
  }
  expect_none(complaints);
}

TEST_CASE("The top of the tree is fixed", "[lint]") {
  const std::set<std::string> known = {"CMakeLists.txt", "engine",       "stdlib",
                                       "recipes",        "modules",      "examples",
                                       "tests",          "README.md",    "LICENSE",
                                       "vcpkg.json",     "package.json", "debian-packages.txt"};
  std::set<std::string> complaints;
  for (const File& file : all_files()) {
    const std::string top = split(file.path, '/').front();
    if (!known.contains(top) && !top.starts_with('.')) {
      complaints.insert(top);
    }
  }
  expect_none({complaints.begin(), complaints.end()});
}

TEST_CASE("Each folder says what it is for", "[lint]") {
  std::set<std::string> wanted = {"engine", "modules", "stdlib", "examples", "recipes", "tests"};
  std::set<std::string> present;
  for (const File& file : all_files()) {
    const auto parts = split(file.path, '/');
    const bool listed = parts[0] == "engine" || parts[0] == "modules" || parts[0] == "recipes";
    if (listed && parts.size() > 2) {
      wanted.insert(parts[0] + "/" + parts[1]);
    }
    if (parts.back() == "README.md") {
      present.insert(folder_of(file.path));
    }
  }
  std::vector<std::string> complaints;
  for (const std::string& folder : wanted) {
    if (!present.contains(folder)) {
      complaints.push_back(folder + " has no README.md");
    }
  }
  expect_none(complaints);
}

TEST_CASE("A file of more than 400 lines says at its top why it is long", "[lint]") {
  std::vector<std::string> complaints;
  for (const File& file : all_files()) {
    const auto lines = std::ranges::count(file.text, '\n');
    const bool too_long = is_source(file) && static_cast<std::size_t>(lines) > kLongFile;
    const std::string comment = opening(file);
    if (too_long && comment.find("long") == std::string::npos &&
        comment.find("Long") == std::string::npos) {
      complaints.push_back(file.path + " has " + std::to_string(lines) + " lines");
    }
  }
  expect_none(complaints);
}

TEST_CASE("Time and randomness come through the clock and id.h", "[lint]") {
  std::vector<std::string> complaints;
  const std::set<std::string> allowed = {"engine/base/clock.cc", "engine/base/id.cc"};
  for (const File& file : all_files()) {
    const bool host = file.path.starts_with("engine/") || file.path.starts_with("modules/");
    if (!host || !is_cpp(file) || allowed.contains(file.path)) {
      continue;
    }
    for (const char* source : {"system_clock::", "random_device", "mt19937", "std::rand(",
                               "getrandom(", "gettimeofday(", "std::time(", "CLOCK_REALTIME"}) {
      if (file.text.find(source) != std::string::npos) {
        complaints.push_back(file.path + " uses " + source);
      }
    }
  }
  expect_none(complaints);
}

TEST_CASE("Sources use none of what the style refuses", "[lint]") {
  std::vector<std::string> complaints;
  for (const File& file : all_files()) {
    if (!is_cpp(file) || file.path.starts_with("tests/lint/")) {
      continue;
    }
    for (const char* refused : {"std::regex", "NOLINT", "TODO", "FIXME", "using namespace std;",
                                "std::format(", "std::expected<"}) {
      if (file.text.find(refused) != std::string::npos) {
        complaints.push_back(file.path + " has " + refused);
      }
    }
  }
  expect_none(complaints);
}

TEST_CASE("The tree knows nothing of the machine it was written on", "[lint]") {
  // Put together, so that this file does not mention them either.
  const std::string slash = "/";
  expect_nowhere({slash + "work" + slash + "main", slash + "work" + slash + "shared",
                  std::string("..") + slash + "shared", slash + "root" + slash,
                  slash + "tmp" + slash + "brief"});
}

TEST_CASE("The tree names no package registry", "[lint]") {
  const std::string dot = ".";
  expect_nowhere({"registry" + dot + "npmjs", "registry" + dot + "yarnpkg", "pypi" + dot + "org",
                  "crates" + dot + "io", "deb" + dot + "debian" + dot + "org",
                  "proxy" + dot + "golang" + dot + "org", "\"resolved\": \"http"});
}

TEST_CASE("Text ends with a newline and has no carriage returns or tabs in C++", "[lint]") {
  std::vector<std::string> complaints;
  for (const File& file : all_files()) {
    if (!is_source(file) && !file.path.ends_with(".md")) {
      continue;
    }
    if (!file.text.empty() && !file.text.ends_with('\n')) {
      complaints.push_back(file.path + " does not end with a newline");
    }
    if (file.text.find('\r') != std::string::npos ||
        (is_cpp(file) && file.text.find('\t') != std::string::npos)) {
      complaints.push_back(file.path + " has a carriage return or a tab");
    }
  }
  expect_none(complaints);
}
