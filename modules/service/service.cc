// Background processes of a run: the declarations and how one is started. Longer than most files
// because each function carries its whole documentation.

#include "engine/service/service.h"

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <span>

#include "engine/base/embedded.h"
#include "modules/modules.h"
#include "modules/service/port.h"
#include "modules/service/ready.h"

namespace runbook {

std::span<const EmbeddedFile> service_files();  // generated: service.lua

namespace {

using std::chrono::milliseconds;

constexpr std::size_t kLinesInError = 20;

Services& services_of(Call& call) {
  RB_CHECK(call.host().services != nullptr);
  return *call.host().services;
}

void refuse_secrets(const Call& call, const std::vector<std::string>& argv) {
  for (const std::string& argument : argv) {
    if (call.holds_secret(argument)) {
      throw Error(
          Code::secret_in_arguments,
          fmt::format("an argument of service {} holds the value of a secret", call.text("name")))
          .with_effect(EffectDone::none);
    }
  }
}

int chosen_port(Call& call) {
  const Json port = call.options().value("port", Json());
  if (port.is_null()) {
    return 0;
  }
  if (port == Json("auto")) {
    return free_port();
  }
  if (port.is_number_integer() && port.get<int>() > 0 && port.get<int>() <= 65'535) {
    return port.get<int>();
  }
  throw Error(Code::option_invalid, "service.start: port is neither \"auto\" nor a port number")
      .with_effect(EffectDone::none);
}

ServiceSpec spec_of(Call& call, int port) {
  ServiceSpec spec;
  spec.name = call.text("name");
  spec.port = port;
  for (const Json& argument : call.options().at("argv")) {
    spec.argv.push_back(with_port(argument.get<std::string>(), port));
  }
  if (spec.argv.empty()) {
    throw Error(Code::option_missing, "service.start: the program is missing")
        .with_effect(EffectDone::none);
  }
  spec.cwd = call.text_or("cwd", call.host().root.string());
  spec.restart = call.text_or("restart", "never");
  spec.grace = call.duration_or("grace", spec.grace);
  if (spec.restart != "never" && spec.restart != "on-resume" && spec.restart != "always") {
    throw Error(Code::option_invalid,
                fmt::format("service.start: restart: \"{}\" is none of never, on-resume, always",
                            spec.restart))
        .with_effect(EffectDone::none);
  }
  const Json environment = call.options().value("env", Json::object());
  for (const auto& [name, value] : environment.items()) {
    spec.env.emplace_back(
        name, value.is_string() ? with_port(value.get<std::string>(), port) : value.dump());
  }
  return spec;
}

ready::Rule rule_of(Call& call, int port) {
  ready::Rule rule = ready::read_rule(call.options().value("ready", Json::object()), port);
  if (!rule.http.empty()) {
    call.check_net(rule.http);
  }
  return rule;
}

Json result_of(Call& call, const ServiceStatus& status, int port) {
  const std::string name = call.text("name");
  Json result{
      {"name", name}, {"pid", status.pid}, {"log", services_of(call).log_path(name).string()}};
  if (port != 0) {
    result["port"] = port;
  }
  return result;
}

Json ending(const ServiceStatus& status) {
  return {{"exit", status.exit ? Json(*status.exit) : Json()},
          {"signal", status.signal ? Json(*status.signal) : Json()}};
}

Error not_ready(Call& call, Code code, const std::string& what) {
  const std::string name = call.text("name");
  Json detail = ending(services_of(call).status(name));
  detail["lines"] = services_of(call).last_lines(name, kLinesInError);
  detail["log"] = services_of(call).log_path(name).string();
  return Error(code, fmt::format("service {} {}", name, what), {}, std::move(detail))
      .with_effect(EffectDone::none);
}

// Everything that start does not leave to chance: where its log begins, and which port it gets.
Task<Intent> prepare(Call& call) {
  const std::string name = call.text("name");
  if (services_of(call).status(name).running) {
    throw Error(Code::service_running, fmt::format("service {} runs already", name))
        .with_effect(EffectDone::none);
  }
  const int port = chosen_port(call);
  const ServiceSpec spec = spec_of(call, port);
  rule_of(call, port);
  refuse_secrets(call, spec.argv);
  std::error_code absent;  // a first life: its log begins at 0
  const auto size = std::filesystem::file_size(services_of(call).log_path(name), absent);
  co_return Intent{{{"port", port}, {"log_begin", absent ? 0 : size}}, {}};
}

// A service that is not ready in time is stopped: the step failed, and nothing is left of it.
Task<void> wait_until_ready(Call& call, const ready::Rule& rule) {
  const std::string name = call.text("name");
  const auto log_begin = call.intent().at("log_begin").get<std::uint64_t>();
  const auto deadline = call.host().loop.clock().steady() + rule.timeout;
  for (;;) {
    const bool is_ready =
        co_await ready::is_ready(call, rule, services_of(call).log_path(name), log_begin);
    const ServiceStatus status = services_of(call).status(name);
    if (is_ready && status.running) {
      co_return;
    }
    const bool is_over = call.host().loop.clock().steady() >= deadline;
    if (!status.supervised || is_over) {
      Error error =
          status.supervised
              ? not_ready(call, Code::service_not_ready,
                          fmt::format("was not ready within {}", format_duration(rule.timeout)))
              : not_ready(call, Code::service_exited, "ended before it was ready");
      co_await services_of(call).stop(name, milliseconds{10'000});
      throw error;
    }
    co_await call.host().loop.sleep(rule.every, call.cancel());
  }
}

Task<Json> start(Call& call) {
  const int port = call.intent().at("port").get<int>();
  const ready::Rule rule = rule_of(call, port);
  const ServiceStatus status = co_await services_of(call).start(spec_of(call, port));
  if (!rule.is_empty()) {
    co_await wait_until_ready(call, rule);
  }
  co_return result_of(call, status, port);
}

// The supervisor's lock tells: whoever holds it executes the service, or did.
Task<Outcome> probe_start(Call& call) {
  const std::string name = call.text("name");
  const int port = call.intent().at("port").get<int>();
  const ServiceStatus status = services_of(call).status(name);
  if (!status.running) {
    co_return status.supervised ? Outcome::in_progress("its supervisor is about to start it")
                                : Outcome::not_done();
  }
  const ready::Rule rule = rule_of(call, port);
  const auto log_begin = call.intent().at("log_begin").get<std::uint64_t>();
  const bool is_ready =
      co_await ready::is_ready(call, rule, services_of(call).log_path(name), log_begin);
  if (!is_ready) {
    co_return Outcome::in_progress(fmt::format("service {} is not ready", name));
  }
  services_of(call).adopt(spec_of(call, port));
  co_return Outcome::done(result_of(call, status, port));
}

ServiceStatus known_status(Call& call) {
  const std::string name = call.text("name");
  const std::vector<std::string> names = services_of(call).names();
  if (std::ranges::find(names, name) == names.end()) {
    throw Error(Code::service_not_found, fmt::format("the run has no service {}", name))
        .with_effect(EffectDone::none);
  }
  return services_of(call).status(name);
}

Task<Json> status(Call& call) {
  const ServiceStatus found = known_status(call);
  Json result = ending(found);
  result["running"] = found.running;
  result["pid"] = found.pid;
  result["since"] = format_timestamp(found.since);
  co_return result;
}

Task<Json> logs(Call& call) {
  known_status(call);
  co_return services_of(call).last_lines(
      call.text("name"),
      static_cast<std::size_t>(std::max<std::int64_t>(call.integer_or("lines", 100), 0)));
}

Task<Json> stop(Call& call) {
  const std::string name = call.text("name");
  const bool runs = services_of(call).status(name).supervised;
  co_await services_of(call).stop(name, call.duration_or("grace", milliseconds{10'000}));
  Json result = ending(services_of(call).status(name));
  result["stopped"] = runs;
  co_return result;
}

// One turn of waiting for a ready rule that is a function of the recipe (service.lua).
Task<Json> wait(Call& call) {
  const auto waited = milliseconds{call.integer_or("waited", 0)};
  const milliseconds timeout = call.duration_or("timeout", milliseconds{60'000});
  const milliseconds every = call.duration_or("every", milliseconds{500});
  if (!known_status(call).supervised) {
    throw not_ready(call, Code::service_exited, "ended before it was ready");
  }
  if (waited >= timeout) {
    throw not_ready(call, Code::service_not_ready,
                    fmt::format("was not ready within {}", format_duration(timeout)));
  }
  co_await call.host().loop.sleep(every, call.cancel());
  co_return (waited + every).count();
}

const Option kName{.name = "name",
                   .type = Type::string,
                   .required = Required::yes,
                   .help = "unique within the run: letters, digits and - _ .",
                   .positional = true};

std::vector<Option> start_options() {
  Option name = kName;
  name.positional = false;
  return {
      {.name = "argv",
       .type = Type::strings,
       .required = Required::yes,
       .help = "the program and its arguments; {port} is replaced",
       .rest = true},
      name,
      {.name = "cwd", .type = Type::path, .help = "working directory; default: the project root"},
      {.name = "env",
       .type = Type::table,
       .help = "variables added to the environment; {port} is replaced"},
      {.name = "port",
       .type = Type::data,
       .help = "\"auto\" chooses a free one, kept when it is started again; or a number"},
      {.name = "ready",
       .type = Type::table,
       .help = "wait until all of it is true: { log = \"text\", port = true, http = URL, "
               "status = 200, timeout = \"1m\", every = \"50ms\" }; or a function, asked again "
               "and again: fn or { fn, timeout =, every = }"},
      {.name = "restart",
       .type = Type::string,
       .help = "when it has ended: \"never\", \"on-resume\", or \"always\" (at once, too)",
       .fallback = "never"},
      {.name = "grace",
       .type = Type::duration,
       .help = "between SIGINT, SIGTERM and SIGKILL",
       .fallback = "10s"}};
}

Function start_function() {
  return {.name = "start",
          .effect = Effect::once,
          .summary =
              "Starts a program that runs in the background, beyond the step and a crash of "
              "the session, until service.stop.",
          .options = start_options(),
          .returns = "{ name, pid, port, log }",
          .errors = {Code::program_not_found, Code::spawn_failed, Code::service_running,
                     Code::service_not_ready, Code::service_exited, Code::secret_in_arguments,
                     Code::option_invalid, Code::option_missing},
          .example =
              "local service = require \"service\"\n"
              "local node = step(\"start the node\", function()\n"
              "  return service.start { \"sh\", \"-c\", \"echo listening; exec sleep 600\",\n"
              "    name = \"node\", ready = { log = \"listening\" } }\n"
              "end)\n"
              "finally(function() service.stop(\"node\") end)",
          .run = start,
          .prepare = prepare,
          .probe = probe_start};
}

Function stop_function() {
  return {.name = "stop",
          .effect = Effect::idempotent,
          .summary = "Stops a service and everything it started; one that does not run is fine.",
          .options = {kName,
                      {.name = "grace",
                       .type = Type::duration,
                       .help = "between SIGINT, SIGTERM and SIGKILL",
                       .fallback = "10s"}},
          .returns = "{ stopped, exit, signal }",
          .errors = {Code::option_invalid},
          .example =
              "local service = require \"service\"\n"
              "step(\"stop the node\", function() return service.stop(\"node\") end)",
          .run = stop};
}

std::vector<Function> looking_functions() {
  return {
      {.name = "status",
       .effect = Effect::read,
       .summary = "Tells whether a service of this run is running.",
       .options = {kName},
       .returns = "{ running, pid, exit, signal, since }",
       .errors = {Code::service_not_found, Code::option_invalid},
       .example = "local service = require \"service\"\n"
                  "step(\"look\", function() return service.status(\"node\").running end)",
       .run = status},
      {.name = "logs",
       .effect = Effect::read,
       .summary = "The last lines of what a service printed, its secrets masked.",
       .options = {kName,
                   {.name = "lines", .type = Type::integer, .help = "how many", .fallback = 100}},
       .returns = "list of lines",
       .errors = {Code::service_not_found, Code::option_invalid},
       .example = "local service = require \"service\"\n"
                  "step(\"look\", function() return service.logs(\"node\", { lines = 5 }) end)",
       .run = logs},
      {.name = "wait",
       .effect = Effect::read,
       .summary = "One turn of waiting for a service; service.start waits so for a ready rule "
                  "that is a function.",
       .options = {kName,
                   {.name = "waited", .type = Type::integer, .help = "milliseconds waited before"},
                   {.name = "timeout",
                    .type = Type::duration,
                    .help = "an error when so much was waited",
                    .fallback = "1m"},
                   {.name = "every",
                    .type = Type::duration,
                    .help = "how long this turn is",
                    .fallback = "500ms"}},
       .returns = "milliseconds waited by now",
       .errors = {Code::service_not_found, Code::service_exited, Code::service_not_ready},
       .example = "local service = require \"service\"\n"
                  "step(\"wait\", function() return service.wait { name = \"node\" } end)",
       .run = wait}};
}

}  // namespace

Module service_module() {
  Module module{.name = "service",
                .summary = "Background programs that belong to the run.",
                .functions = {start_function(), stop_function()},
                .lua = service_files().front().text};
  for (Function& function : looking_functions()) {
    module.functions.push_back(std::move(function));
  }
  return module;
}

}  // namespace runbook
