#include "engine/lua/source.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include <luajit-2.1/lua.hpp>

#include "engine/base/hash.h"
#include "engine/lua/lexer.h"

namespace runbook::lua {

void SourceIndex::add(const std::string& chunk_name, std::string_view source) {
  if (chunk_name.starts_with('@')) {
    sources_.insert_or_assign(chunk_name.substr(1), Source{.text = std::string(source)});
  }
}

std::string SourceIndex::full_name(const std::string& short_name) const {
  if (!short_name.starts_with("...")) {
    return short_name;
  }
  const std::string_view tail = std::string_view(short_name).substr(3);
  for (const auto& [name, source] : sources_) {
    if (name.ends_with(tail)) {
      return name;
    }
  }
  return short_name;
}

const FunctionSource& SourceIndex::of(lua_State* L, int index) {
  lua_Debug record{};
  lua_pushvalue(L, index);
  if (lua_getinfo(L, ">S", &record) == 0 || record.source[0] != '@') {
    return nowhere_;
  }
  const auto found = sources_.find(std::string_view(record.source + 1));
  if (found == sources_.end()) {
    return nowhere_;
  }
  Source& source = found->second;
  const auto known = source.known.find(record.linedefined);
  if (known != source.known.end()) {
    return known->second;
  }
  if (!source.scanned) {
    source.functions = find_functions(source.text);
    source.scanned = true;
  }
  return source.known.emplace(record.linedefined, look_up(found->first, source, record.linedefined))
      .first->second;
}

FunctionSource SourceIndex::look_up(const std::string& name, const Source& source, int line) {
  FunctionSource result{fmt::format("{}:{}", name, line), 0};
  const auto here = [line](const FunctionSpan& span) { return span.line == line; };
  if (std::ranges::count_if(source.functions, here) == 1) {
    const FunctionSpan& span = *std::ranges::find_if(source.functions, here);
    result.hash =
        short_hash(std::string_view(source.text).substr(span.begin, span.end - span.begin));
  }
  return result;
}

}  // namespace runbook::lua
