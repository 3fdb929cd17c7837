#pragma once
// A call of a primitive that remembers what was logged, with secrets, intents and a cancel node the
// test decides about.

#include <unistd.h>

#include <string>
#include <utility>
#include <vector>

#include "engine/base/secret.h"
#include "engine/io/http.h"
#include "engine/lua/module.h"
#include "engine/service/service.h"
#include "tests/base/temporary_folder.h"

namespace runbook {

class RecordedCall final : public Call {
 public:
  RecordedCall(Host& host, Json options, CancelPtr cancel, std::vector<Json> intents)
      : Call(host, std::move(options), std::move(cancel)) {
    intents_ = std::move(intents);
  }
  void check_net(const std::string&) const override {}
  void log(Stream stream, std::string_view line) override {
    lines.push_back((stream == Stream::out ? "out " : "err ") + std::string(line));
  }
  bool was_begun_before() const override { return begun_before; }
  Task<void> amend(Json intent) override {
    intents_.push_back(std::move(intent));
    held.clear();
    co_return;
  }
  Task<std::vector<OpenIntent>> open_intents(std::string) override { co_return open; }
  Task<void> lease(std::string name, std::chrono::milliseconds) override {
    leases.push_back(name);
    held.push_back(std::move(name));
    co_return;
  }
  Task<std::optional<Json>> state_get(std::string) override { co_return std::nullopt; }
  Task<std::vector<StateEntry>> state_list(std::string) override {
    co_return std::vector<StateEntry>();
  }
  void state_put(std::string, Json) override {}

  std::vector<std::string> lines;
  std::vector<std::string> leases;  ///< in the order they were asked for
  std::vector<std::string> held;    ///< of them, what no amendment gave back
  std::vector<OpenIntent> open;     ///< of the store
  bool begun_before = false;
};

/// The engine's hands around a project folder.
class CallFixture {
 public:
  explicit CallFixture(Module the_module, std::filesystem::path program = "/proc/self/exe")
      : module(std::move(the_module)),
        services(loop, folder_.path() / "run", run_id, std::move(program)) {}

  std::string path(const std::string& relative) const {
    return (folder_.path() / relative).string();
  }
  const Function& function(const std::string& name) const {
    for (const Function& candidate : module.functions) {
      if (candidate.name == name) {
        return candidate;
      }
    }
    throw Error(Code::internal, "no function " + name);
  }
  /// With the defaults of the declaration.
  RecordedCall make(const std::string& name, Json options, std::vector<Json> intents = {}) {
    for (const Option& option : function(name).options) {
      const std::string key(option.name);
      if (!option.fallback.is_null() && !options.contains(key)) {
        options[key] = option.fallback;
      }
    }
    return {host, std::move(options), cancel, std::move(intents)};
  }
  Json run(const std::string& name, Json options) {
    RecordedCall call = make(name, std::move(options));
    return run(name, call);
  }
  Json run(const std::string& name, RecordedCall& call) {
    Json result;
    loop.spawn(keep(function(name).run(call), result));
    loop.run();
    return result;
  }
  /// As the adapter calls a `once` primitive: prepare, then run with the intent.
  Json run_once(const std::string& name, const Json& options, bool begun_before = false) {
    return run_with(name, options, prepare(name, options, begun_before));
  }
  Intent prepare(const std::string& name, const Json& options, bool begun_before = false) {
    RecordedCall call = make(name, options);
    call.begun_before = begun_before;
    Intent intent;
    loop.spawn(keep(function(name).prepare(call), intent));
    loop.run();
    return intent;
  }
  Json run_with(const std::string& name, const Json& options, const Intent& intent) {
    RecordedCall call = make(name, options, {intent.data});
    return run(name, call);
  }
  Outcome probe(const std::string& name, const Json& options, const Intent& intent) {
    RecordedCall call = make(name, options, {intent.data});
    Outcome outcome;
    loop.spawn(keep(function(name).probe(call), outcome));
    loop.run();
    return outcome;
  }
  Error error_of(const std::string& name, const Json& options) {
    try {
      run(name, options);
    } catch (const Error& error) {
      return error;
    }
    throw std::runtime_error("it succeeded");
  }

 private:
  template <typename T>
  static Task<void> keep(Task<T> task, T& result) {
    result = co_await std::move(task);
  }
  TemporaryFolder folder_;

 public:
  Module module;
  std::string run_id = "test-" + std::to_string(getpid());  // services are found by it
  SystemClock clock;
  Loop loop{clock};
  Redactor redactor;
  SecretVault vault{run_id, redactor};
  Processes processes{loop, nullptr, {}};
  HttpClient http{loop};
  Services services;
  Host host{loop,   processes, http, &services, folder_.path(), folder_.path() / "run",
            run_id, &vault};
  CancelPtr cancel = Cancel::root();
};

}  // namespace runbook
