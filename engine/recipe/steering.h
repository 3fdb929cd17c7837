#pragma once
// What a person says about a run from outside: answers, marks, skips, cancels. Checked and turned
// into events in one place, whether the run is driven (through its inbox) or not.

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "engine/base/error.h"
#include "engine/base/secret.h"
#include "engine/journal/run_state.h"

namespace runbook {

struct Instruction {
  enum class Kind { approve, deny, answer, mark_done, mark_failed, skip, cancel };
  Kind kind = Kind::approve;
  std::string run;                  ///< its id: secrets are named by it, and hints name it
  std::string step;                 ///< empty for cancel
  std::string actor;                ///< "user@host"
  std::vector<std::string> groups;  ///< the actor's, for "@group"
  std::string reason;               ///< a comment for approve, deny and answer
  Json answers;                     ///< answer: the typed texts by field
  /// Set on the way to a driver: the file in runs/<id>/answers that has what was typed.
  std::string typed_file;
  Json result;  ///< mark_done, skip: the result that the next lines read
  /// Names the reply that the sender waits for (reply.h).
  std::string reply_to;

  Json to_json() const;
  /// Error(Code::journal_corrupt) for anything else than what to_json() gives.
  static Instruction from_json(const Json& value);
};

/// What an instruction does: events to append, and one sentence for who gave it.
struct Steered {
  std::vector<Event> events;  ///< without sequence and time; none: nothing is left to be done
  std::string sentence;       ///< "Approved go-live."
  /// Name and value of each secret in an answer, or a result instead of one: to be kept in the
  /// run's secret file before the events, which refer to them, are appended.
  std::map<std::string, std::string> secrets;
};

/// `vault` has the secrets of the run that are known here: none of them is in the events, and it
/// gets those of an answer. Nothing else is touched. Error if it cannot be done, naming what was
/// found and what to type: a step that is not there, nothing asked, answered already (by whom),
/// expired, somebody who may not, a field that is missing, unknown or wrong, a step that is acting
/// right now (`driven`), a run that has ended.
Steered steer(const RunState& state, const Instruction& instruction, Timestamp now, bool driven,
              SecretVault& vault);

/// Answers, reason and result may hold secrets, so they never stand in a message: the sender puts
/// them into a file of the run's folder (0600), from which the driver takes them.
void hand_over_typed(Instruction& instruction, const std::filesystem::path& run_folder);
/// Returns the file. To be removed when what was said is durable, not before: it is the only copy.
std::filesystem::path take_typed(Instruction& instruction, const std::filesystem::path& run_folder);
/// Removes those files that nobody comes for any more: the old ones, or all.
void remove_typed_files(const std::filesystem::path& run_folder, Timestamp now, bool all);

}  // namespace runbook
