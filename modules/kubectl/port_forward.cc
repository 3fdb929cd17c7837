// A port of a pod or service on this machine, as a service of the run: service.stop ends it.

#include <fmt/format.h>

#include <filesystem>

#include "engine/base/file.h"
#include "engine/service/service.h"
#include "modules/kubectl/connection.h"
#include "modules/kubectl/diagnosis.h"
#include "modules/kubectl/functions.h"

namespace runbook::kubectl {

namespace {

constexpr std::chrono::milliseconds kLookAgain{100};
constexpr std::size_t kLinesInCard = 20;

Services& services_of_run(Call& call) {
  RB_CHECK(call.host().services != nullptr);
  return *call.host().services;
}

std::string name_of_service(const Call& call) {
  if (call.has("name")) {
    return call.text("name");
  }
  std::string name = call.text("object");
  std::ranges::replace(name, '/', '-');
  return name;
}

int local_port_of(const Call& call) {
  const Json port = call.options().value("local_port", Json("auto"));
  if (port == "auto") {
    return free_port();
  }
  if (port.is_number_integer() && port.get<int>() > 0 && port.get<int>() <= 65'535) {
    return port.get<int>();
  }
  refuse(Code::option_invalid, "local_port is neither \"auto\" nor a port number");
}

/// A number, or the name that the pod or service gives it.
std::string remote_port_of(const Call& call) {
  const Json port = call.options().at("port");
  if (port.is_number_integer() || (port.is_string() && !port.get<std::string>().empty())) {
    return port.is_string() ? port.get<std::string>() : port.dump();
  }
  refuse(Code::option_invalid, "port is neither a number nor the name of one");
}

ServiceSpec forward_spec(Call& call, int port) {
  const std::string object = object_of(call);
  tool::Command command =
      command_of(call, {.name = "port-forward",
                        .words = {"port-forward", "--address=127.0.0.1", object,
                                  fmt::format("{}:{}", port, remote_port_of(call))},
                        .lasts = true});
  tool::refuse_secrets(call, "kubectl", command.arguments);
  ServiceSpec service{.name = name_of_service(call),
                      .argv = {"kubectl"},
                      .cwd = call.host().root.string(),
                      .env = program().env,
                      .port = port,
                      .restart = call.text("restart")};
  service.argv.insert(service.argv.end(), command.arguments.begin(), command.arguments.end());
  service.env.insert(service.env.end(), command.env.begin(), command.env.end());
  if (service.restart != "never" && service.restart != "on-resume" && service.restart != "always") {
    refuse(Code::option_invalid,
           fmt::format("restart: \"{}\" is none of never, on-resume, always", service.restart));
  }
  return service;
}

int chosen_port_of(const Call& call) {
  return call.intent().at("port").get<int>();
}

/// What it printed in this life.
std::string printed_by(Call& call) {
  const std::filesystem::path log = services_of_run(call).log_path(name_of_service(call));
  const auto begin = call.intent().at("log_begin").get<std::size_t>();
  const std::string all = std::filesystem::exists(log) ? read_file(log) : "";
  return all.substr(std::min(begin, all.size()));
}

bool is_forwarding(Call& call) {
  return printed_by(call).find(fmt::format("Forwarding from 127.0.0.1:{} ",
                                           chosen_port_of(call))) != std::string::npos;
}

Json forwarded(Call& call) {
  const std::string name = name_of_service(call);
  return {{"name", name},
          {"pid", services_of_run(call).status(name).pid},
          {"port", chosen_port_of(call)},
          {"address", fmt::format("127.0.0.1:{}", chosen_port_of(call))},
          {"log", services_of_run(call).log_path(name).string()}};
}

Task<Intent> prepare_forward(Call& call) {
  const std::string name = name_of_service(call);
  if (services_of_run(call).status(name).supervised) {
    refuse(Code::service_running, fmt::format("service {} runs already", name));
  }
  const int port = local_port_of(call);
  forward_spec(call, port);
  std::error_code absent;  // a first life: its log begins at 0
  const auto size = std::filesystem::file_size(services_of_run(call).log_path(name), absent);
  co_return Intent{{{"port", port},
                    {"log_begin", absent ? 0 : size},
                    {"text", fmt::format("{} port {} on 127.0.0.1:{}", object_of(call),
                                         remote_port_of(call), port)}},
                   {}};
}

/// kubectl's own words say more than that a service ended.
Error forward_failed(Call& call, const ServiceStatus& status, std::chrono::milliseconds limit) {
  const std::string said = printed_by(call);
  Error error = status.exit ? diagnose({"kubectl port-forward", "", said, *status.exit})
                            : Error(Code::service_not_ready,
                                    fmt::format("service {} did not forward within {}",
                                                name_of_service(call), format_duration(limit)));
  error.detail["lines"] = services_of_run(call).last_lines(name_of_service(call), kLinesInCard);
  return error.with_effect(EffectDone::none);
}

Task<Json> forward(Call& call) {
  const std::string name = name_of_service(call);
  ServiceSpec spec = forward_spec(call, chosen_port_of(call));
  co_await services_of_run(call).start(std::move(spec));
  const auto limit = call.duration_or("timeout", std::chrono::minutes{1});
  Clock& clock = call.host().loop.clock();
  const auto deadline = clock.steady() + limit;
  for (;;) {
    const ServiceStatus status = services_of_run(call).status(name);
    if (status.running && is_forwarding(call)) {
      co_return forwarded(call);
    }
    const bool has_ended = !status.running && status.exit.has_value();
    if (has_ended || !status.supervised || clock.steady() >= deadline) {
      Error error = forward_failed(call, status, limit);
      co_await services_of_run(call).stop(name, std::chrono::seconds{10});
      throw error;
    }
    co_await call.host().loop.sleep(kLookAgain, call.cancel());
  }
}

Task<Outcome> probe_forward(Call& call) {
  const std::string name = name_of_service(call);
  const ServiceStatus status = services_of_run(call).status(name);
  if (!status.running) {
    co_return status.supervised ? Outcome::in_progress("its supervisor is about to start it")
                                : Outcome::not_done();
  }
  if (!is_forwarding(call)) {
    co_return Outcome::in_progress("kubectl does not forward yet");
  }
  services_of_run(call).adopt(forward_spec(call, chosen_port_of(call)));
  co_return Outcome::done(forwarded(call));
}

std::vector<Option> forward_options() {
  return with_namespace(
      {{.name = "object",
        .type = Type::string,
        .required = Required::yes,
        .help = "\"service/web\", \"deployment/web\", \"pod/web-1\"",
        .positional = true},
       {.name = "port",
        .type = Type::data,
        .required = Required::yes,
        .help = "of it: a number or a name"},
       {.name = "local_port",
        .type = Type::data,
        .help = "on 127.0.0.1: \"auto\" chooses a free one; or a number",
        .fallback = "auto"},
       {.name = "name",
        .type = Type::string,
        .help = "of the service, unique within the run; default: of the object, \"service-web\""},
       {.name = "restart",
        .type = Type::string,
        .help = "when it has ended, as it does when its pod ends: \"never\", \"on-resume\", or "
                "\"always\" (at once, too)",
        .fallback = "always"},
       {.name = "timeout", .type = Type::duration, .help = "until it forwards", .fallback = "1m"}});
}

}  // namespace

Function port_forward_function() {
  return {.name = "port_forward",
          .effect = Effect::once,
          .summary =
              "Makes a port of a pod or service reachable on 127.0.0.1, as a service of the "
              "run, and waits until it is; service.stop ends it.",
          .options = forward_options(),
          .returns = "{ name, pid, port, address, log }: address is \"127.0.0.1:<port>\"",
          .errors = with_errors({Code::service_running, Code::service_not_ready, Code::spawn_failed,
                                 Code::kubernetes_not_found, Code::kubernetes_invalid,
                                 Code::secret_in_arguments}),
          .example =
              "local kubectl = require \"kubectl\"\n"
              "local service = require \"service\"\n"
              "local cluster = kubectl.cluster { context = \"admin\", namespace = \"web\" }\n"
              "local web = step(\"reach the web server\", function()\n"
              "  return cluster:port_forward { \"service/web\", port = 80 }  -- "
              "kubectl.port_forward\n"
              "end)\n"
              "finally(function() service.stop(\"service-web\") end)",
          .run = forward,
          .prepare = prepare_forward,
          .probe = probe_forward};
}

}  // namespace runbook::kubectl
