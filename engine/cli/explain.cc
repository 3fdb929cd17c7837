// runbook explain RBnnnn | MODULE | MODULE.FUNCTION: the offline manual.

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/error.h"
#include "engine/base/suggestion.h"
#include "engine/cli/command.h"
#include "engine/cli/lua_functions.h"
#include "engine/cli/primitives.h"
#include "engine/view/wording.h"

namespace runbook {

namespace {

std::string code_line(const CodeInfo& info) {
  return fmt::format("  {}  {}\n", code_text(info.code), info.sentence);
}

std::string code_page_text(Code code) {
  return fmt::format("{}\nExit code: {}\n", code_page(code), code_info(code).exit);
}

template <typename AnyFunction>
std::string full_name(const Module& module, const AnyFunction& function) {
  return fmt::format("{}.{}", module.name, function.name);
}

std::string module_text(const Module& module) {
  std::string text = fmt::format("{}  {}\n", module.name, module.summary);
  for (const Function& function : module.functions) {
    text += fmt::format("  {:<24} {}\n", full_name(module, function), function.summary);
  }
  for (const LuaFunction& function : lua_functions(module.lua)) {
    text += fmt::format("  {:<24} {}\n", full_name(module, function), function.summary);
  }
  return text;
}

std::string function_text(const Module& module, const Function& function) {
  std::string text = fmt::format("{}  {}\n", full_name(module, function), function.summary);
  text += fmt::format("\neffect   {}\n", effect_text(function));
  text += fmt::format("returns  {}\n", function.returns);
  std::vector<std::pair<std::string, std::string>> options;
  for (const Option& option : function.options) {
    options.emplace_back(option.name, fmt::format("{}: {}", option_type_text(option), option.help));
  }
  text += options.empty() ? "" : "\nOptions\n" + aligned(options, "  ");
  std::string errors;
  for (const Code code : function.errors) {
    errors += code_line(code_info(code));
  }
  text += errors.empty() ? "" : "\nErrors\n" + errors;
  text += function.example.empty() ? "" : fmt::format("\nExample\n{}\n", function.example);
  return text;
}

std::string everything(const std::vector<Module>& modules) {
  std::string text = "Modules (runbook explain NAME)\n";
  for (const Module& module : modules) {
    text += fmt::format("  {:<12} {}\n", module.name, module.summary);
  }
  text += "\nErrors (runbook explain RBnnnn)\n";
  for (const CodeInfo& info : all_codes()) {
    text += code_line(info);
  }
  return text;
}

std::string explanation(const std::string& topic, const std::vector<Module>& modules) {
  std::vector<std::string> names;
  for (const Module& module : modules) {
    names.emplace_back(module.name);
    if (topic == module.name) {
      return module_text(module);
    }
    for (const Function& function : module.functions) {
      names.push_back(full_name(module, function));
      if (topic == names.back()) {
        return function_text(module, function);
      }
    }
    for (const LuaFunction& function : lua_functions(module.lua)) {
      names.push_back(full_name(module, function));
      if (topic == names.back()) {
        return fmt::format("{}\n\n{}", topic, function.text);
      }
    }
  }
  for (const CodeInfo& info : all_codes()) {
    names.push_back(code_text(info.code));
  }
  throw Error(Code::usage,
              fmt::format("there is no error number, module or function \"{}\"{}", topic,
                          did_you_mean(topic, names)),
              "runbook explain lists them all");
}

int explain(Context& context) {
  const Arguments& arguments = context.arguments;
  const std::string topic = arguments.has("topic") ? arguments.text("topic") : "";
  if (const std::optional<Code> code = parse_code(topic)) {
    context.out.write(code_page_text(*code));
    return 0;
  }
  const std::vector<Module> modules = context.modules();
  context.out.write(topic.empty() ? everything(modules) : explanation(topic, modules));
  return 0;
}

}  // namespace

Command explain_command() {
  using enum CommandParameter::Count;
  return {"Everyday",
          "explain",
          "long help for an error number or a function, offline",
          {{"topic", "", "RBnnnn, a module or module.function (default: list all)", optional}},
          explain};
}

}  // namespace runbook
