#pragma once
// Is the code on the chain the code of an artefact? What the compiler left open is not compared:
// addresses of linked libraries, immutables, a library's own address, the metadata at the end.

#include <string>
#include <string_view>
#include <vector>

namespace runbook::hardhat {

/// Of immutables: bytes of the runtime code.
struct CodeSpan {
  std::size_t start = 0;
  std::size_t length = 0;
};

/// Both in hex, with 0x; `expected` may hold the compiler's placeholders (__$…$__).
bool is_same_code(std::string_view expected, std::string_view actual,
                  const std::vector<CodeSpan>& immutables);

/// Where immutables would be when no build-info tells: the 32 zeros behind each PUSH32.
std::vector<CodeSpan> guessed_immutables(std::string_view code);

}  // namespace runbook::hardhat
