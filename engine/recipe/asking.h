#pragma once
// What a session asks of people: its questions, the yes before each step (--step), what to do with
// a step of unknown outcome. At the terminal, one question at a time, unless a flag of the command
// line has answered it; whoever answers from elsewhere comes in through take().

#include <map>
#include <optional>
#include <set>
#include <string>

#include "engine/recipe/endings.h"
#include "engine/recipe/prompts.h"
#include "engine/recipe/steering.h"

namespace runbook {

class Asking {
 public:
  /// Gives the session its hooks. All must outlive the loop's last turn. REQUIRES: itself destroyed
  /// after the loop, which may hold coroutines of it.
  Asking(EngineParts& parts, Shown& shown, const RunOptions& options);
  Asking(const Asking&) = delete;
  Asking& operator=(const Asking&) = delete;

  /// Does what the instruction says, and lets go on what waited for it: the sentence for who gave
  /// it. Error if that cannot be done; then nothing has happened.
  std::string take(const Instruction& instruction);

  /// The loop is idle: if nothing but people could go on with the run and nobody is being asked,
  /// the session is stopped.
  void on_idle();
  /// How the session ends, if it was stopped from here.
  const std::optional<SessionEnding>& ending() const { return ending_; }

  /// The recipe is over; nothing acts any more.
  void recipe_is_over() { driven_ = false; }
  enum class Decision { none, settled, rerun };
  /// What the operator decides of a step of unknown outcome; settled: it is recorded.
  Task<Decision> decide_unknown(Error unknown);
  /// Tells of flags that are for no question of the run.
  void report_unused_flags();
  /// Error(step_not_found) if the run never came to what --until names.
  std::optional<Error> missed_until() const;

 private:
  /// While one lives, somebody is being asked, or is about to be.
  class Busy {
   public:
    explicit Busy(Asking& asking) : asking_(asking) { ++asking_.busy_; }
    ~Busy() { --asking_.busy_; }
    Busy(const Busy&) = delete;
    Busy& operator=(const Busy&) = delete;

   private:
    Asking& asking_;
  };
  /// The terminal belongs to one question; take() withdraws it through its node.
  class Floor {
   public:
    Floor(Asking& asking, const std::string& step, const CancelPtr& cancel);
    ~Floor();
    Floor(const Floor&) = delete;
    Floor& operator=(const Floor&) = delete;
    const CancelPtr& node() const { return node_; }

   private:
    Asking& asking_;
    CancelPtr node_;
    std::multimap<std::string, CancelPtr>::iterator position_;
  };

  Task<void> ask(const std::string& path, CancelPtr cancel);
  Task<void> before_attempt(std::string path, Kind kind, CancelPtr cancel);
  bool answered_by_flags(const std::string& path, const Question& question);
  Json answers_by_flags(const std::string& path);
  Task<void> ask_verdict(std::string path, CancelPtr cancel);
  Task<void> ask_fields(std::string path, Json answers, CancelPtr cancel);
  Task<std::optional<std::string>> ask_field(std::string path, Parameter field, bool first,
                                             CancelPtr cancel);
  Task<std::optional<std::string>> prompt(Prompt prompt, CancelPtr cancel);
  Task<void> confirm(std::string path, Kind kind, CancelPtr cancel);
  Task<std::optional<Json>> ask_result(std::string path, CancelPtr cancel);
  bool try_take(const Instruction& instruction);
  Instruction instruction(Instruction::Kind kind, const std::string& path) const;
  bool is_past_until(const std::string& path) const;
  void stop(SessionEnding ending, StopLevel level);

  EngineParts& parts_;
  Shown& shown_;
  const RunOptions& options_;
  bool driven_ = true;  ///< the recipe runs: steps may be acting
  int busy_ = 0;        ///< what asks right now, or is about to
  bool floor_taken_ = false;
  Latch floor_free_;
  std::multimap<std::string, CancelPtr> asked_;  ///< what is being asked at the terminal, by step
  bool confirm_ = false;                         ///< --step, and not "all"
  bool until_reached_ = false;
  std::set<std::string> confirmed_;
  std::optional<SessionEnding> ending_;
};

}  // namespace runbook
