#include "engine/cli/primitives.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/suggestion.h"
#include "engine/view/wording.h"

namespace runbook {

std::string table_cell(std::string_view text) {
  std::string cell;
  for (const char c : one_line(text, 1000)) {
    cell += c == '|' ? "\\|" : std::string(1, c);
  }
  return cell;
}

std::string Primitive::name() const {
  return fmt::format("{}.{}", module->name, function->name);
}

std::vector<Primitive> primitives(const std::vector<Module>& modules, const std::string& prefix) {
  std::vector<Primitive> found;
  const bool is_module = std::any_of(modules.begin(), modules.end(),
                                     [&](const Module& module) { return module.name == prefix; });
  for (const Module& module : modules) {
    for (const Function& function : module.functions) {
      const Primitive primitive{&module, &function};
      if (primitive.name() == prefix) {
        return {primitive};
      }
      if (is_module ? module.name == prefix : primitive.name().starts_with(prefix)) {
        found.push_back(primitive);
      }
    }
  }
  if (found.empty()) {
    refuse(Code::usage,
           fmt::format("no primitive begins with \"{}\"{}", prefix,
                       did_you_mean(prefix, primitive_names(modules))),
           "runbook tools lists them all");
  }
  return found;
}

std::vector<std::string> primitive_names(const std::vector<Module>& modules) {
  std::vector<std::string> names;
  for (const Module& module : modules) {
    names.emplace_back(module.name);
    for (const Function& function : module.functions) {
      names.push_back(Primitive{&module, &function}.name());
    }
  }
  return names;
}

std::string effect_text(const Function& function) {
  return fmt::format("{}{}", effect_name(function.effect),
                     function.effect_of == nullptr ? "" : ", or what its options say");
}

std::string_view settled_text(const Function& function) {
  if (function.effect == Effect::pure && function.effect_of == nullptr) {
    return "nothing to settle";
  }
  if (function.effect != Effect::once && function.effect_of == nullptr) {
    return "runs again";
  }
  return function.probe == nullptr ? "a person decides" : "its probe looks";
}

std::string option_type_text(const Option& option) {
  return fmt::format("{}{}{}", type_name(option.type),
                     option.required == Required::yes ? ", required" : "",
                     option.fallback.is_null() ? "" : ", default " + value_text(option.fallback));
}

std::string primitive_table(const std::vector<Module>& modules) {
  std::string table =
      "| primitive | class | after it was cut off | what it does |\n|---|---|---|---|\n";
  for (const Primitive& primitive : primitives(modules, "")) {
    const Function& function = *primitive.function;
    table += fmt::format("| `{}` | {} | {} | {} |\n", primitive.name(), effect_text(function),
                         settled_text(function), table_cell(function.summary));
  }
  return table;
}

}  // namespace runbook
