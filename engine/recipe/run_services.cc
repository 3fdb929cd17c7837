#include "engine/recipe/run_services.h"

#include <fmt/core.h>

#include "engine/base/references.h"

namespace runbook {
namespace {

Json to_record(const ServiceSpec& spec, const ServiceStatus& status) {
  Json environment = Json::object();
  for (const auto& [name, value] : spec.env) {
    environment[name] = value;
  }
  return Json{{"argv", spec.argv},
              {"cwd", spec.cwd},
              {"env", std::move(environment)},
              {"port", spec.port},
              {"restart", spec.restart},
              {"grace_ms", spec.grace.count()},
              {"pid", status.pid},
              {"start_time", status.start_time},
              {"boot", status.boot}};
}

ServiceSpec from_record(const std::string& name, const Json& record) {
  ServiceSpec spec;
  spec.name = name;
  spec.argv = record.at("argv").get<std::vector<std::string>>();
  spec.cwd = record.value("cwd", "");
  spec.port = record.value("port", 0);
  spec.restart = record.value("restart", "never");
  spec.grace = std::chrono::milliseconds(record.value("grace_ms", 10'000));
  for (const auto& [variable, value] : record.at("env").items()) {
    spec.env.emplace_back(variable, value.get<std::string>());
  }
  return spec;
}

Task<void> record_stopping(EngineParts& parts, std::string name) {
  const std::map<std::string, Json>& services = parts.journal.state().services;
  const auto known = services.find(name);
  if (known == services.end() || known->second.contains("ended")) {
    co_return;
  }
  Json stopping{{"stopping", true}};
  parts.journal.append(event::ServiceEnded{.name = std::move(name), .status = std::move(stopping)});
  co_await parts.journal.durable();
}

// The step whose result rests on the service. Empty if there is none, since it was forgotten
// (--rerun), failed, or was cut off: it will start the service anew, or find out.
std::string step_that_started(const RunState& state, const std::string& name) {
  for (auto step = state.steps.rbegin(); step != state.steps.rend(); ++step) {
    for (const CallState* call : state.calls_of(*step)) {
      if (call->primitive == "service.start" && call->end == CallState::End::ok &&
          call->arguments.value("name", "") == name) {
        return step->path;
      }
    }
  }
  return {};
}

// Without a restart rule a person decides: what it held is lost, and other steps may rest on it.
[[noreturn]] void refuse_to_go_on(const std::string& name, const std::string& step,
                                  const ServiceStatus& status) {
  Error gone(
      Code::service_gone,
      fmt::format("the service \"{}\" is gone since {}", name, format_timestamp(status.since)),
      "the step that started it starts it again");
  gone.path = step;
  throw SessionStop(RunPhase::interrupted, std::move(gone));
}

}  // namespace

void record_services(EngineParts& parts) {
  parts.services.on_started = [&parts](const ServiceSpec& spec, const ServiceStatus& status) {
    Json record = recordable(parts.vault, to_record(spec, status));
    parts.journal.append(event::ServiceStarted{.name = spec.name, .service = std::move(record)});
  };
  parts.services.on_stopping = [&parts](std::string name) -> Task<void> {
    return record_stopping(parts, std::move(name));
  };
  parts.services.secrets = [&parts] { return parts.vault.known(); };
  parts.services.on_ended = [&parts](const std::string& name, const ServiceStatus& status) {
    Json end{{"exit", status.exit ? Json(*status.exit) : Json()},
             {"signal", status.signal ? Json(*status.signal) : Json()}};
    parts.journal.append(event::ServiceEnded{.name = name, .status = std::move(end)});
  };
}

Task<void> find_services_again(EngineParts& parts) {
  const std::map<std::string, Json> services =
      parts.journal.state().services;  // a copy: starting one appends
  for (const auto& [name, recorded] : services) {
    const ServiceStatus status = parts.services.status(name);
    if (status.running || recorded.contains("ended")) {
      continue;
    }
    const std::string step = step_that_started(parts.journal.state(), name);
    if (step.empty()) {
      continue;
    }
    const ServiceSpec spec =
        from_record(name, parts.vault.reveal(parts.vault.from_references(recorded)));
    if (spec.restart == "never") {
      refuse_to_go_on(name, step, status);
    }
    co_await parts.journal.durable();
    co_await parts.services.start(spec);
  }
}

}  // namespace runbook
