#pragma once
// What ends a session without being an error of the recipe: the body's coroutine is dropped, so no
// pcall can swallow it.

#include <exception>
#include <string>
#include <utility>

#include "engine/base/error.h"
#include "engine/journal/event.h"

namespace runbook {

/// The session must end: an outcome nobody can tell (phase unknown, exit 11), a choice that is a
/// person's (interrupted, exit 12), a journal that cannot be written (exit 50). `error.code`
/// decides the exit.
struct SessionStop : std::exception {
  RunPhase phase;
  Error error;
  SessionStop(RunPhase end, Error why) : phase(end), error(std::move(why)) {}
  const char* what() const noexcept override { return error.what(); }
};

/// A once call ended without a known outcome: the attempt is cut short and its calls are examined.
/// Never leaves a step.
struct CutShort : std::exception {
  Error error;
  explicit CutShort(Error why) : error(std::move(why)) {}
  const char* what() const noexcept override { return error.what(); }
};

/// skip(reason): the innermost step ends as skipped. Never leaves a step.
struct Skipped : std::exception {
  std::string reason;
  explicit Skipped(std::string why) : reason(std::move(why)) {}
  const char* what() const noexcept override { return "skipped"; }
};

/// The item lies in a failed each/parallel that the recipe handled: it does not start. Never leaves
/// a fan-out.
struct Withheld : std::exception {
  const char* what() const noexcept override { return "withheld"; }
};

/// Nothing is executed in this session, and the record of the request has no end: the recipe is
/// left where its record ends.
struct RecordEnds : std::exception {
  const char* what() const noexcept override { return "the record ends"; }
};

}  // namespace runbook
