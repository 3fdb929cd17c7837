// hardhat node, as a service of the run: service.stop ends it.

#include <fmt/core.h>

#include "engine/service/service.h"
#include "modules/hardhat/chain.h"
#include "modules/hardhat/functions.h"
#include "modules/hardhat/program.h"

namespace runbook::hardhat {

namespace {

constexpr std::chrono::milliseconds kEvery{200};
constexpr std::size_t kLinesShown = 20;

Services& services_of(Call& call) {
  RB_CHECK(call.host().services != nullptr);
  return *call.host().services;
}

int port_of(Call& call) {
  const Json port = call.options().value("port", Json("auto"));
  if (port == "auto") {
    return free_port();
  }
  if (port.is_number_integer() && port.get<int>() > 0 && port.get<int>() <= 65'535) {
    return port.get<int>();
  }
  refuse(Code::option_invalid, "hardhat.node: port is neither \"auto\" nor a port number");
}

std::string url_of(Call& call) {
  return fmt::format("http://127.0.0.1:{}", call.intent().at("port").get<int>());
}

ServiceSpec spec_of(Call& call, int port) {
  ServiceSpec service;
  service.name = call.text("name");
  service.port = port;
  service.cwd = project_of(call).string();
  ProcessSpec environment;
  set_environment(call, environment);
  service.env = std::move(environment.env);
  service.argv = {"/usr/bin/env"};  // a service inherits whatever is not taken from it like this
  for (const std::string& name : environment.unset) {
    service.argv.push_back("--unset=" + name);
  }
  service.argv.push_back(hardhat_of(call));
  if (call.has("config")) {
    service.argv.insert(service.argv.end(), {"--config", call.text("config")});
  }
  service.argv.insert(service.argv.end(),
                      {"node", "--hostname", "127.0.0.1", "--port", std::to_string(port)});
  const auto more = call.options().value("args", std::vector<std::string>());
  service.argv.insert(service.argv.end(), more.begin(), more.end());
  tool::refuse_secrets(call, "hardhat", service.argv);
  return service;
}

Task<Intent> prepare(Call& call) {
  const std::string name = call.text("name");
  if (services_of(call).status(name).running) {
    refuse(Code::service_running, fmt::format("service {} runs already", name));
  }
  const int port = port_of(call);
  spec_of(call, port);
  co_return Intent{{{"port", port}, {"text", fmt::format("hardhat node on port {}", port)}}, {}};
}

Json result_of(Call& call, const Chain& chain) {
  const std::string name = call.text("name");
  return {{"name", name},
          {"pid", services_of(call).status(name).pid},
          {"port", call.intent().at("port")},
          {"url", url_of(call)},
          {"chain_id", chain.number()},
          {"log", services_of(call).log_path(name).string()}};
}

Task<bool> answers(Chain& chain) {
  try {
    co_await chain.identify();
  } catch (const Error& error) {
    if (error.code != Code::hardhat_unreachable) {
      throw;
    }
    co_return false;
  }
  co_return true;
}

Error not_ready(Call& call, Code code, const std::string& what) {
  const std::string name = call.text("name");
  Json detail{{"lines", services_of(call).last_lines(name, kLinesShown)},
              {"log", services_of(call).log_path(name).string()}};
  return Error(code, fmt::format("service {} {}", name, what), {}, std::move(detail))
      .with_effect(EffectDone::none);
}

Task<void> wait_until_it_answers(Call& call, Chain& chain) {
  const std::string name = call.text("name");
  const std::chrono::milliseconds limit = call.duration_or("timeout", std::chrono::minutes{1});
  const auto deadline = call.host().loop.clock().steady() + limit;
  for (;;) {
    const bool ready = co_await answers(chain);
    const ServiceStatus status = services_of(call).status(name);
    if (ready && status.running) {
      co_return;
    }
    if (!status.supervised || call.host().loop.clock().steady() >= deadline) {
      Error error = status.supervised
                        ? not_ready(call, Code::service_not_ready,
                                    "did not answer within " + format_duration(limit))
                        : not_ready(call, Code::service_exited, "ended before it answered");
      co_await services_of(call).stop(name, std::chrono::seconds{10});
      throw error;
    }
    co_await call.host().loop.sleep(kEvery, call.cancel());
  }
}

Task<Json> start(Call& call) {
  ServiceSpec spec = spec_of(call, call.intent().at("port").get<int>());
  co_await services_of(call).start(std::move(spec));
  Chain chain(call, url_of(call));
  co_await wait_until_it_answers(call, chain);
  co_return result_of(call, chain);
}

Task<Outcome> probe(Call& call) {
  const ServiceStatus status = services_of(call).status(call.text("name"));
  if (!status.running) {
    co_return status.supervised ? Outcome::in_progress("its supervisor is about to start it")
                                : Outcome::not_done();
  }
  Chain chain(call, url_of(call));
  const bool ready = co_await answers(chain);
  if (!ready) {
    co_return Outcome::in_progress("hardhat node does not answer yet");
  }
  services_of(call).adopt(spec_of(call, call.intent().at("port").get<int>()));
  co_return Outcome::done(result_of(call, chain));
}

}  // namespace

Function node_function() {
  return {.name = "node",
          .effect = Effect::once,
          .summary =
              "Starts hardhat node as a service of the run, and waits until it answers; "
              "service.stop ends it.",
          .options = {{.name = "name",
                       .type = Type::string,
                       .help = "of the service, unique within the run",
                       .fallback = "hardhat-node"},
                      {.name = "port",
                       .type = Type::data,
                       .help = "\"auto\" chooses a free one; or a number",
                       .fallback = "auto"},
                      {.name = "args",
                       .type = Type::strings,
                       .help = "more arguments: \"--no-deploy\" where hardhat-deploy would deploy "
                               "at its start, \"--fork\" and a URL"},
                      {.name = "timeout",
                       .type = Type::duration,
                       .help = "until it answers",
                       .fallback = "1m"},
                      kEnvOption,
                      kCwdOption,
                      kConfigOption},
          .returns = "{ name, pid, port, url, chain_id, log }",
          .errors = {Code::hardhat_missing, Code::service_running, Code::service_not_ready,
                     Code::service_exited, Code::spawn_failed, Code::secret_in_arguments,
                     Code::option_invalid},
          .example =
              "local hardhat = require \"hardhat\"\n"
              "local service = require \"service\"\n"
              "local node = step(\"start a chain\", function()\n"
              "  return hardhat.node { cwd = \"hardhat\", args = { \"--no-deploy\" } }\n"
              "end)\n"
              "finally(function() service.stop(\"hardhat-node\") end)",
          .run = start,
          .prepare = prepare,
          .probe = probe};
}

}  // namespace runbook::hardhat
