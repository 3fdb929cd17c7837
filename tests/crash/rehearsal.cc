// Long because the operator does whatever a run may ask of one.
#include "tests/crash/rehearsal.h"

#include <fmt/format.h>

#include <cstdlib>
#include <fstream>
#include <stdexcept>

#include "engine/base/secret.h"
#include "engine/recipe/steering.h"
#include "engine/store/sqlite_store.h"
#include "modules/modules.h"
#include "tests/store/faulty_store.h"

namespace runbook {
namespace {

constexpr int kMostSessions = 15;

// What a cut may change is said in a name: "maybe" happens once or not at all, "any" as it likes.
bool is_free(const std::string& name) {
  return name.find("any") != std::string::npos;
}

std::string describe(const StepState& step) {
  const std::string name(state_name(step.state));
  switch (step.state) {
    case State::ok:
    case State::skipped:
      return name + " " + step.value.text();
    case State::failed: {
      const Error error = Error::from_json(step.value.parse());
      return fmt::format("{} {} {}", name, code_text(error.code), error.message);
    }
    default:
      return name;
  }
}

// Folders and the placeholders of secrets are new in every run.
std::string without_names_of_the_run(std::string text, const std::string& folder) {
  for (auto at = text.find(folder); at != std::string::npos; at = text.find(folder, at)) {
    text.replace(at, folder.size(), "<folder>");
  }
  const std::string mark = "rbsecret-";
  for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at)) {
    text.replace(at, mark.size() + 16, "<secret>");  // its digits, too
  }
  return text;
}

/// What an operator types into a field.
std::string fitting(const Json& field) {
  const std::string type = field.at("type");
  return type == "enum"      ? field.at("values").front().get<std::string>()
         : type == "integer" ? "7"
         : type == "secret"  ? "correct-horse"
                             : "org-7";
}

}  // namespace

std::vector<Module> modules_of_tests() {
  std::vector<Module> modules = all_modules();
  modules.push_back(World::module());
  return modules;
}

Rehearsal::Rehearsal(const Recipe& recipe, const Reference* reference, Disk disk)
    : recipe_(recipe), reference_(reference), world_(power_) {
  if (disk == Disk::sqlite) {
    disk_.emplace();
    power_.tie([this] { return disk_->is_dead(); });
  } else {
    store_ = make_memory_store();
  }
}

Rehearsal::~Rehearsal() = default;

RunReport Rehearsal::session(const Cut& relative) {
  Cut cut = relative;
  cut.at += cut.counts_events() ? head() : 0;
  history_.push_back(cut.text());
  const std::string number = std::to_string(++sessions_);
  ::setenv("CRASH_SESSION", number.c_str(), 1);
  power_.restore();
  world_.begin_session(cut);
  last_ = drive_on(cut);
  history_.push_back(
      fmt::format("exit {}{}", last_->exit, last_->error ? ": " + last_->error->message : ""));
  if (!run_.empty()) {
    check_acknowledged();
    if (was_cut_ && last_->exit != 50 && state().session_open) {
      throw std::runtime_error(fmt::format("exit {} though the power was cut", last_->exit));
    }
  }
  return *last_;
}

// With the disk that this session sees; afterwards the machine is on again.
RunReport Rehearsal::drive_on(const Cut& cut) {
  RunReport report;
  if (disk_) {
    report = drive_on_disk(cut);
  } else if (cut.point == Cut::Point::failing_write) {
    FaultyStore faulty(*store_, cut.at);
    report = drive_with(faulty, cut);
    was_cut_ = faulty.has_failed();
  } else {
    const std::unique_ptr<Store> powered = make_powered_store(*store_, power_);
    report = drive_with(*powered, cut);
    was_cut_ = !power_.on();
  }
  power_.restore();
  return report;
}

RunReport Rehearsal::drive_on_disk(const Cut& cut) {
  const std::filesystem::path folder = folder_.path() / ".runbook";
  const SqliteOptions options{.vfs = disk_->name()};
  store_.reset();
  if (cut.point == Cut::Point::disk_operation) {
    disk_->cut_power_before(cut.at);
  }
  RunReport report;
  try {
    store_ = open_sqlite_store(folder, OpenMode::create, options);
    report = drive_with(*store_, cut);
  } catch (const Error& error) {
    report.exit = code_info(error.code).exit;
    report.error = error;
  }
  was_cut_ = disk_->is_dead();
  store_.reset();
  disk_->power_on();
  store_ = open_sqlite_store(folder, OpenMode::create, options);
  return report;
}

RunReport Rehearsal::drive_with(Store& store, const Cut& cut) {
  RunOptions options;
  options.root = folder_.path();
  options.state_folder = folder_.path() / ".runbook";
  options.recipe = recipe_.file;
  options.run = run_;
  options.rerun = std::exchange(rerun_, {});
  const bool resumes = purpose_ == Purpose::cancel && state().cancel;
  options.purpose = resumes ? Purpose::run : purpose_;
  options.cancel_on_failure = cancels_on_failure_;
  options.approve = recipe_.approve;
  options.answers = recipe_.answers;
  options.grace = std::chrono::milliseconds(20);
  options.program = CRASH_PROGRAM;
  if (head() == 0) {  // a run without an event never was: it is begun again
    options.parameters = recipe_.parameters;
  }
  RunListener listener;
  listener.begun = [this](const std::string& run) { run_ = run; };
  listener.event = [this](const Event& event, const RunState&) {
    acknowledged_.emplace_back(event.sequence,
                               fmt::format("{} {}", event_name(event.payload), event.step));
  };
  const std::vector<Module> modules = modules_of_tests();
  return drive(clock_, store, modules, std::move(options), std::move(listener),
               hooks_of(cut, power_), Journal::Writer::on_loop);
}

Ending Rehearsal::to_end() {
  for (int turn = 0; turn < kMostSessions; ++turn) {
    session({});
    if (!settle()) {
      return ending();
    }
  }
  throw std::runtime_error("the run does not come to an end");
}

bool Rehearsal::settle() {
  const RunReport& report = last_.value();
  switch (report.exit) {
    case 0:
      return false;
    case 1:
      if (report.phase == RunPhase::cancelled) {
        return false;
      }
      return !std::exchange(world_.mended, true) || purpose_ == Purpose::undo;
    case 143:
      return state().phase != RunPhase::cancelled;
    case 10:
      answer_questions();
      return true;
    case 11:
      settle_unknown(report.error->path);
      return true;
    case 50:
      if (sessions_ % 2 == 1 && head() > 0 && recipe_.approve.empty() && recipe_.answers.empty()) {
        answer_questions();  // nobody has to wait for a resume
      }
      return true;
    default:
      throw std::runtime_error(fmt::format("exit {} was not to be expected", report.exit));
  }
}

// The operator answers what is asked. "no thanks" is denied, "denied at first" once.
void Rehearsal::answer_questions() {
  const RunState now = state();
  for (const auto& [step, question] : now.questions) {
    if (!question.is_open(clock_.now())) {
      continue;
    }
    Instruction said;
    said.run = run_;
    said.step = step;
    said.actor = "operator@desk";
    const bool at_first = step.ends_with("denied at first") && !std::exchange(has_denied_, true);
    if (step.ends_with("no thanks") || at_first) {
      said.kind = Instruction::Kind::deny;
    } else if (!question.asked.fields.is_null()) {
      said.kind = Instruction::Kind::answer;
      for (const auto& [field, declared] : question.asked.fields.items()) {
        said.answers[field] = fitting(declared);
      }
    }
    Redactor redactor;
    SecretVault vault(run_, redactor);
    const Steered steered = steer(now, said, clock_.now(), false, vault);
    if (!steered.secrets.empty()) {
      const std::string file = folder_.path() / ".runbook" / "runs" / run_ / "secrets.json";
      std::map<std::string, std::string> kept = read_secret_file(file);
      kept.insert(steered.secrets.begin(), steered.secrets.end());
      write_secret_file(file, kept);
    }
    append_directly(*store_, run_, clock_, steered.events);
    history_.push_back("operator: " + steered.sentence);
  }
}

// The operator looks at the world. What is left of a step that did other things already is done by
// hand; a step that did nothing is run again.
void Rehearsal::settle_unknown(const std::string& step) {
  const RunState now = state();
  const StepState* found = now.find_step(step);
  if (found == nullptr) {
    throw std::runtime_error("unknown, and no step is named");
  }
  bool begun = false;
  std::size_t open = 0;
  for (const CallState* call : now.calls_of(*found)) {
    const bool is_open = call->end == CallState::End::open;
    open += is_open ? 1U : 0U;
    begun = begun || call->end == CallState::End::ok ||
            (is_open && world_.has(call->intents.back().at("id").get<std::uint64_t>()));
  }
  if (open == 0 || reference_ == nullptr) {
    throw std::runtime_error("unknown, and nothing to look at: " + step);
  }
  history_.push_back((begun ? "operator marks " : "operator reruns ") + step);
  if (begun) {
    finish_by_hand(step);
  } else {
    rerun_.push_back(step);
  }
}

void Rehearsal::finish_by_hand(const std::string& step) {
  const StepState* expected = reference_->state.find_step(step);
  if (expected == nullptr || expected->state != State::ok) {
    throw std::runtime_error("nobody knows the result of " + step);
  }
  std::map<std::string, int> wanted;
  for (const CallState* call : reference_->state.calls_of(*expected)) {
    wanted[call->arguments.at("name").get<std::string>()] +=
        call->end == CallState::End::ok ? 1 : 0;
  }
  for (const auto& [name, times] : wanted) {
    while (world_.count(name) < times) {
      world_.act(name, world_.new_id());
    }
  }
  const RunState now = state();
  std::vector<Event> events;
  const auto add = [&](Payload payload) {
    Event event;
    event.step = step;
    event.attempt = now.find_step(step)->attempts;
    event.payload = std::move(payload);
    events.push_back(std::move(event));
  };
  add(event::StepMarked{.state = State::ok,
                        .value = expected->value,
                        .reason = "seen in the world",
                        .actor = "operator",
                        .renamed_from = {}});
  for (const CallState* call : now.open_calls_of(step)) {
    add(event::CallEnded{
        .call = call->begun, .result = RawJson("null"), .error = nullptr, .settled = "mark"});
  }
  append_directly(*store_, run_, clock_, events);
}

void Rehearsal::check_acknowledged() {
  std::map<Sequence, std::string> stored;
  store_->read_events(run_, 0, [&](StoredEvent& row) {
    const Event event = decode(std::move(row));
    stored[event.sequence] = fmt::format("{} {}", event_name(event.payload), event.step);
  });
  for (const auto& [sequence, text] : acknowledged_) {
    if (stored[sequence] != text) {
      throw std::runtime_error(fmt::format("event {} was shown as \"{}\" and is \"{}\"", sequence,
                                           text, stored[sequence]));
    }
  }
}

void Rehearsal::operate(const std::function<std::vector<Event>(const RunState&)>& word) {
  append_directly(*store_, run_, clock_, word(state()));
}

std::string Rehearsal::history() const {
  return fmt::format("{}", fmt::join(history_, " · "));
}

Sequence Rehearsal::head() {
  return run_.empty() ? 0 : store_->find_run(run_)->head;
}

RunState Rehearsal::state() {
  return read_run_state(*store_, run_);
}

Ending Rehearsal::ending() {
  const RunState now = state();
  Ending ending;
  ending.phase = now.phase;
  ending.exit = now.exit;
  ending.error = now.error.is_object() ? now.error.value("message", "") : "";
  const auto comparable = [folder = folder_.path().string()](std::string text) {
    return without_names_of_the_run(std::move(text), folder);
  };
  ending.outputs = comparable(Json(now.outputs).dump());
  ending.state = now.state_puts;
  for (const StepState& step : now.steps) {
    if (step.kind != Kind::on_fail && step.state != State::pending) {
      const bool is_gate = step.kind == Kind::gate;  // its result says when
      ending.steps[step.path] = recipe_.is_steady && !is_gate ? comparable(describe(step))
                                                              : std::string(state_name(step.state));
    }
  }
  ending.notes.insert(now.notes.begin(), now.notes.end());
  for (const event::AttachmentAdded& attachment : now.attachments) {
    ending.attachments.insert(attachment.name + (recipe_.is_steady ? attachment.blob : ""));
  }
  for (const auto& [name, times] : world_.done) {
    if (!is_free(name)) {
      ending.effects[family(name)] += times;
    }
  }
  for (const auto& [name, times] : world_.again) {
    if (!is_free(name)) {
      ending.sets.insert(name);
    }
  }
  std::ifstream ledger(folder_.path() / recipe_.ledger);
  for (std::string line; !recipe_.ledger.empty() && std::getline(ledger, line);) {
    ++ending.effects[line];
  }
  return ending;
}

Trial try_cuts(const Recipe& recipe, const Reference& reference, const std::vector<Cut>& cuts,
               Rehearsal::Disk disk) {
  Rehearsal rehearsal(recipe, &reference, disk);
  Trial trial;
  try {
    bool over = false;
    trial.reached = cuts.empty();
    for (std::size_t index = 0; index < cuts.size() && !over; ++index) {
      rehearsal.session(cuts[index]);
      trial.reached = index + 1 == cuts.size() &&
                      (cuts[index].point == Cut::Point::never || rehearsal.was_cut());
      over = !rehearsal.settle();
    }
    trial.wrong = difference(reference.ending, over ? rehearsal.ending() : rehearsal.to_end());
  } catch (const std::exception& error) {
    trial.wrong = error.what();
  }
  if (!trial.wrong.empty()) {
    trial.wrong = fmt::format("{}: {}\n{}", recipe.name, rehearsal.history(), trial.wrong);
  }
  return trial;
}

Reference make_reference(const Recipe& recipe) {
  Rehearsal rehearsal(recipe, nullptr);
  Reference reference;
  try {
    rehearsal.session({});
    reference.events = rehearsal.head();
    reference.effects = rehearsal.effects();
    reference.ending = rehearsal.settle() ? rehearsal.to_end() : rehearsal.ending();
    reference.state = rehearsal.state();
  } catch (const std::runtime_error& error) {
    throw std::runtime_error(
        fmt::format("{}: {}\n{}", recipe.name, rehearsal.history(), error.what()));
  }
  if (reference.ending.phase != RunPhase::ok) {
    throw std::runtime_error(fmt::format("{} does not end: {}", recipe.name, rehearsal.history()));
  }
  return reference;
}

}  // namespace runbook
