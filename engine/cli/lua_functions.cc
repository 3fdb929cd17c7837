#include "engine/cli/lua_functions.h"

#include <algorithm>
#include <optional>

namespace runbook {

namespace {

std::string joined_lines(const LuaComment& block) {
  std::string text;
  for (const std::string& line : block.lines) {
    text += line + "\n";
  }
  return text;
}

/// "function M.chain(options)" is chain.
std::optional<std::string> function_name(const std::string& code) {
  constexpr std::string_view kBeginning = "function M.";
  if (!code.starts_with(kBeginning)) {
    return std::nullopt;
  }
  return code.substr(kBeginning.size(), code.find('(') - kBeginning.size());
}

std::optional<std::string> class_name(const LuaComment& block) {
  constexpr std::string_view kBeginning = "@class ";
  for (const std::string& line : block.lines) {
    if (line.starts_with(kBeginning)) {
      return line.substr(kBeginning.size());
    }
  }
  return std::nullopt;
}

/// The comment of a class, and its methods: those of the table that it stands above.
std::string class_text(const LuaComment& block, const std::vector<LuaComment>& blocks) {
  std::string text = "\n" + joined_lines(block);
  constexpr std::string_view kTable = "local ";
  if (!block.code.starts_with(kTable)) {
    return text;
  }
  const std::string table =
      block.code.substr(kTable.size(), block.code.find(' ', kTable.size()) - kTable.size());
  for (const LuaComment& method : blocks) {
    if (method.code.starts_with("function " + table + ".")) {
      text += "\n" + method.code + "\n" + joined_lines(method);
    }
  }
  return text;
}

/// Up to the first full stop, over the ends of lines.
std::string first_sentence(const LuaComment& block) {
  std::string text;
  for (const std::string& line : block.lines) {
    if (line.starts_with("@") || line.starts_with("Errors:")) {
      break;
    }
    text += (text.empty() ? "" : " ") + line;
  }
  const std::size_t end = text.find(". ");
  return end == std::string::npos ? text : text.substr(0, end + 1);
}

}  // namespace

std::vector<LuaComment> lua_comments(std::string_view lua) {
  std::vector<LuaComment> blocks;
  bool open = false;
  while (!lua.empty()) {
    const std::size_t end = std::min(lua.find('\n'), lua.size() - 1);
    const std::string line(lua.substr(0, lua[end] == '\n' ? end : end + 1));
    lua.remove_prefix(end + 1);
    if (line.starts_with("---")) {
      if (!open) {
        blocks.emplace_back();
      }
      blocks.back().lines.push_back(line.substr(std::min<std::size_t>(line.size(), 4)));
    } else if (open) {
      blocks.back().code = line;
    }
    open = line.starts_with("---");
  }
  return blocks;
}

std::vector<LuaFunction> lua_functions(std::string_view lua) {
  const std::vector<LuaComment> blocks = lua_comments(lua);
  std::vector<LuaFunction> functions;
  for (const LuaComment& block : blocks) {
    const std::optional<std::string> name = function_name(block.code);
    if (!name) {
      continue;
    }
    LuaFunction function{
        .name = *name, .summary = first_sentence(block), .text = joined_lines(block)};
    for (const LuaComment& other : blocks) {
      const std::optional<std::string> of_class = class_name(other);
      if (of_class && function.text.find(" " + *of_class + "\n") != std::string::npos) {
        function.text += class_text(other, blocks);
      }
    }
    functions.push_back(std::move(function));
  }
  return functions;
}

}  // namespace runbook
