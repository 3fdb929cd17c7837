#include "engine/recipe/endings.h"

#include <fmt/core.h>

#include <utility>

#include "engine/recipe/exit_code.h"
#include "engine/recipe/opening.h"

namespace runbook {
namespace {

struct Prefix {
  std::string path;
  Kind kind;
};

Task<std::optional<Error>> run_ending(EngineParts& parts, Prefix prefix, std::size_t index,
                                      Body body) {
  Scope scope = parts.session.root();
  scope.path = std::move(prefix.path);
  StepSpec spec;
  spec.segment = std::to_string(index + 1);
  spec.kind = prefix.kind;
  std::optional<Error> error;
  try {
    co_await parts.session.step(scope, std::move(spec), std::move(body));
  } catch (const Error& thrown) {
    error = thrown;
  }
  co_return error;
}

}  // namespace

SessionEnding failed(const Error& error, const RunState& state) {
  return SessionEnding{.phase = RunPhase::failed, .exit = exit_code(error, state), .error = error};
}

Task<void> run_endings(EngineParts& parts, lua::Globals& globals, SessionEnding& ending) {
  const RunState& state = parts.journal.state();
  if (is_for_good(ending.phase)) {
    const bool ok = ending.phase == RunPhase::ok;
    for (std::size_t index = globals.finally().size(); index-- > 0;) {
      Body body = globals.body(globals.finally()[index]);
      Prefix prefix{.path = "finally", .kind = Kind::finally};
      const std::optional<Error> error =
          co_await run_ending(parts, std::move(prefix), index, std::move(body));
      if (error) {
        ending = failed(*error, state);
      }
    }
    if (ok) {
      co_await parts.session.settle_all(Session::Settle::all);
    }
  } else if (ending.phase == RunPhase::failed) {
    for (std::size_t index = 0; index < globals.on_fail().size(); ++index) {
      Body body = globals.body(globals.on_fail()[index]);
      Prefix prefix{.path = fmt::format("on_fail/{}", state.sessions), .kind = Kind::on_fail};
      co_await run_ending(parts, std::move(prefix), index, std::move(body));
    }
  }
}

}  // namespace runbook
