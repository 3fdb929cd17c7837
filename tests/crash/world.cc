#include "tests/crash/world.h"

#include <fmt/core.h>

#include <utility>

namespace runbook {
namespace {

std::string name_of(Call& call) {
  return call.text("name");
}

Json report(Call& call) {
  return Json{{"did", family(name_of(call))}};
}

Task<Intent> prepare(Call& call) {
  Intent intent;
  intent.data = Json{{"id", World::current().new_id()}};
  if (call.flag("resource")) {
    intent.resource = "world/" + family(name_of(call));
  }
  co_return intent;
}

std::uint64_t id_of(const Json& intent) {
  return intent.at("id").get<std::uint64_t>();
}

Task<Outcome> probe(Call& call) {
  for (const Json& intent : call.intents()) {
    if (World::current().has(id_of(intent))) {
      co_return Outcome::done(report(call));
    }
  }
  co_return Outcome::not_done();
}

Task<Json> send(Call& call) {
  World::current().act(name_of(call), id_of(call.intent()));
  co_return report(call);
}

// Replaces its intent once before it acts, as a transaction does whose fee was too low.
Task<Json> bump(Call& call) {
  Json second{{"id", World::current().new_id()}};
  co_await call.amend(std::move(second));
  World::current().act(name_of(call), id_of(call.intent()));
  co_return report(call);
}

Task<Json> set(Call& call) {
  World::current().act(name_of(call), 0);
  co_return report(call);
}

Task<Json> get(Call& call) {
  co_return World::current().count(name_of(call));
}

// What becomes ready after so many looks, over all sessions.
Task<Json> look(Call& call) {
  const int looks = ++World::current().asked[name_of(call)];
  if (looks == 1 && call.flag("shy")) {
    throw Error(Code::http_connection, "connection refused")
        .with_transient()
        .with_effect(EffectDone::none);
  }
  co_return looks >= call.integer_or("after", 1);
}

Task<Json> flaky(Call& call) {
  const int tries = ++World::current().asked[name_of(call)];
  if (tries <= call.integer_or("failures", 1)) {
    throw Error(Code::http_connection, fmt::format("busy ({})", name_of(call)))
        .with_transient()
        .with_effect(EffectDone::none);
  }
  World::current().act(name_of(call), id_of(call.intent()));
  co_return report(call);
}

// Takes its time. Cut short it answers as a killed process does, having acted or not.
Task<Json> slow(Call& call) {
  const bool early = call.flag("early");
  if (early) {
    World::current().act(name_of(call), id_of(call.intent()));
  }
  const int tries = ++World::current().asked[name_of(call)];
  const std::chrono::milliseconds takes =
      tries == 1 ? call.duration_or("takes", std::chrono::milliseconds(2))
                 : std::chrono::milliseconds(1);
  bool killed = false;
  try {
    co_await call.host().loop.sleep(takes, call.cancel());
  } catch (const Cancelled&) {
    killed = true;
  }
  if (killed) {
    throw Error(Code::process_signalled, fmt::format("{} was ended by SIGTERM", name_of(call)))
        .with_effect(EffectDone::unknown);
  }
  if (!early) {
    World::current().act(name_of(call), id_of(call.intent()));
  }
  co_return report(call);
}

Task<Json> broken(Call& call) {
  if (!World::current().mended) {
    throw Error(Code::process_failed, fmt::format("{} is broken", name_of(call)))
        .with_effect(EffectDone::none);
  }
  World::current().act(name_of(call), id_of(call.intent()));
  co_return report(call);
}

// The answer is lost, after the effect or before it; only the first time.
Task<Json> lose(Call& call) {
  const int tries = ++World::current().asked[name_of(call)];
  const bool lost = tries == 1;
  if (!lost || !call.flag("before")) {
    World::current().act(name_of(call), id_of(call.intent()));
  }
  if (lost) {
    throw Error(Code::http_request_lost, fmt::format("no answer from {}", name_of(call)))
        .with_transient()
        .with_effect(EffectDone::unknown);
  }
  co_return report(call);
}

Function once(std::string_view name, Task<Json> (*run)(Call& call), std::vector<Option> more = {}) {
  Function function;
  function.name = name;
  function.effect = Effect::once;
  function.summary = "acts once";
  function.options = {
      {.name = "name", .type = Type::string, .required = Required::yes, .positional = true},
      {.name = "resource", .type = Type::boolean},
      {.name = "value", .type = Type::data}};
  function.options.insert(function.options.end(), more.begin(), more.end());
  function.run = run;
  function.prepare = prepare;
  function.probe = probe;
  return function;
}

Function other(std::string_view name, Effect effect, Task<Json> (*run)(Call& call)) {
  Function function =
      once(name, run,
           {{.name = "after", .type = Type::integer}, {.name = "shy", .type = Type::boolean}});
  function.effect = effect;
  function.prepare = nullptr;
  function.probe = nullptr;
  return function;
}

}  // namespace

World* World::current_ = nullptr;

World& World::current() {
  RB_CHECK(current_ != nullptr);
  return *current_;
}

Module World::module() {
  Module module;
  module.name = "world";
  module.summary = "The world of the crash tests.";
  Function fire = once("fire", send);
  fire.probe = nullptr;
  module.functions = {
      once("send", send),
      fire,
      once("bump", bump),
      once("flaky", flaky, {{.name = "failures", .type = Type::integer}}),
      once("slow", slow,
           {{.name = "takes", .type = Type::duration}, {.name = "early", .type = Type::boolean}}),
      once("broken", broken),
      once("lose", lose, {{.name = "before", .type = Type::boolean}}),
      other("set", Effect::idempotent, set),
      other("get", Effect::read, get),
      other("look", Effect::read, look)};
  return module;
}

void World::act(const std::string& name, std::uint64_t id) {
  if (!power_.on()) {
    throw Error(Code::internal, "no power: nothing happens").with_effect(EffectDone::unknown);
  }
  ++(id == 0 ? again : done)[name];
  if (id != 0) {
    ids_.insert(id);
  }
  if (++effects_ == cut_.at && cut_.point == Cut::Point::after_effect) {
    power_.cut();
  }
}

int World::count(const std::string& name) const {
  const auto once = done.find(name);
  const auto idempotent = again.find(name);
  return (once == done.end() ? 0 : once->second) +
         (idempotent == again.end() ? 0 : idempotent->second);
}

void World::begin_session(const Cut& cut) {
  cut_ = cut;
  effects_ = 0;
}

std::string family(const std::string& effect) {
  return effect.substr(0, effect.find('#'));
}

}  // namespace runbook
