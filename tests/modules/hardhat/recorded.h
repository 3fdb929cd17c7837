#pragma once
// What Hardhat 2.29.1 with hardhat-deploy 1.0.4 and Ignition 0.15.16 really wrote: recorded/, with
// other paths and without stacks.

#include <string>

#include "engine/base/file.h"
#include "modules/hardhat/diagnosis.h"

namespace runbook::hardhat {

inline std::string recorded(const std::string& file) {
  const std::filesystem::path path =
      std::filesystem::path(__FILE__).parent_path() / "recorded" / file;
  return std::filesystem::exists(path) ? read_file(path) : std::string();
}

/// The error of a task that ended so.
inline Error diagnosed(const std::string& name, const std::string& task = "deploy",
                       const std::string& network = "localhost") {
  return diagnose({.task = task,
                   .network = network,
                   .cwd = "/project",
                   .out = recorded(name + ".out"),
                   .err = recorded(name + ".err"),
                   .exit = 1});
}

}  // namespace runbook::hardhat
