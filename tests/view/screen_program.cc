// screen_program SCENE color|plain READY: plays a scripted run through the view of a terminal, with
// times that are always the same, makes the file READY and stays until it is ended: tests/view
// looks at the terminal meanwhile.

#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <map>
#include <string>

#include "engine/view/view.h"
#include "tests/view/script.h"

using namespace runbook;

namespace {

/// A script that is told event by event, so that a scene may stop anywhere; each is on the screen
/// before the next is told.
struct Scene {
  Scene(View& the_view, TextStream& the_screen) : view(the_view), screen(the_screen) {}

  /// What was added to the script since.
  void play() {
    for (; told < script.events().size(); ++told) {
      const Event& event = script.events()[told];
      apply(state, event);
      view.event(event, state);
      screen.flush();
    }
    tick();
  }
  /// As much later than the last event.
  void pass(Timestamp milliseconds) {
    later += milliseconds;
    tick();
  }
  void tick() {
    screen.flush();
    view.tick(now());
  }
  Timestamp now() const { return script.now() + later; }
  void end(RunPhase phase, int exit, const Json& error = nullptr) {
    script.end(phase, exit, error);
    play();
    view.end({phase, exit, std::nullopt});
  }

  View& view;
  TextStream& screen;
  Script script;
  RunState state;
  std::size_t told = 0;
  Timestamp later = 0;
};

void succeeds(Scene& scene) {
  scene.script.session().add(event::TargetRecorded{"chain", "11155111"});
  scene.script.begin("preflight").ok("preflight").begin("terraform/network");
  scene.script.ok("terraform/network").add(event::NoteAdded{"the network is in eu-west-1"});
  for (const char* member : {"fund the team/0xA1", "fund the team/0xB2"}) {
    scene.script.begin(member, 1, Kind::item);
  }
  scene.script.ok("fund the team/0xB2").ok("fund the team/0xA1");
  scene.script.begin("optional")
      .add(event::StepFinished{State::skipped, RawJson::of(nullptr)}, "optional", 1);
  scene.script.add(
      event::OutputSet{Json{{"address", "0x5FbDB2315678afecb367f032d93F642f64180aa3"}}});
  scene.play();
  scene.end(RunPhase::ok, 0);
}

void runs(Scene& scene) {
  scene.script.session().begin("preflight").ok("preflight").begin("contracts");
  scene.script.begin("contracts/ProxyAdmin", 1, Kind::item).ok("contracts/ProxyAdmin");
  scene.script.begin("contracts/L2OutputOracle", 1, Kind::item);
  scene.script.add(
      event::StepWaiting{"tx 0x9c1e…77d0 is pending, nonce 42: it offers 40 gwei, and the "
                         "newest block's base fee is 61.2 gwei",
                         scene.now() + 600'000},
      "contracts/L2OutputOracle", 1);
  scene.script.begin("contracts/SystemConfig", 1, Kind::item);
  scene.script.add(event::StepRetrying{command_failure("x").to_json(), 30'000},
                   "contracts/SystemConfig", 1);
  scene.script.begin("rollout/a service with quite a long name that does not fit").begin("cool");
  scene.play();
  scene.view.log("contracts", "seven of them are there already");
  scene.view.output("rollout/a service with quite a long name that does not fit",
                    "Waiting for deployment \"sequencer\" rollout to finish: 2 of 3 updated");
  scene.pass(72'000);
}

void fails(Scene& scene) {
  Error error = command_failure("roll out");
  error.message =
      "1 of 3 pods is not ready: sequencer-6d9f-x2lq is in CrashLoopBackOff after 6 restarts";
  scene.script.session().begin("prepare").ok("prepare").begin("roll out");
  scene.script.add(event::StepRetrying{error.to_json(), 2'000}, "roll out", 1);
  scene.script.begin("roll out", 2).fail("roll out", error, 2);
  scene.play();
  scene.end(RunPhase::failed, 1, error.to_json());
}

event::GateOpened go_live() {
  event::GateOpened gate;
  gate.text = "Go live?";
  gate.shown = Json{{"addresses", 19}, {"plan", "+12 ~1 -0"}};
  gate.by = {"@sre", "carol"};
  gate.expires = Script::kStart + 4 * 3'600'000;
  return gate;
}

void opens_gate(Scene& scene) {
  scene.script.session().begin("prepare").ok("prepare").begin("go live", 1, Kind::gate);
  const event::GateOpened gate = go_live();
  scene.script.add(gate, "go live", 1);
  scene.script.add(event::StepWaiting{"an approval by @sre, carol", gate.expires}, "go live", 1);
  scene.script.begin("warm up the caches");
  scene.play();
}

void asks(Scene& scene) {
  opens_gate(scene);
  ShownPrompt prompt;
  prompt.lines = {"go live: Go live?", "  addresses: 19", "  plan: +12 ~1 -0"};
  prompt.ask = "[a]pprove  [d]eny  [x] leave it open: ";
  scene.view.prompt(&prompt);
  scene.pass(61'000);
}

void decides(Scene& scene) {
  scene.script.session().begin("prepare").ok("prepare").begin("warm up the caches");
  scene.play();
  ShownPrompt prompt;
  prompt.lines = {"pay is unknown: nobody can tell whether it happened",
                  "  intended  process.run {\"argv\":[\"bank\",\"transfer\",\"1000\"]}",
                  "  begun     2026-09-21T14:13:25.000Z, attempt 1",
                  "  evidence  pay was cut off in process.run: a command leaves no trace",
                  "  [r]un again  if it did happen, it happens a second time",
                  "  [d]one       it happened: you give the result, and the run goes on",
                  "  [f]ailed     it did not happen, and the step has failed",
                  "  [x] leave    decide later: runbook mark, or runbook resume --rerun"};
  prompt.ask = "your choice: ";
  scene.view.prompt(&prompt);
  scene.pass(1'000);
}

void waits(Scene& scene) {
  opens_gate(scene);
  scene.script.ok("warm up the caches");
  scene.end(RunPhase::waiting, 10,
            Error(Code::input_needed, "go live waits for a person").to_json());
}

void is_unknown(Scene& scene) {
  Error error(Code::outcome_unknown,
              "pay was cut off in process.run; nothing can tell whether it happened");
  error.path = "pay";
  event::CallBegun call;
  call.primitive = "process.run";
  call.fingerprint = "f";
  call.arguments = Json{{"argv", {"bank", "transfer", "--to", "0xA1", "--amount", "1000"}}};
  scene.script.session().begin("prepare").ok("prepare").begin("pay").add(call, "pay", 1);
  scene.script.session(true).fail("pay", error, 1, State::unknown);
  scene.play();
  scene.end(RunPhase::unknown, 11, error.to_json());
}

void is_resumed(Scene& scene) {
  const Error error = command_failure("roll out");
  scene.script.session().begin("preflight").ok("preflight").begin("contracts").ok("contracts");
  scene.script.begin("roll out").fail("roll out", error).end(RunPhase::failed, 1, error.to_json());
  for (const Event& event : scene.script.events()) {
    apply(scene.state, event);
    ++scene.told;
  }
  scene.script.session(true);
  scene.play();
  scene.view.resume({{"preflight", "contracts"},
                     {"contracts"},
                     {},
                     {"deploy.lua"},
                     "roll out (attempt 2)",
                     {"go live", "smoke"},
                     {"eth.send in roll out: nonce 42, 0x9c1e4c4e…, at most 2 gwei"}});
  scene.script.begin("roll out", 2);
  scene.play();
  scene.pass(5'000);
}

void is_interrupted(Scene& scene) {
  scene.script.session().begin("prepare").ok("prepare").begin("terraform");
  scene.play();
  scene.view.notice(
      "sent SIGINT to pid 4133, waiting for it to end; Ctrl-C again to stop waiting (what it did "
      "may then be unknown)");
  scene.script.add(
      event::StepFinished{State::interrupted,
                          RawJson::of(Error(Code::outcome_unknown, "stopped by Ctrl-C").to_json())},
      "terraform", 1);
  scene.end(RunPhase::interrupted, 130);
}

void is_cancelled(Scene& scene) {
  scene.script.session().begin("prepare").ok("prepare").begin("terraform");
  scene.script.add(event::CancelRequested{"wrong cluster", "bob@ops-2"});
  scene.script.add(event::StepFinished{State::cancelled, RawJson()}, "terraform", 1);
  scene.script.begin("finally/1", 1, Kind::finally).ok("finally/1");
  scene.play();
  scene.end(RunPhase::cancelled, 143);
}

void has_200(Scene& scene) {
  scene.script.session();
  for (int i = 1; i <= 212; ++i) {
    scene.script.begin("upgrade/node-" + std::to_string(1000 + i), 1, Kind::item);
  }
  for (int i = 1; i <= 12; ++i) {
    scene.script.ok("upgrade/node-" + std::to_string(1000 + 10 * i));
  }
  scene.play();
  scene.view.output("upgrade/node-1001", "draining: 3 pods left");
  scene.pass(1'000);
}

const std::map<std::string, void (*)(Scene&)> kScenes = {
    {"succeeds", succeeds},
    {"runs", runs},
    {"fails", fails},
    {"asks", asks},
    {"decides", decides},
    {"waits", waits},
    {"unknown", is_unknown},
    {"resumed", is_resumed},
    {"interrupted", is_interrupted},
    {"cancelled", is_cancelled},
    {"parallel", has_200},
};

}  // namespace

int main(int argc, char* argv[]) {
  if (argc != 4 || !kScenes.contains(argv[1])) {
    return 2;
  }
  setenv("TZ", "UTC", 1);
  tzset();
  const bool color = std::string(argv[2]) == "color";
  TextStream out(STDOUT_FILENO);
  TextStream err(STDERR_FILENO);
  const std::unique_ptr<View> view =
      make_tree_view({out, err, {}, {.color = color, .unicode = color, .framed = true}});
  view->begun("7f3a-lucky-heron");
  // Resizing is noticed at the next tick.
  sigset_t resized;
  sigemptyset(&resized);
  sigaddset(&resized, SIGWINCH);
  sigprocmask(SIG_BLOCK, &resized, nullptr);
  Scene scene(*view, err);
  kScenes.at(argv[1])(scene);
  err.flush();
  close(open(argv[3], O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  for (int signal = 0; sigwait(&resized, &signal) == 0;) {
    scene.pass(100);
  }
  return 0;
}
