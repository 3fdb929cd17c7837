#pragma once
// What the files of the step engine share of a Session. Included by them only.

#include <exception>
#include <memory>
#include <string>

#include "engine/base/duration.h"
#include "engine/step/session.h"

namespace runbook {

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
  StepLogs logs;
};

}  // namespace runbook
