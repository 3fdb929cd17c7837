// runbook tools [PREFIX]: what recipes can call, and what each does to the world.

#include <fmt/format.h>

#include <algorithm>

#include "engine/cli/columns.h"
#include "engine/cli/primitives.h"
#include "engine/cli/terminal.h"

namespace runbook {

namespace {

OrderedJson primitive_json(const Primitive& primitive) {
  const Function& function = *primitive.function;
  OrderedJson json;
  json["v"] = 1;
  json["primitive"] = primitive.name();
  json["class"] = effect_name(function.effect);
  json["class_depends_on_options"] = function.effect_of != nullptr;
  json["probe"] = function.probe != nullptr;
  json["summary"] = function.summary;
  json["options"] = OrderedJson::array();
  for (const Option& option : function.options) {
    json["options"].push_back({{"name", option.name},
                               {"type", type_name(option.type)},
                               {"required", option.required == Required::yes},
                               {"default", OrderedJson(option.fallback)},
                               {"help", option.help}});
  }
  json["returns"] = function.returns;
  json["errors"] = OrderedJson::array();
  for (const Code code : function.errors) {
    json["errors"].push_back(code_text(code));
  }
  return json;
}

std::string page(const std::vector<Primitive>& chosen, std::size_t columns) {
  std::size_t width = 0;
  for (const Primitive& primitive : chosen) {
    width = std::max(width, primitive.name().size());
  }
  std::string text;
  for (const Primitive& primitive : chosen) {
    const Function& function = *primitive.function;
    const std::string first = fmt::format(
        "{:<{}}  {:<10}{:<8}", primitive.name(), width,
        fmt::format("{}{}", effect_name(function.effect), function.effect_of == nullptr ? "" : "*"),
        function.probe == nullptr ? "" : " probe");
    text += beside(first, function.summary, columns);
  }
  return text + beside("*  ", "as its options say: reads, idempotent, creates", columns);
}

int tools(Context& context) {
  const OutputFormat format = output_format(context.arguments, false);
  const std::vector<Module> modules = context.modules();
  const std::string prefix =
      context.arguments.has("prefix") ? context.arguments.text("prefix") : "";
  const std::vector<Primitive> chosen = primitives(modules, prefix);
  if (format == OutputFormat::json) {
    OrderedJson json = OrderedJson::array();
    for (const Primitive& primitive : chosen) {
      json.push_back(primitive_json(primitive));
    }
    context.out.write(json.dump() + "\n");
    return 0;
  }
  context.out.write(page(chosen, columns_of(context.out)));
  return 0;
}

}  // namespace

Command tools_command() {
  using enum CommandParameter::Count;
  return {"Look",
          "tools",
          "what recipes can call, and what each does to the world",
          {{"prefix", "", "beginning of a name: kubectl, kubectl.wait (default: all)", optional},
           kOutputParameter},
          tools};
}

}  // namespace runbook
