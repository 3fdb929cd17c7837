#pragma once
// A loop with processes, and the shortest way to run one.

#include <string>
#include <utility>
#include <vector>

#include "engine/io/process.h"

struct ProcessFixture {
  runbook::SystemClock clock;
  runbook::Loop loop{clock};
  runbook::Processes processes{loop, nullptr, {}};

  static runbook::ProcessSpec spec(std::vector<std::string> argv) {
    runbook::ProcessSpec result;
    result.argv = std::move(argv);
    result.cwd = "/";
    return result;
  }
  static runbook::ProcessSpec shell(const std::string& script) {
    return spec({"sh", "-c", script});
  }

  runbook::ProcessResult run(runbook::ProcessSpec spec, runbook::CancelPtr cancel = nullptr) {
    runbook::ProcessResult result;
    loop.spawn(run_into(std::move(spec), std::move(cancel), result));
    loop.run();
    return result;
  }
  runbook::Task<void> run_into(runbook::ProcessSpec spec, runbook::CancelPtr cancel,
                               runbook::ProcessResult& result) {
    result = co_await processes.run(std::move(spec), std::move(cancel));
  }
};
