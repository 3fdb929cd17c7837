#pragma once
// What modules declare of their primitives, in the words that every list and page has for it.

#include <string>
#include <string_view>
#include <vector>

#include "engine/lua/module.h"

namespace runbook {

struct Primitive {
  const Module* module;
  const Function* function;

  std::string name() const;  ///< "kubectl.apply"
};

/// The one of this name, else those of the module of this name, else those whose name begins so;
/// all for "". Error(Code::usage) with what was meant if there is none. `modules` must outlive
/// them.
std::vector<Primitive> primitives(const std::vector<Module>& modules, const std::string& prefix);
/// Of modules and of primitives, for suggestions.
std::vector<std::string> primitive_names(const std::vector<Module>& modules);

/// "once"; "once, or what its options say".
std::string effect_text(const Function& function);
/// What becomes of a call that was cut off: "asks its probe", "runs again".
std::string_view settled_text(const Function& function);
/// "path, required, default "x"".
std::string option_type_text(const Option& option);

/// A text as the cell of a Markdown table.
std::string table_cell(std::string_view text);
/// Markdown: every primitive with its class, and what becomes of one that was cut off.
std::string primitive_table(const std::vector<Module>& modules);

}  // namespace runbook
