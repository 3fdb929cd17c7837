#include "tests/modules/primitive.h"

#include <exception>
#include <optional>

#include "engine/base/clock.h"
#include "engine/io/http.h"
#include "engine/lua/module.h"

namespace runbook {

namespace {

class TestCall final : public Call {
 public:
  TestCall(Host& host, Json options, CancelPtr cancel, const std::string& refused_url)
      : Call(host, std::move(options), std::move(cancel)), refused_url_(refused_url) {}
  void check_net(const std::string& url) const override {
    if (!refused_url_.empty() && url.find(refused_url_) != std::string::npos) {
      throw Error(Code::permission_refused, "refused by the test").with_effect(EffectDone::none);
    }
  }
  void log(Stream, std::string_view) override {}
  Task<void> amend(Json) override { co_return; }
  Task<std::vector<OpenIntent>> open_intents(std::string) override {
    co_return std::vector<OpenIntent>();
  }
  Task<void> lease(std::string, std::chrono::milliseconds) override { co_return; }
  Task<std::optional<Json>> state_get(std::string) override { co_return std::nullopt; }
  Task<std::vector<StateEntry>> state_list(std::string) override {
    co_return std::vector<StateEntry>();
  }
  void state_put(std::string, Json) override {}

 private:
  const std::string& refused_url_;
};

const Function& function_of(const Module& module, const std::string& name) {
  for (const Function& function : module.functions) {
    if (function.name == name) {
      return function;
    }
  }
  throw Error(Code::internal, "no function " + name);
}

Task<void> run(const Function& function, Call& call, Json& result) {
  result = co_await function.run(call);
}

}  // namespace

Json PrimitiveTest::call(const Module& module, const std::string& name, Json options) const {
  const Function& function = function_of(module, name);
  for (const Option& option : function.options) {
    const std::string key(option.name);
    if (!option.fallback.is_null() && !options.contains(key)) {
      options[key] = option.fallback;
    }
  }
  SystemClock clock;
  Loop loop(clock);
  Processes processes(loop, nullptr, {});
  HttpClient http(loop);
  Host host{loop, processes, http, nullptr, root(), root() / "run", "test-run"};
  TestCall call(host, std::move(options), Cancel::root(), refused_url);
  if (function.compute != nullptr) {
    return function.compute(call);
  }
  Json result;
  loop.spawn(run(function, call, result));
  loop.run();
  return result;
}

}  // namespace runbook
