#pragma once
// A run folder with services, ended with the test.

#include <stdlib.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <stdexcept>
#include <string>

#include "engine/io/process_table.h"
#include "engine/service/service.h"

struct ServiceFixture {
  ServiceFixture() = default;
  ~ServiceFixture() {
    for (const std::string& name : services.names()) {
      stop(name);
    }
    std::filesystem::remove_all(folder);
  }
  ServiceFixture(const ServiceFixture&) = delete;
  ServiceFixture& operator=(const ServiceFixture&) = delete;

  static std::filesystem::path make_folder() {
    char name[] = "/tmp/runbook-service-XXXXXX";
    return mkdtemp(name);
  }
  static runbook::ServiceSpec shell(const std::string& script) {
    runbook::ServiceSpec spec;
    spec.name = "node";
    spec.argv = {"sh", "-c", script};
    spec.cwd = "/";
    return spec;
  }

  runbook::ServiceStatus start(runbook::ServiceSpec spec) {
    runbook::ServiceStatus status;
    loop.spawn(start_into(std::move(spec), status));
    loop.run();
    return status;
  }
  runbook::Task<void> start_into(runbook::ServiceSpec spec, runbook::ServiceStatus& status) {
    status = co_await services.start(std::move(spec));
  }
  void stop(const std::string& name, std::chrono::milliseconds grace = std::chrono::seconds{5}) {
    loop.spawn(services.stop(name, grace));
    loop.run();
  }

  /// Until `condition` holds; throws after 20 s.
  template <typename Condition>
  static void await(Condition condition) {
    for (int i = 0; !condition(); ++i) {
      if (i == 2'000) {
        throw std::runtime_error("waited in vain");
      }
      usleep(10'000);
    }
  }
  bool log_has(const std::string& line) const {
    const std::vector<std::string> lines = services.last_lines("node", 100);
    return std::ranges::find(lines, line) != lines.end();
  }
  static bool is_alive(int pid) {
    const auto entry = runbook::find_process(pid);
    return entry && entry->is_alive();
  }

  std::filesystem::path folder = make_folder();
  std::string run_id = "test-" + std::to_string(getpid());
  runbook::SystemClock clock;
  runbook::Loop loop{clock};
  runbook::Services services{loop, folder, run_id, SERVICE_PROGRAM};
};
