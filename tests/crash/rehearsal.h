#pragma once
// One run of a recipe through as many sessions as it takes, with an operator who resumes it and
// settles what is unknown by looking at the world.

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/recipe/runner.h"
#include "tests/base/temporary_folder.h"
#include "tests/crash/world.h"
#include "tests/store/forgetful_vfs.h"

namespace runbook {

struct Recipe {
  std::string name;
  std::filesystem::path file;
  std::vector<std::string> parameters;
  std::vector<std::string> approve, answers;  ///< flags that answer its questions
  std::string ledger;                         ///< a file whose lines are effects of child processes
  bool is_steady = true;                      ///< results and attachments are the same in every run
};

/// What is left when a run has ended: compared between a run that was never cut and one that was.
struct Ending {
  RunPhase phase = RunPhase::running;
  int exit = 0;
  std::string error;
  std::string outputs;
  Json state;
  std::map<std::string, std::string> steps;  ///< "ok {result}" or "failed RB1212 message", by path
  std::multiset<std::string> notes;
  std::set<std::string> attachments;
  std::map<std::string, int> effects;  ///< of once calls, by family
  std::set<std::string> sets;          ///< names of idempotent effects that happened
};

/// The once calls that a step made in a run that was not cut: what an operator would do by hand.
struct Reference {
  Ending ending;
  RunState state;
  std::uint64_t effects = 0;  ///< of its first session
  Sequence events = 0;        ///< of its first session
};

class Rehearsal {
 public:
  enum class Disk { memory, sqlite };
  /// `reference` is null while it is being made. All must outlive it.
  Rehearsal(const Recipe& recipe, const Reference* reference, Disk disk = Disk::memory);
  ~Rehearsal();

  /// One session with power until `cut`, whose events are counted from the session's first. The
  /// first session starts the run.
  RunReport session(const Cut& cut);
  /// Goes on until the run has ended for good, or failed with the world mended. Throws
  /// std::runtime_error if that does not come to an end or an event that was shown is missing.
  Ending to_end();
  /// Does for the run what an operator does after the last session: false if there is nothing to do
  /// but accept it.
  bool settle();
  bool was_cut() const { return was_cut_; }  ///< the last session
  /// From now on the operator types cancel or undo instead of resume; what resume goes on with by
  /// itself (a recorded cancel) is resumed.
  void turn_to(Purpose purpose) { purpose_ = purpose; }
  /// The operator says something between two sessions.
  void operate(const std::function<std::vector<Event>(const RunState&)>& word);
  /// Every session is given --cancel-on-failure.
  void cancel_on_failure() { cancels_on_failure_ = true; }

  Sequence head();  ///< 0 before the first session
  RunState state();
  Ending ending();
  std::string history() const;  ///< what happened, for the message of a failed test
  std::uint64_t effects() const { return world_.effects(); }

 private:
  RunReport drive_on(const Cut& cut);
  RunReport drive_on_disk(const Cut& cut);
  RunReport drive_with(Store& store, const Cut& cut);
  void check_acknowledged();
  void answer_questions();
  void settle_unknown(const std::string& step);
  void finish_by_hand(const std::string& step);

  const Recipe& recipe_;
  const Reference* reference_;
  TemporaryFolder folder_;
  Power power_;
  World world_;
  std::optional<ForgetfulVfs> disk_;  ///< with Disk::sqlite
  std::unique_ptr<Store> store_;
  SystemClock clock_;
  std::string run_;
  std::vector<std::string> rerun_;
  bool has_denied_ = false;  ///< what is "denied at first"
  bool was_cut_ = false;
  Purpose purpose_ = Purpose::run;
  bool cancels_on_failure_ = false;
  int sessions_ = 0;
  std::vector<std::pair<Sequence, std::string>> acknowledged_;
  std::optional<RunReport> last_;
  std::vector<std::string> history_;
};

/// `world` and every module that needs nothing but this process and its children.
std::vector<Module> modules_of_tests();
/// A run with these cuts, one a session, and then to its end.
struct Trial {
  std::string wrong;    ///< how it was and what is wrong with its end; empty if nothing is
  bool reached = true;  ///< the last cut came
};
Trial try_cuts(const Recipe& recipe, const Reference& reference, const std::vector<Cut>& cuts,
               Rehearsal::Disk disk = Rehearsal::Disk::memory);

/// Runs the recipe to its end without a cut.
Reference make_reference(const Recipe& recipe);
/// What differs, empty if nothing does.
std::string difference(const Ending& expected, const Ending& found);

}  // namespace runbook
