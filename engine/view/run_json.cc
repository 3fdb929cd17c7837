// The machine-readable forms of a run (design §9): additive only, `v` is their version.

#include "engine/journal/open_call.h"
#include "engine/view/next_commands.h"
#include "engine/view/run_page.h"

namespace runbook {

namespace {

constexpr int kVersion = 1;

OrderedJson time_or_null(Timestamp time) {
  return time == 0 ? OrderedJson(nullptr) : OrderedJson(format_timestamp(time));
}

bool is_error_state(State state) {
  return state == State::failed || state == State::cancelled || state == State::unknown ||
         state == State::interrupted;
}

OrderedJson error_json(const RawJson& value) {
  const Json error = value.parse();
  OrderedJson json;
  for (const char* key : {"code", "message", "hint"}) {
    json[key] = error.is_object() ? error.value(key, "") : "";
  }
  return json;
}

OrderedJson step_json(const StepState& step, bool driven, Timestamp now) {
  const State state = step_state_now(step, driven);
  const bool going = state == State::running || state == State::waiting;
  const Timestamp end = step.finished_time != 0 ? step.finished_time : now;
  OrderedJson json;
  json["path"] = step.path;
  json["state"] = state_name(state);
  json["kind"] = kind_name(step.kind);
  json["attempts"] = step.attempts;
  const bool timed = step.started_time != 0 && (going || step.finished_time != 0);
  json["ms"] = timed ? OrderedJson(end - step.started_time) : OrderedJson(nullptr);
  const bool failed = is_error_state(state) && !step.value.empty();
  json["result"] =
      failed || step.value.empty() ? OrderedJson(nullptr) : OrderedJson(step.value.parse());
  json["error"] = failed ? error_json(step.value) : OrderedJson(nullptr);
  return json;
}

OrderedJson text_or_null(const std::string& text) {
  return text.empty() ? OrderedJson(nullptr) : OrderedJson(text);
}

OrderedJson open_call_json(const CallState& call) {
  OrderedJson json;
  json["step"] = call.step;
  json["primitive"] = call.primitive;
  json["resource"] = text_or_null(call.resource);
  json["since"] = time_or_null(call.begun_time);
  json["text"] = text_or_null(intent_text(call));
  json["intent"] = call.intents.empty() ? OrderedJson(nullptr) : OrderedJson(call.intents.back());
  return json;
}

}  // namespace

OrderedJson run_head_json(const RunState& state, const RunFacts& facts) {
  const bool driven = facts.driver != 0;
  const RunPhase phase = phase_now(state, driven);
  OrderedJson json;
  json["v"] = kVersion;
  json["run"] = facts.row.id;
  json["recipe"] = state.created.recipe;
  json["state"] = phase_name(phase);
  const bool ended = !driven && !state.session_open && state.exit >= 0;
  json["exit"] = ended ? OrderedJson(state.exit) : OrderedJson(nullptr);
  json["started"] = time_or_null(state.created_time);
  json["finished"] = ended ? time_or_null(state.updated) : OrderedJson(nullptr);
  json["host"] = state.created.host;
  json["params"] = OrderedJson(state.created.parameters);
  json["target"] = OrderedJson(Json(state.targets));
  return json;
}

OrderedJson status_json(const RunState& state, const RunFacts& facts) {
  const bool driven = facts.driver != 0;
  OrderedJson json = run_head_json(state, facts);
  json["outputs"] = OrderedJson(Json(state.outputs));
  json["steps"] = OrderedJson::array();
  for (const StepState& step : state.steps) {
    json["steps"].push_back(step_json(step, driven, facts.now));
  }
  json["open"] = OrderedJson::array();
  for (const std::uint32_t index : state.open_calls) {
    json["open"].push_back(open_call_json(state.calls[index]));
  }
  json["next"] = OrderedJson::array();
  for (const std::string& command : next_commands(state, facts.row.id, phase_now(state, driven))) {
    json["next"].push_back(facts.state_option.put_into(command));
  }
  return json;
}

}  // namespace runbook
