// One session, top to bottom: the run is opened, the parts of the engine are put together
// (assembly.cc), the recipe is driven to its end, and that is reported. Or the run is: a cancel and
// an undo follow its record to where that ends.

#include "engine/recipe/runner.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include <lua.hpp>

#include "engine/base/path.h"
#include "engine/journal/undo_order.h"
#include "engine/recipe/cancelling.h"
#include "engine/recipe/drive.h"
#include "engine/recipe/run_services.h"
#include "engine/recipe/session_record.h"
#include "engine/recipe/undoing.h"

namespace runbook {
namespace {

/// The session could not go on, or not even begin.
void report_failure(RunReport& report, const Error& error) {
  report.exit = code_info(error.code).exit == 1 ? 3 : code_info(error.code).exit;
  report.error = error;
}

}  // namespace

lua::Ref Drive::recipe_chunk() {
  lua_State* L = parts_->state.main();
  loader_->push_recipe(L);
  lua::Ref chunk(L, L, -1);
  lua_pop(L, 1);
  return chunk;
}

// A resumed run that had nothing left to do: what it is about to call done must still be there.
// Once a `finally` began to tear down, it need not.
bool Drive::gives_results_unseen() const {
  const RunState& state = parts_->journal.state();
  return run_->resumed && !globals_->targets().empty() && parts_->session.replaying() &&
         std::ranges::none_of(state.steps,
                              [](const StepState& step) { return is_under(step.path, "finally"); });
}

// What is wrong there is no failure of the recipe.
Task<void> Drive::look_again() {
  std::optional<Error> failure;  // a coroutine cannot wait inside a handler
  try {
    co_await find_services_again(*parts_);
    co_await check_targets();
  } catch (const Error& error) {
    failure = error;
  }
  if (failure) {
    throw SessionStop(RunPhase::failed, *failure);
  }
}

Task<void> Drive::run_recipe() {
  const lua::Ref chunk = recipe_chunk();
  try {
    co_await parts_->scheduler.run(chunk, parts_->session.root(), {}, {});
    if (gives_results_unseen()) {
      co_await look_again();
    }
    co_await parts_->session.settle_all(Session::Settle::before_finally);
  } catch (const Error& error) {
    ending_ = failed(error, parts_->journal.state());
  }
}

// To where the record ends, or the recipe by itself. An error is the recipe's own: what looks
// outside stops the session instead (Globals::look).
Task<void> Drive::replay_record() {
  if (run_->recorded.empty()) {
    co_return;  // nothing was loaded before it died
  }
  const lua::Ref chunk = recipe_chunk();
  try {
    co_await parts_->scheduler.run(chunk, parts_->session.root(), {}, {});
  } catch (const RecordEnds&) {
    co_return;
  } catch (const Error&) {
    co_return;
  }
}

// Nothing that it started may act while this one does.
Task<void> Drive::wait_for_dead_session() {
  std::function<void(const std::string&)> waiting = [this](const std::string& holder) {
    shown_.notice("waiting: " + holder);
  };
  std::filesystem::path children = parts_->run_folder / "children.lock";
  co_await wait_for_children(parts_->loop, children, waiting, parts_->session.root().cancel);
}

void Drive::start() {
  record_start(*parts_, *run_, options_, inputs_);
  started_ = true;
}

/// Once what lay in the inbox is done: a message has one reader.
void Drive::listen() {
  if (options_.inbox_every.count() > 0) {
    parts_->loop.spawn(inbox_->watch(options_.inbox_every, inbox_over_));
  }
}

Task<void> Drive::drive_recipe() {
  start();
  record_reruns(*parts_, options_.rerun);
  if (run_->resumed) {
    co_await inbox_->take_messages();  // what was said when nobody drove the run any more
  }
  listen();
  co_await wait_for_dead_session();
  co_await run_recipe();
  co_await run_endings(*parts_, *globals_, ending_);
}

Task<void> Drive::cancel_run() {
  start();
  listen();
  record_cancel(*parts_, options_.reason);
  co_await parts_->journal.durable();
  co_await wait_for_dead_session();
  co_await replay_record();
  parts_->session.end_replay();
  ending_ = {.phase = RunPhase::cancelled, .exit = from_.exit, .error = std::nullopt};
  co_await run_endings(*parts_, *globals_, ending_);
}

// An undo that is refused leaves no trace: the run may be one that is done.
Task<void> Drive::undo_run() {
  co_await replay_record();
  std::vector<Undo> undos = plan_undo(parts_->session, options_.except);
  parts_->session.end_replay();
  start();
  listen();
  record_exceptions(*parts_, options_.except, options_.reason);
  co_await wait_for_dead_session();
  co_await undo_steps(*parts_, std::move(undos));
  ending_ = {.phase = RunPhase::undone, .exit = 0, .error = std::nullopt};
  co_await run_endings(*parts_, *globals_, ending_);
}

Task<void> Drive::body() {
  try {
    switch (options_.purpose) {
      case Purpose::run:
        co_await drive_recipe();
        break;
      case Purpose::cancel:
        co_await cancel_run();
        break;
      case Purpose::undo:
        co_await undo_run();
        break;
    }
  } catch (const Error& error) {
    ending_ = failed(error, parts_->journal.state());
  } catch (const SessionStop& stop) {
    ending_ = SessionEnding{
        .phase = stop.phase, .exit = code_info(stop.error.code).exit, .error = stop.error};
  } catch (const Cancelled&) {
    ending_ = asking_->ending().value_or(stops_->ending());
  }
}

// A step of unknown outcome: where somebody sits at the terminal, they decide now.
Task<void> Drive::decide() {
  asking_->recipe_is_over();
  if (ending_.phase == RunPhase::ok || ending_.phase == RunPhase::waiting) {
    asking_->report_unused_flags();
  }
  if (ending_.phase != RunPhase::unknown || options_.purpose != Purpose::run || !ending_.error) {
    co_return;
  }
  const Error unknown = *ending_.error;
  const Asking::Decision decision = co_await asking_->decide_unknown(unknown);
  if (decision == Asking::Decision::rerun) {
    decided_ = std::vector<std::string>{unknown.path};
  } else if (decision == Asking::Decision::settled) {
    decided_ = std::vector<std::string>{};
  }
}

Task<void> Drive::main_task() {
  co_await body();
  co_await decide();
  inbox_over_->request(CancelReason::stop);
  if (started_) {
    if (ending_.phase == RunPhase::failed && options_.cancel_on_failure) {
      record_cancel(*parts_, "it failed (--cancel-on-failure)");
    }
    record_end(*parts_, ending_);
    co_await parts_->journal.durable();
    co_await inbox_->clear_up();
  }
  if (ending_.phase == RunPhase::ok) {
    if (std::optional<Error> missed = asking_->missed_until()) {
      ending_.exit = code_info(missed->code).exit;  // of the command: the run itself is done
      ending_.error = std::move(missed);
    }
  }
  parts_->loop.stop();
}

// A recipe that is broken now keeps nobody from going on with a cancel.
OpenedRun Drive::open() {
  if (options_.purpose != Purpose::run) {
    return open_record(clock_, store_, modules_, options_, std::move(from_.lock));
  }
  try {
    return open_run(clock_, store_, modules_, options_, std::move(from_.lock));
  } catch (const Error&) {
    was_cancelled_ = !options_.run.empty() && is_cancelled(read_run_state(store_, options_.run));
    throw;
  }
}

void Drive::begin() {
  const bool continues = from_.lock.has_value();
  run_ = open();
  if (!continues) {
    shown_.begun(run_->id);
  }
  build();
  const RunState& state = parts_->journal.state();
  was_cancelled_ = is_cancelled(state);
  if (options_.purpose == Purpose::run && !was_cancelled_ && undo_has_begun(state)) {
    throw Error(Code::undo_begun, fmt::format("an undo of run {} has begun", run_->id));
  }
  take_inputs();
}

/// Closes the journal while those it tells are alive.
void Drive::finish(RunReport& report) {
  try {
    if (parts_) {
      parts_->journal.close();
    }
  } catch (const Error& error) {
    is_cancelled_ = false;
    report_failure(report, error);
  }
}

// A cancel that waited for its end before this session is gone on with by a resume, not by an undo.
bool Drive::has_successor() const {
  return !stopped_ && ((options_.purpose == Purpose::run && was_cancelled_) ||
                       (options_.purpose != Purpose::cancel && is_cancelled_ && !was_cancelled_));
}

Succession Drive::succession() {
  Succession next;
  if (run_) {
    next.lock = std::move(run_->lock);
  }
  next.exit = ending_.phase == RunPhase::failed ? ending_.exit : 143;
  return next;
}

// Before `stops_` and `parts_` go.
void Drive::run_loop() {
  stops_ = std::make_unique<Stops>(*parts_, shown_, options_.timeout);
  parts_->loop.spawn(main_task());
  parts_->loop.run();
  stopped_ = stops_->stopped();
  stops_.reset();
  is_cancelled_ = is_cancelled(parts_->journal.state());
}

RunReport Drive::run() {
  RunReport report;
  try {
    if (std::optional<RunReport> done = finished_run(store_, options_);
        done && options_.rerun.empty()) {
      return *done;
    }
    begin();
    if (!has_successor()) {
      run_loop();
    }
    report.phase = started_ ? ending_.phase : RunPhase::running;
    report.exit = ending_.exit;
    report.error = ending_.error;
  } catch (const Error& error) {
    report_failure(report, error);
  }
  report.run = run_ ? run_->id : "";
  finish(report);
  return report;
}

RunReport drive(Clock& clock, Store& store, const std::vector<Module>& modules, RunOptions options,
                RunListener listener, JournalHooks hooks, Journal::Writer writer) {
  RunReport report;
  Succession succession;  // from the first session on the run's lock goes from one to the next
  for (bool goes_on = true; goes_on;) {
    Drive session(clock, store, modules, options, listener, hooks, writer, std::move(succession));
    report = session.run();
    std::optional<std::vector<std::string>> decided = session.decided();
    goes_on = decided.has_value();
    if (!goes_on && !session.has_successor()) {
      return report;
    }
    succession = session.succession();
    options.run = report.run.empty() ? options.run : report.run;
    options.rerun = std::move(decided).value_or(options.rerun);
  }
  options.purpose = Purpose::cancel;
  const std::optional<Error> cause = report.error;
  report = Drive(clock, store, modules, std::move(options), listener, hooks, writer,
                 std::move(succession))
               .run();
  if (report.phase == RunPhase::cancelled) {
    report.error = cause;
  }
  return report;
}

}  // namespace runbook
