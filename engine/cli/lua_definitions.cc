#include "engine/cli/lua_definitions.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/shown_text.h"
#include "engine/cli/lua_functions.h"
#include "engine/lua/module.h"

namespace runbook {

namespace {

/// Of "@field url? string" and the like the names: "url".
std::vector<std::string> tag_words(const LuaComment& comment, std::string_view tag) {
  std::vector<std::string> words;
  for (const std::string& line : comment.lines) {
    if (line.starts_with(tag)) {
      words.push_back(line.substr(tag.size(), line.find_first_of("?: ", tag.size()) - tag.size()));
    }
  }
  return words;
}

std::string class_of(const LuaComment& comment) {
  const std::vector<std::string> names = tag_words(comment, "@class ");
  return names.empty() ? "" : names.front();
}

/// What a comment of a Lua source defines, by the code below it.
struct Defined {
  enum class Kind { nothing, function, value, type };
  Kind kind = Kind::nothing;
  std::string table;  ///< "M" of function M.chain(…)
  std::string name;
};

bool has_tag(const LuaComment& comment, std::string_view tag) {
  return std::any_of(comment.lines.begin(), comment.lines.end(),
                     [&](const std::string& line) { return line.starts_with(tag); });
}

Defined defined_by(const LuaComment& comment) {
  const bool is_type = has_tag(comment, "@class ") || has_tag(comment, "@alias ");
  const Defined otherwise{is_type ? Defined::Kind::type : Defined::Kind::nothing, "", ""};
  std::string_view code = comment.code;
  const bool is_function = code.starts_with("function ");
  const bool is_local = code.starts_with("local ");
  if (is_function || is_local) {
    code.remove_prefix(code.find(' ') + 1);
  }
  const std::string_view path = code.substr(0, code.find_first_of("( ="));
  const std::size_t joint = path.find_first_of(".:");
  if (path.empty() || (is_local && (!is_type || joint != std::string_view::npos)) ||
      (!is_local && joint == std::string_view::npos)) {
    return otherwise;
  }
  if (is_local) {
    return {Defined::Kind::value, "", std::string(path)};
  }
  return {is_type ? Defined::Kind::value : Defined::Kind::function,
          std::string(path.substr(0, joint)), std::string(path.substr(joint + 1))};
}

std::string comment_text(const LuaComment& comment) {
  std::string text;
  for (const std::string& line : comment.lines) {
    text += "--- " + line + "\n";
  }
  return text;
}

/// The methods of a handle that its Lua makes in a loop.
std::string handle_methods(const Module& module, const LuaComment& comment,
                           const std::vector<Handle>& handles) {
  const std::string name = class_of(comment);
  const auto handle = std::find_if(handles.begin(), handles.end(),
                                   [&](const Handle& one) { return one.name == name; });
  std::string text;
  if (handle == handles.end()) {
    return text;
  }
  for (const Function& function : module.functions) {
    const bool is_method =
        std::any_of(function.options.begin(), function.options.end(),
                    [&](const Option& option) { return option.name == handle->first; });
    if (is_method) {
      const bool by_position = std::any_of(function.options.begin(), function.options.end(),
                                           [](const Option& option) { return option.positional; });
      text += fmt::format("--- @field {} fun(self: {}, options?: {}{}.{}.Options{}): any {}\n",
                          function.name, handle->name, by_position ? "any|" : "", module.name,
                          function.name, by_position ? ", ...: any" : "",
                          one_line(function.summary, 1000));
    }
  }
  return text;
}

}  // namespace

std::vector<Handle> handles_of(const Module& module) {
  std::vector<Handle> handles;
  for (const LuaComment& comment : lua_comments(module.lua)) {
    const std::string name = class_of(comment);
    if (!name.ends_with("Options")) {
      continue;
    }
    const std::vector<std::string> fields = tag_words(comment, "@field ");
    handles.push_back({name.substr(0, name.size() - std::string_view("Options").size()),
                       fields.empty() ? "" : fields.front(),
                       {fields.begin(), fields.end()}});
  }
  return handles;
}

std::string source_definitions(std::string_view lua, std::string_view main,
                               const std::string& prefix, const Module* module) {
  std::string text;
  const std::vector<Handle> handles =
      module == nullptr ? std::vector<Handle>() : handles_of(*module);
  for (const LuaComment& comment : lua_comments(lua)) {
    const Defined defined = defined_by(comment);
    if (defined.kind == Defined::Kind::nothing) {
      continue;
    }
    text += comment_text(comment);
    text += module == nullptr ? "" : handle_methods(*module, comment, handles);
    const std::string owner = defined.table == main ? prefix : defined.table + ":";
    if (defined.kind == Defined::Kind::function) {
      text += fmt::format("function {}{}({}) end\n", owner, defined.name,
                          fmt::join(tag_words(comment, "@param "), ", "));
    } else if (defined.kind == Defined::Kind::value && defined.table.empty()) {
      text += defined.name == main ? "" : fmt::format("local {} = {{}}\n", defined.name);
    } else if (defined.kind == Defined::Kind::value) {
      text += fmt::format("{}{} = {{}}\n", owner, defined.name);
    }
    text += "\n";
  }
  return text;
}

}  // namespace runbook
