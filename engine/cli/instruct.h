#pragma once
// Gives an instruction to whoever drives the run, or carries it out here if nobody does.

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>

#include "engine/base/clock.h"
#include "engine/recipe/steering.h"
#include "engine/store/store.h"

namespace runbook {

struct Instructing {
  Clock& clock;
  Store& store;
  std::filesystem::path run_folder;
  /// One sentence, when the driver takes long.
  std::function<void(const std::string&)> notice;
  std::chrono::milliseconds patience{60'000};  ///< with a driver that does not reply
};

struct Instructed {
  std::string sentence;    ///< what was done
  bool by_driver = false;  ///< the run goes on with it
};

/// Durable when it returns. Error as from steer(); Error(Code::run_locked) if the driver does not
/// reply: it may still take it up.
Instructed instruct(const Instructing& with, Instruction instruction);

}  // namespace runbook
