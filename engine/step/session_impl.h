#pragma once
// What the files of the step engine share of a Session. Included by them only.

#include <exception>
#include <map>
#include <memory>
#include <string>
#include <unordered_set>

#include "engine/base/duration.h"
#include "engine/step/session.h"

namespace runbook {

/// Who waits, and where. Shared: a coroutine that is dropped with the loop outlives the session.
struct Session::People {
  /// Registers what steered() ends.
  class Waiting {
   public:
    Waiting(std::shared_ptr<People> people, const std::string& path, CancelPtr node);
    ~Waiting();
    Waiting(const Waiting&) = delete;
    Waiting& operator=(const Waiting&) = delete;

   private:
    std::shared_ptr<People> people_;
    std::multimap<std::string, CancelPtr>::iterator position_;
  };
  /// While one lives, one line of control waits for a person.
  class Parked {
   public:
    explicit Parked(std::shared_ptr<People> people) : people_(std::move(people)) {
      ++people_->parked;
    }
    ~Parked() { --people_->parked; }
    Parked(const Parked&) = delete;
    Parked& operator=(const Parked&) = delete;

   private:
    std::shared_ptr<People> people_;
  };

  std::multimap<std::string, CancelPtr> waiting;  ///< by step
  std::size_t threads = 1;  ///< lines of control: the recipe's, or the workers of a fan-out instead
  std::size_t parked = 0;
};

/// The step was ended by hand while its attempt waited. Never leaves the attempt.
struct EndedByHand : std::exception {
  const char* what() const noexcept override { return "ended by hand"; }
};

struct Session::Impl {
  Impl(Loop& l, Journal& j, SecretVault& v, const Redactor& redactor, SessionSettings s)
      : loop(l),
        journal(j),
        vault(v),
        settings(std::move(s)),
        ready(l),
        logs(settings.run_folder.empty() ? std::filesystem::path{} : settings.run_folder / "logs",
             redactor, l.clock()) {
    view.resumed = settings.resumed;
    view.accept_new = settings.accept_new;
    root = Scope{.path = {}, .attempt = &top, .cancel = Cancel::root(), .mode = Mode::act};
  }

  Loop& loop;
  Journal& journal;
  SecretVault& vault;
  SessionSettings settings;
  SessionView view;
  Attempt top;
  Scope root;
  Drift drift;
  // The gate before the first action of a resumed session.
  enum class Readiness { waiting, preparing, ready } readiness = Readiness::waiting;
  Latch ready;
  std::exception_ptr not_ready;
  std::chrono::steady_clock::time_point last_breath{};
  // With collect_undos: what was found, and the paths under which there is something to find.
  std::map<std::string, StepUndo> undos;
  std::unordered_set<std::string> above_undos;
  StepLogs logs;
  const std::shared_ptr<People> people = std::make_shared<People>();
};

}  // namespace runbook
