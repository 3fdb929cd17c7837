#pragma once
// What a person says about a run from outside: answers, marks, skips, cancels. Checked and turned
// into events in one place, whether the run is driven (through its inbox) or not.

#include <string>
#include <vector>

#include "engine/base/error.h"
#include "engine/journal/run_state.h"

namespace runbook {

struct Instruction {
  enum class Kind { approve, deny, answer, mark_done, mark_failed, skip, cancel };
  Kind kind = Kind::approve;
  std::string step;                 ///< empty for cancel
  std::string actor;                ///< "user@host"
  std::vector<std::string> groups;  ///< the actor's, for "@group"
  std::string reason;               ///< a comment for approve, deny and answer
  Json answers;                     ///< answer: the typed texts by field
  Json result;                      ///< mark_done, skip: the result that the next lines read
  /// The inbox where the sender waits for { ok, sentence | error }.
  std::string reply_to;

  Json to_json() const;
  /// Error(Code::journal_corrupt) for anything else than what to_json() gives.
  static Instruction from_json(const Json& value);
};

/// What an instruction does: events to append, and one sentence for who gave it.
struct Steered {
  std::vector<Event> events;  ///< without sequence and time
  std::string sentence;       ///< "Approved go-live."
};

/// Pure. Error if it cannot be done, naming what was found and what to type: a step that is not
/// there, nothing asked, answered already (by whom), expired, somebody who may not, a field that is
/// missing, unknown or wrong, a step that is acting right now (`driven`), a run that has ended.
Steered steer(const RunState& state, const Instruction& instruction, Timestamp now, bool driven);

}  // namespace runbook
