// YAML text and values.

#include "engine/base/yaml.h"

#include "engine/lua/module.h"
#include "modules/modules.h"

namespace runbook {

namespace {

Json encode(Call& call) {
  return dump_yaml(call.options().at("value"));
}

Json encode_all(Call& call) {
  std::string text;
  for (const Json& document : call.options().at("values")) {
    text += "---\n" + dump_yaml(document);
  }
  return text;
}

Json decode(Call& call) {
  return parse_yaml(call.text("text"), call.text_or("name", "text"));
}

Json decode_all(Call& call) {
  return parse_yaml_documents(call.text("text"), call.text_or("name", "text"));
}

const Option kText{.name = "text",
                   .type = Type::string,
                   .required = Required::yes,
                   .help = "YAML text; core schema of YAML 1.2, so no and yes are strings",
                   .positional = true};
const Option kName{
    .name = "name", .type = Type::string, .help = "where the text is from, for error messages"};

std::vector<Function> writers() {
  return {{.name = "encode",
           .summary = "Writes a value as one YAML document; quotes whatever is not a plain word.",
           .options = {{.name = "value",
                        .type = Type::data,
                        .required = Required::yes,
                        .help = "anything that can be recorded",
                        .positional = true}},
           .returns = "YAML text",
           .errors = {Code::value_not_data, Code::yaml_invalid},
           .example = "local yaml = require \"yaml\"\n"
                      "local text = yaml.encode { kind = \"Namespace\", apiVersion = \"v1\" }",
           .compute = encode},
          {.name = "encode_all",
           .summary = "Writes a list of values as YAML documents, each after a line of ---.",
           .options = {{.name = "values",
                        .type = Type::list,
                        .required = Required::yes,
                        .help = "the documents",
                        .positional = true}},
           .returns = "YAML text",
           .errors = {Code::value_not_data, Code::yaml_invalid},
           .example = "local yaml = require \"yaml\"\n"
                      "local text = yaml.encode_all({ { kind = \"A\" }, { kind = \"B\" } })",
           .compute = encode_all}};
}

std::vector<Function> readers() {
  return {{.name = "decode",
           .summary = "Reads one YAML document. Refuses what programs read differently: duplicate "
                      "keys, merge keys, unknown tags; keeps 012 and integers beyond 2^53 as text.",
           .options = {kText, kName},
           .returns = "the value; nil if the text holds no document",
           .errors = {Code::yaml_invalid},
           .example = "local yaml = require \"yaml\"\n"
                      "local config = yaml.decode(\"ports: [80, 443]\")\n"
                      "log(config.ports[1])",
           .compute = decode},
          {.name = "decode_all",
           .summary = "Reads all YAML documents of a text.",
           .options = {kText, kName},
           .returns = "list of values",
           .errors = {Code::yaml_invalid},
           .example = "local yaml = require \"yaml\"\n"
                      "local documents = yaml.decode_all(\"a: 1\\n---\\nb: 2\\n\")\n"
                      "log(documents[2].b)",
           .compute = decode_all}};
}

}  // namespace

Module yaml_module() {
  Module module{.name = "yaml", .summary = "YAML text and values.", .functions = writers()};
  for (Function& reader : readers()) {
    module.functions.push_back(std::move(reader));
  }
  return module;
}

}  // namespace runbook
