// Project state: named values that outlive a run (design §3.6).

#include "modules/state/state.h"

#include "engine/lua/module.h"

namespace runbook {
namespace {

Task<Json> get(Call& call) {
  std::optional<Json> value = co_await call.state_get(call.text("key"));
  if (value) {
    co_return *std::move(value);
  }
  co_return call.has("default") ? call.options().at("default") : Json();
}

Task<Json> put(Call& call) {
  call.state_put(call.text("key"), call.options().at("value"));
  co_return call.options().at("value");
}

Task<Json> list(Call& call) {
  Json values = Json::object();
  const std::vector<StateEntry> entries = co_await call.state_list(call.text_or("prefix", ""));
  for (const StateEntry& entry : entries) {
    values[entry.key] = {{"value", parse_json(entry.value, "project state")},
                         {"run", entry.run},
                         {"step", entry.step},
                         {"time", entry.time}};
  }
  co_return values;
}

const Option kKey{.name = "key",
                  .type = Type::string,
                  .required = Required::yes,
                  .help = "name of the value, such as \"deploy/token/address\"",
                  .positional = true};

}  // namespace

Module state_module() {
  return Module{
      .name = "state",
      .summary =
          "Named values of the project that the next run finds: addresses deployed, digests "
          "applied.",
      .functions = {
          Function{
              .name = "get",
              .effect = Effect::read,
              .summary = "Reads a value; what this run put is seen at once.",
              .options = {kKey,
                          {.name = "default",
                           .type = Type::data,
                           .help = "returned when there is none",
                           .positional = true}},
              .returns = "the value, the default, or nil",
              .errors = {Code::store_unreadable, Code::secret_missing},
              .example =
                  R"(local address = step("find the token", function() return state.get("token/address") end))",
              .tagged = true,
              .takes_tagged = true,
              .run = get},
          Function{
              .name = "put",
              .effect = Effect::idempotent,
              .summary = "Writes a value, as an event of this run; older ones stay in its history. "
                         "A secret is refused: it belongs to its run.",
              .options = {kKey,
                          {.name = "value",
                           .type = Type::data,
                           .required = Required::yes,
                           .help = "data of at most 1 MiB",
                           .positional = true}},
              .returns = "the value",
              .errors = {Code::journal_unwritable, Code::value_not_data},
              .example =
                  R"(step("remember the token", function() return state.put("token/address", "0x01") end))",
              .tagged = true,
              .takes_tagged = true,
              .run = put},
          Function{
              .name = "list",
              .effect = Effect::read,
              .summary = "Reads all values whose key begins with a prefix.",
              .options = {{.name = "prefix",
                           .type = Type::string,
                           .help = "\"\" = all",
                           .positional = true}},
              .returns = "table by key of { value, run, step, time }",
              .errors = {Code::store_unreadable, Code::secret_missing},
              .example =
                  R"(local all = step("what is known", function() return state.list("token/") end))",
              .tagged = true,
              .run = list}}};
}

}  // namespace runbook
