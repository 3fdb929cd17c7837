#include "modules/kubectl/manifests.h"

#include <algorithm>
#include <array>

namespace runbook::kubectl {

namespace {

constexpr std::array<const char*, 4> kSources{"file", "url", "text", "objects"};

const Option kFileOption{.name = "file",
                         .type = Type::string,
                         .help = "a manifest, or a folder of them, relative to the project root",
                         .positional = true};
const Option kUrlOption{.name = "url", .type = Type::url, .help = "where a manifest is fetched"};
const Option kTextOption{.name = "text",
                         .type = Type::string,
                         .help = "YAML or JSON, such as template.render and yaml.encode make it"};
const Option kObjectsOption{
    .name = "objects", .type = Type::list, .help = "tables, each the manifest of an object"};
const Option kRecursiveOption{
    .name = "recursive", .type = Type::boolean, .help = "of a folder: those below it, too"};

std::string list_of(const Json& objects) {
  return dump_json({{"apiVersion", "v1"}, {"kind", "List"}, {"items", objects}});
}

}  // namespace

std::vector<Option> with_manifests(std::vector<Option> more) {
  std::vector<Option> options{kFileOption, kUrlOption, kTextOption, kObjectsOption,
                              kRecursiveOption};
  options.insert(options.end(), more.begin(), more.end());
  return options;
}

bool has_manifests(const Call& call) {
  const auto given =
      std::ranges::count_if(kSources, [&](const char* name) { return call.has(name); });
  if (given > 1) {
    refuse(Code::option_invalid, "file, url, text and objects exclude each other");
  }
  return given == 1;
}

void add_manifests(const Call& call, tool::Command& command) {
  if (!has_manifests(call)) {
    refuse(Code::option_missing, "there is no manifest",
           "file = \"web.yaml\", url =, text = or objects = { { apiVersion = \"v1\", … } }");
  }
  if (call.has("file") || call.has("url")) {
    command.arguments.push_back("--filename=" + call.text(call.has("file") ? "file" : "url"));
  } else {
    command.input = call.has("text") ? call.text("text") : list_of(call.options().at("objects"));
    command.arguments.emplace_back("--filename=-");
  }
  if (call.flag("recursive")) {
    command.arguments.emplace_back("--recursive");
  }
}

void add_object(const Json& object, tool::Command& command) {
  command.input = dump_json(object);
  command.arguments.emplace_back("--filename=-");
}

}  // namespace runbook::kubectl
