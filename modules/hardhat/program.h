#pragma once
// Hardhat as a recipe asked for it: the options that all primitives share, and the program itself,
// node_modules/.bin/hardhat of the project, never one that npx downloads.

#include <chrono>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "engine/lua/module.h"
#include "modules/tool.h"

namespace runbook::hardhat {

extern const Option kCwdOption, kNetworkOption, kConfigOption, kEnvOption, kTimeoutOption;

using tool::Ran;

struct Program {
  std::vector<std::string> argv;
  std::string name;  ///< for errors: "compile"
  std::vector<std::pair<std::string, std::string>> env{};
  bool is_logged = true;
};

/// The folder of hardhat.config.
std::filesystem::path project_of(Call& call);
/// Its node_modules/.bin/hardhat, or that of a folder above. Error(Code::hardhat_missing).
std::string hardhat_of(Call& call);

/// Variables added to those that are inherited, and others taken from them.
/// Error(Code::option_invalid): DOTENV_CONFIG_PATH, or a value that is no text.
void set_environment(Call& call, ProcessSpec& spec);

/// `hardhat [--network N] [--config F] TASK…`. A failure is the error that Hardhat's words mean, a
/// question that it asked is one too.
Task<Ran> run_task(Call& call, std::vector<std::string> task);
/// Any program of the project in the same environment, with nothing on stdin.
Task<Ran> run_program(Call& call, Program program);

}  // namespace runbook::hardhat
