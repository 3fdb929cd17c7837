#pragma once
// What went wrong, from what Hardhat printed: its codes (HH8, HH108 …) and the messages of
// hardhat-deploy, as sentences of ours.

#include <optional>
#include <string>
#include <string_view>

#include "engine/base/error.h"

namespace runbook::hardhat {

struct Failure {
  std::string task;     ///< "deploy", "compile" …
  std::string network;  ///< empty = not said
  std::string cwd;
  std::string out, err;
  int exit = 0;
};

/// Effect none: a task that exited has ended, and those that failed can be tried again.
Error diagnose(const Failure& failure);

/// True of a line of its output, with the codes of a terminal, in which it begins to ask.
bool begins_question(std::string_view line);
/// The question that Hardhat asked, if it did: with an empty stdin it then exits 0, and nothing has
/// happened.
std::optional<std::string> asked_question(const std::string& out);

}  // namespace runbook::hardhat
