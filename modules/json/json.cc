// JSON text and values.

#include "engine/lua/module.h"
#include "modules/modules.h"

namespace runbook {

namespace {

Json encode(Call& call) {
  const Json& value = call.options().at("value");
  const std::string line = dump_json(value);
  return call.flag("pretty") ? value.dump(2) : line;
}

Json decode(Call& call) {
  return parse_json(call.text("text"), call.text_or("name", "text"));
}

}  // namespace

Module json_module() {
  return {
      .name = "json",
      .summary = "JSON text and values.",
      .functions = {{.name = "encode",
                     .summary = "Writes a value as JSON, with sorted keys.",
                     .options = {{.name = "value",
                                  .type = Type::data,
                                  .required = Required::yes,
                                  .help = "anything that can be recorded",
                                  .positional = true},
                                 {.name = "pretty",
                                  .type = Type::boolean,
                                  .help = "true: one field a line, indented by two"}},
                     .returns = "JSON text",
                     .errors = {Code::value_not_data},
                     .example = "local json = require \"json\"\n"
                                "local text = json.encode({ port = 8080 }, { pretty = true })",
                     .compute = encode},
                    {.name = "decode",
                     .summary = "Reads JSON. Integers beyond 2^53 become strings of their digits.",
                     .options = {{.name = "text",
                                  .type = Type::string,
                                  .required = Required::yes,
                                  .help = "JSON text",
                                  .positional = true},
                                 {.name = "name",
                                  .type = Type::string,
                                  .help = "where the text is from, for error messages"}},
                     .returns = "the value",
                     .errors = {Code::json_invalid},
                     .example = "local json = require \"json\"\n"
                                "local config = json.decode('{\"port\": 8080}')\n"
                                "log(config.port)",
                     .compute = decode}}};
}

}  // namespace runbook
