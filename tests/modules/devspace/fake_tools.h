#pragma once
// devspace and kubectl on PATH, as recorded.

#include <filesystem>
#include <string>
#include <vector>

#include "engine/base/file.h"
#include "tests/catch.h"
#include "tests/fakes/fake_tool.h"

namespace runbook::test {

inline std::filesystem::path recorded_folder() {
  return std::filesystem::path(__FILE__).parent_path() / "recorded";
}

/// Empty if there is no such file.
inline std::string recorded_text(const std::string& name) {
  const std::filesystem::path file = recorded_folder() / name;
  return std::filesystem::exists(file) ? read_file(file) : std::string();
}

/// The arguments of a recorded case.
inline std::vector<std::string> recorded_arguments(const std::string& name) {
  std::vector<std::string> arguments;
  const std::string text = recorded_text(name + ".argv");
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    arguments.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return arguments;
}

struct FakeTools {
  FakeTool devspace{"devspace", recorded_folder()};
  FakeTool kubectl{"kubectl", recorded_folder()};

  /// Of the releases, as kubectl prints them: `name TAB revision TAB status` lines.
  void releases(const std::string& lines) {
    kubectl.play("releases-" + std::to_string(++answers_),
                 recorded_arguments("kubectl-unreachable"), lines);
  }
  /// What devspace prints of the recorded case `asked`, and how it ends, is another's.
  void answer(const std::string& asked, const std::string& answered, int exit) {
    devspace.play(answered + std::to_string(++answers_), recorded_arguments(asked),
                  recorded_text(answered + ".out"), recorded_text(answered + ".err"), exit);
  }

 private:
  int answers_ = 0;
};

}  // namespace runbook::test
