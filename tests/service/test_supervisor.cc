// What the supervisor does for a service besides starting it.

#include <signal.h>

#include "engine/base/file.h"
#include "tests/catch.h"
#include "tests/service/service_fixture.h"

using namespace runbook;
using namespace std::chrono_literals;

TEST_CASE_METHOD(ServiceFixture, "Stopping interrupts, then terminates, then kills", "[service]") {
  start(shell(
      "trap 'echo INT' INT; trap 'echo TERM' TERM; echo ready; while :; do sleep 0.01; done"));
  await([this] { return log_has("ready"); });
  stop("node", 200ms);
  std::vector<std::string> lines = services.last_lines("node", 10);
  std::erase(lines, "Terminated");  // some shells say so of the sleep that dies beside them
  CHECK(lines == std::vector<std::string>{"ready", "INT", "TERM"});
  CHECK(services.status("node").signal == SIGKILL);
}

TEST_CASE_METHOD(ServiceFixture, "A service that saves when it is stopped may finish",
                 "[service]") {
  start(
      shell("trap 'sleep 0.2; echo saved; exit 0' INT; echo ready; while :; do sleep 0.01; done"));
  await([this] { return log_has("ready"); });
  stop("node", 20s);
  CHECK(services.status("node").exit == 0);
  CHECK(log_has("saved"));
}

TEST_CASE_METHOD(ServiceFixture, "Stopping takes the whole group, and what escaped from it",
                 "[service]") {
  start(
      shell("trap '' INT; sh -c 'trap \"\" INT TERM; echo member $$; exec sleep 300' & "
            "setsid sh -c 'echo escaped $$; exec sleep 300' & wait"));
  std::vector<std::string> lines;
  await([&] {
    lines = services.last_lines("node", 10);
    return lines.size() == 2;
  });
  stop("node", 100ms);
  for (const std::string& line : lines) {
    CHECK_FALSE(is_alive(std::stoi(line.substr(line.find(' ')))));
  }
}

TEST_CASE_METHOD(ServiceFixture, "What a service prints is masked, also when split in two writes",
                 "[service]") {
  services.secrets = [] {
    return std::vector<std::pair<std::string, std::string>>{{"token", "hunter2-hunter2"}};
  };
  start(shell("printf 'with hunter2-'; sleep 0.1; echo hunter2 end; exec sleep 300"));
  await([this] { return log_has("with [secret token] end"); });
  CHECK_THAT(read_file(services.log_path("node")), !ContainsSubstring("hunter2"));
}

TEST_CASE_METHOD(ServiceFixture, "A service dies with its supervisor, and can be started again",
                 "[service]") {
  const ServiceStatus first = start(shell("sleep 301 & exec sleep 300"));
  const int supervisor = FileLock::holder_pid(folder / "services/node.lock");
  REQUIRE(supervisor > 0);
  kill(supervisor, SIGKILL);
  await([&] { return !is_alive(first.pid); });
  const ServiceStatus lost = services.status("node");
  CHECK_FALSE(lost.running);
  CHECK_FALSE(lost.supervised);
  CHECK_FALSE(lost.exit);
  CHECK(lost.since >= first.since);
  const ServiceStatus second = start(shell("exec sleep 300"));
  CHECK(second.running);
  CHECK(second.pid != first.pid);
  CHECK_FALSE(is_group_alive(first.pid));  // its other member would hold the port
}

TEST_CASE_METHOD(ServiceFixture, "What a service leaves behind when it ends is ended",
                 "[service]") {
  const ServiceStatus status = start(shell("sleep 300 & exit 0"));
  await([this] { return !services.status("node").supervised; });
  CHECK_FALSE(is_group_alive(status.pid));
  CHECK(services.status("node").exit == 0);
}

TEST_CASE_METHOD(ServiceFixture, "restart = always starts it again until it is stopped",
                 "[service]") {
  ServiceSpec spec = shell("echo life; exec sleep 300");
  spec.restart = "always";
  const ServiceStatus first = start(spec);
  kill(first.pid, SIGKILL);
  await([&] {
    const ServiceStatus status = services.status("node");
    return status.running && status.pid != first.pid;
  });
  SECTION("stopped while it runs") {
    stop("node");
    CHECK_FALSE(services.status("node").running);
    CHECK_FALSE(services.status("node").supervised);
  }
  SECTION("stopped while it rests") {
    kill(services.status("node").pid, SIGKILL);
    await([this] { return services.status("node").signal.has_value(); });
    CHECK(services.status("node").supervised);
    stop("node");
    CHECK_FALSE(services.status("node").supervised);
  }
}

TEST_CASE_METHOD(ServiceFixture, "Signals of the terminal do not reach the supervisor",
                 "[service]") {
  const ServiceStatus status = start(shell("exec sleep 300"));
  const int supervisor = FileLock::holder_pid(folder / "services/node.lock");
  const auto entry = find_process(supervisor);
  REQUIRE(entry);
  CHECK(entry->session == supervisor);
  for (const int number : {SIGINT, SIGHUP, SIGQUIT}) {
    kill(supervisor, number);
  }
  usleep(50'000);
  CHECK(is_alive(supervisor));
  CHECK(is_alive(status.pid));
}
