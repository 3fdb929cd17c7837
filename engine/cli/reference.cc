// runbook reference [FAMILY]: the pages of the modules, in Markdown.

#include <fmt/format.h>

#include "engine/base/suggestion.h"
#include "engine/cli/command.h"
#include "engine/cli/lua_functions.h"
#include "engine/cli/primitives.h"

namespace runbook {

namespace {

std::string options_table(const Function& function) {
  if (function.options.empty()) {
    return "";
  }
  std::string table = "\n| option | type | |\n|---|---|---|\n";
  for (const Option& option : function.options) {
    table += fmt::format("| `{}` | {} | {} |\n", option.name, table_cell(option_type_text(option)),
                         table_cell(option.help));
  }
  return table;
}

std::string errors_list(const Function& function) {
  std::string list = function.errors.empty() ? "" : "\nErrors\n\n";
  for (const Code code : function.errors) {
    list += fmt::format("- {}: {}\n", code_text(code), code_info(code).sentence);
  }
  return list;
}

std::string section(const Module& module, const Function& function) {
  std::string text =
      fmt::format("\n## {}\n\n{}\n\n", Primitive{&module, &function}.name(), function.summary);
  text += fmt::format("- class: {}\n", effect_text(function));
  text += fmt::format("- after it was cut off: {}\n", settled_text(function));
  text += fmt::format("- returns: {}\n", function.returns);
  text += options_table(function) + errors_list(function);
  text += function.example.empty() ? "" : fmt::format("\n```lua\n{}\n```\n", function.example);
  return text;
}

std::string reference_page(const Module& module) {
  std::string page = fmt::format("# {}\n\n{}\n", module.name, module.summary);
  for (const ToolProgram& tool : module.tools) {
    page += fmt::format("\nIt runs `{}`: {}\n", tool.name, tool.install);
  }
  for (const LuaFunction& function : lua_functions(module.lua)) {
    page += fmt::format("\n## {}.{}\n\n```\n{}```\n", module.name, function.name, function.text);
  }
  for (const Function& function : module.functions) {
    page += section(module, function);
  }
  return page;
}

int reference(Context& context) {
  const std::vector<Module> modules = context.modules();
  if (!context.arguments.has("family")) {
    context.out.write("# Primitives\n\n" + primitive_table(modules));
    for (const Module& module : modules) {
      context.out.write("\n" + reference_page(module));
    }
    return 0;
  }
  const std::string& family = context.arguments.text("family");
  std::vector<std::string_view> names;
  for (const Module& module : modules) {
    if (module.name == family) {
      context.out.write(reference_page(module));
      return 0;
    }
    names.push_back(module.name);
  }
  refuse(Code::usage,
         fmt::format("there is no family \"{}\"{}", family, did_you_mean(family, names)),
         "runbook explain lists them all");
}

}  // namespace

Command reference_command() {
  using enum CommandParameter::Count;
  return {"Look",
          "reference",
          "the pages of the modules, in Markdown",
          {{"family", "", "the page of one module: kubectl (default: all)", optional}},
          reference};
}

}  // namespace runbook
