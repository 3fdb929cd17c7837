#pragma once
// devspace and kubectl that answer from cases: the first of the same arguments that was not played
// yet, else the last of them. What they are asked besides makes the test fail.

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "engine/base/file.h"
#include "tests/base/temporary_folder.h"
#include "tests/catch.h"

namespace runbook::test {

inline std::filesystem::path recorded_file(const std::string& name) {
  return std::filesystem::path(__FILE__).parent_path() / "recorded" / name;
}

/// Empty if there is none.
inline std::string recorded_text(const std::string& name) {
  const std::filesystem::path file = recorded_file(name);
  return std::filesystem::exists(file) ? read_file(file) : std::string();
}

class FakeTools {
 public:
  FakeTools() {
    for (const char* tool : {"devspace", "kubectl"}) {
      write(tool, kScript);
      std::filesystem::permissions(folder_.path() / tool, std::filesystem::perms::owner_all);
    }
    const char* path = getenv("PATH");
    path_before_ = path == nullptr ? "" : path;
    setenv("PATH", (folder_.path().string() + ":" + path_before_).c_str(), 1);
  }
  ~FakeTools() { setenv("PATH", path_before_.c_str(), 1); }
  FakeTools(const FakeTools&) = delete;
  FakeTools& operator=(const FakeTools&) = delete;

  /// A recorded case.
  void play(const std::string& name) {
    say(recorded_text(name + ".argv"), recorded_text(name + ".out"), recorded_text(name + ".err"),
        std::stoi(recorded_text(name + ".rc")));
  }
  /// `argv`: one argument a line, the program first.
  void say(const std::string& argv, const std::string& out, const std::string& err = "",
           int status = 0) {
    const std::string name = "case-" + std::to_string(1000 + cases_++);
    write(name + ".argv", argv);
    write(name + ".out", out);
    write(name + ".err", err);
    write(name + ".rc", std::to_string(status));
  }
  /// What no case had, and what no case was asked for.
  std::string unasked() const {
    std::string text = exists("unknown") ? read_file(folder_.path() / "unknown") : std::string();
    for (int i = 0; i < cases_; ++i) {
      const std::string name = "case-" + std::to_string(1000 + i);
      if (!exists(name + ".played")) {
        text += "never asked:\n" + read_file(folder_.path() / (name + ".argv"));
      }
    }
    return text;
  }
  /// The variables of the last call.
  std::string environment() const { return read_file(folder_.path() / "environment"); }

 private:
  static constexpr const char* kScript = R"sh(#!/bin/sh
here=$(dirname "$0")
asked=$(printf '%s\n' "${0##*/}" "$@")
env >"$here/environment"
found=
for argv in "$here"/case-*.argv; do
  [ "$(cat "$argv")" = "$asked" ] || continue
  found=${argv%.argv}
  [ -e "$found.played" ] || break
done
if [ -z "$found" ]; then
  printf 'not known:\n%s\n' "$asked" | tee -a "$here/unknown" >&2
  exit 97
fi
: >"$found.played"
cat "$found.out"
cat "$found.err" >&2
exit "$(cat "$found.rc")"
)sh";

  bool exists(const std::string& name) const {
    return std::filesystem::exists(folder_.path() / name);
  }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_.path() / name) << text;
  }

  TemporaryFolder folder_;
  std::string path_before_;
  int cases_ = 0;
};

}  // namespace runbook::test
