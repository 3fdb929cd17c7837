#pragma once
// The options of a step (design §5), checked.

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/error.h"
#include "engine/io/task.h"
#include "engine/step/effect.h"

namespace runbook {

/// retry = 3 | { attempts=, initial="1s", max="1m", factor=2, jitter=true, on={"RB0613"} }.
/// `attempts` counts all of them.
struct RetryPolicy {
  int attempts = 1;
  std::chrono::milliseconds initial{1'000};
  std::chrono::milliseconds max{60'000};
  double factor = 2;
  bool jitter = true;
  std::vector<Code> on;  ///< if not empty, exactly these are retried; else what is marked transient

  bool covers(const Error& error) const;
  /// The wait after failed attempt number `failed` (1 = the first) of this session; jitter draws
  /// from [1/2, 1] of it.
  std::chrono::milliseconds delay(int failed) const;
};

enum class OnUnknown { ask, rerun, fail };

struct Scope;
/// A step's own probe: receives [{primitive, arguments, intent, result?}] in order.
using StepProbe = std::function<Task<Outcome>(Scope& scope, Json intents)>;

/// undo = fn(result): takes back what the step did. Receives its recorded result.
using StepUndo = std::function<Task<Json>(Scope& scope, RawJson result)>;

struct StepOptions {
  RetryPolicy retry;
  std::optional<std::chrono::milliseconds> timeout;
  bool idempotent = false;
  bool reads = false;
  OnUnknown on_unknown = OnUnknown::ask;
  std::string renamed_from;  ///< a name, in the prefix of the step
  Json inputs;               ///< fingerprinted for drift; null if none
  StepProbe probe;           ///< empty if none
  StepUndo undo;             ///< empty if none
};

/// Reads the data part of an option table. Unknown options, wrong types: Error(Code::option_unknown
/// | option_invalid) naming the option and the nearest known one. `also` lists further allowed
/// names (key, jobs … of each).
StepOptions read_step_options(const Json& options, const std::vector<std::string_view>& also = {});

}  // namespace runbook
