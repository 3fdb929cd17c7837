#pragma once
// Files that are part of the binary: error pages, the Lua standard library. Tables are generated at
// build time by embed.cmake.

#include <span>
#include <string_view>

namespace runbook {

struct EmbeddedFile {
  std::string_view name;  ///< path below the table's base folder
  std::string_view text;  ///< any bytes
};

}  // namespace runbook
