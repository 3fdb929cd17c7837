#pragma once
// What a view prints when it is told a journal made by hand.

#include <cstdlib>
#include <ctime>
#include <memory>
#include <string>

#include "engine/view/view.h"
#include "tests/view/script.h"

namespace runbook {

class Captured final : public TextStream {
 public:
  Captured() : TextStream(-1) {}
  std::string text;

 private:
  void pass_on(std::string_view more) override { text += more; }
};

/// What a view prints when it is told the script's events one by one.
struct Told {
  Captured out, err;
  void tell(const Script& script, std::unique_ptr<View> (*make)(ViewOutput), Ending ending) {
    setenv("TZ", "UTC", 1);
    tzset();
    const std::unique_ptr<View> view = make({out, err, {}});
    view->begun("7f3a-lucky-heron");
    RunState state;
    for (const Event& event : script.events()) {
      apply(state, event);
      view->event(event, state);
    }
    view->end(ending);
  }
};

inline Script failing_script() {
  Script script;
  const Error error = command_failure("roll out");
  script.session().begin("prepare").ok("prepare", 1);
  script.begin("roll out").add(event::StepRetrying{error.to_json(), 2000}, "roll out", 1);
  script.begin("roll out", 2).fail("roll out", error, 2);
  return script.end(RunPhase::failed, 1, error.to_json());
}

inline Script good_script() {
  Script script;
  script.session().begin("prepare").ok("prepare", 1);
  script.add(event::OutputSet{Json{{"address", "0xabc"}, {"count", 6}}});
  return script.end(RunPhase::ok, 0).add(event::RunFinished{RunPhase::ok});
}

}  // namespace runbook
