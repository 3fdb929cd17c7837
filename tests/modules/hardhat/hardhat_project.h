#pragma once
// A project whose Hardhat is a shell script: it notes how it was called, and plays what the test
// says the real one did.

#include <stdlib.h>

#include <fstream>

#include "modules/modules.h"
#include "tests/catch.h"
#include "tests/modules/hardhat/fake_chain.h"
#include "tests/modules/hardhat/recorded.h"
#include "tests/modules/recorded_call.h"

namespace runbook::test {

struct HardhatProject : CallFixture {
  explicit HardhatProject(std::filesystem::path program = "/proc/self/exe")
      : CallFixture(hardhat_module(), std::move(program)) {
    hardhat("exit 0");
  }

  /// What it does; before that it writes its arguments to `arguments` and its environment to `env`.
  void hardhat(const std::string& script) const {
    executable("node_modules/.bin/hardhat",
               "#!/bin/sh\nprintf '%s\\n' \"$@\" >arguments\nenv >env\n" + script + "\n");
  }
  void executable(const std::string& name, const std::string& text) const {
    write(name, text);
    std::filesystem::permissions(path(name), std::filesystem::perms::owner_all);
  }
  void write(const std::string& name, const std::string& text) const {
    const std::filesystem::path file = path(name);
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text;
  }
  std::string read(const std::string& name) const {
    return std::filesystem::exists(path(name)) ? read_file(path(name)) : std::string();
  }
  bool was_called() const { return std::filesystem::exists(path("arguments")); }
  /// Prints what Hardhat really printed then.
  std::string as_recorded(const std::string& name, int exit) const {
    write(name + ".out", hardhat::recorded(name + ".out"));
    write(name + ".err", hardhat::recorded(name + ".err"));
    return "cat " + path(name + ".out") + "; cat " + path(name + ".err") + " >&2; exit " +
           std::to_string(exit);
  }
  Error once_error(const std::string& name, const Json& options) {
    try {
      run_once(name, options);
    } catch (const Error& error) {
      return error;
    }
    throw std::runtime_error("it succeeded");
  }
};

}  // namespace runbook::test
