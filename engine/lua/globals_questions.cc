// gate, ask, manual: what a recipe asks of people.

#include <fmt/core.h>

#include <array>
#include <utility>

#include <lua.hpp>

#include "engine/base/duration.h"
#include "engine/lua/error_value.h"
#include "engine/lua/globals.h"
#include "engine/lua/lazy.h"
#include "engine/lua/values.h"

namespace runbook::lua {
namespace {

[[noreturn]] void refuse_question(const StepSpec& spec, const std::string& problem) {
  throw Error(Code::option_invalid,
              fmt::format("{} \"{}\": {}", kind_name(spec.kind), spec.segment, problem))
      .with_effect(EffectDone::none);
}

/// A question has no body: nothing to try again, to probe or to undo.
void refuse_options_of_bodies(const StepSpec& spec, const Json& options) {
  for (const char* name :
       {"retry", "timeout", "idempotent", "reads", "on_unknown", "inputs", "probe", "undo"}) {
    if (options.contains(name)) {
      refuse_question(spec,
                      fmt::format("{} means nothing for a question{}", name,
                                  std::string_view(name) == "timeout" ? "; it has expires =" : ""));
    }
  }
  if (spec.options.probe || spec.options.undo) {
    refuse_question(spec, "probe and undo mean nothing for a question");
  }
}

std::vector<std::string> read_by(const StepSpec& spec, const Json& by) {
  const std::string problem = "by must be a user's name, \"@group\", or a list of them";
  std::vector<std::string> names;
  for (const Json& name : by.is_array() ? by : Json::array({by})) {
    if (!name.is_string() || name.get_ref<const std::string&>().empty() || name == "@") {
      refuse_question(spec, problem);
    }
    names.push_back(name.get<std::string>());
  }
  return names;
}

QuestionSpec read_options(const StepSpec& spec, const Json& options) {
  QuestionSpec question;
  if (!options.is_object()) {
    return question;
  }
  refuse_options_of_bodies(spec, options);
  if (options.contains("by")) {
    question.by = read_by(spec, options["by"]);
  }
  if (options.contains("expires")) {
    if (!options["expires"].is_string()) {
      refuse_question(spec, "expires must be a duration such as \"4h\"");
    }
    question.expires = parse_duration(options["expires"].get<std::string>());
  }
  if (options.contains("text")) {
    if (!options["text"].is_string()) {
      refuse_question(spec, "text must be a string");
    }
    question.text = options["text"].get<std::string>();
  }
  question.shown = options.value("show", Json());
  return question;
}

Kind kind_called(std::string_view name) {
  return name == "gate" ? Kind::gate : name == "ask" ? Kind::ask : Kind::manual;
}

}  // namespace

// question(kind, name, fields or nil, options or nil)
int Globals::question(lua_State* L) {
  Json options;
  StepSpec spec = read_spec(L, 2, 4, 0, {"by", "expires", "show", "text"}, options);
  spec.kind = kind_called(lua_tostring(L, 1));
  spec.site = where(L);
  QuestionSpec question = read_options(spec, options);
  if (!lua_isnoneornil(L, 3)) {
    question.fields = to_json(L, 3, spec.segment);
    if (!question.fields.is_object() || question.fields.empty()) {
      refuse_question(spec, "what is asked for is a table of fields: { region = param.string {} }");
    }
    hooks_.check_fields(question.fields);
  } else if (spec.kind == Kind::ask) {
    refuse_question(spec, "it asks for nothing: name at least one field");
  }
  return scheduler_.await(L,
                          [this, spec = std::move(spec),
                           question = std::move(question)](Scope& scope) -> Task<Scheduler::Push> {
                            RawJson result = co_await session_.question(scope, spec, question);
                            co_return [result = std::move(result)](lua_State* state) {
                              push_lazy(state, result);
                              return 1;
                            };
                          });
}

}  // namespace runbook::lua
