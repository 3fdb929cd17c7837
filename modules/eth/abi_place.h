#pragma once
// Where in the arguments or results something is wrong: "argument 2 `orders`[3].amount (uint256)".

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "modules/eth/abi_type.h"

namespace runbook {

/// `what` is "argument" or "result", kept alive by the caller, as are the types entered. Positions
/// count from 1, as in Lua.
class AbiPlace {
 public:
  explicit AbiPlace(std::string_view what) : what_(what) {}

  void enter(const AbiType& owner, std::size_t member) { path_.emplace_back(&owner, member); }
  void leave() { path_.pop_back(); }
  /// Ends in ": "; empty outside all.
  std::string text() const;

 private:
  std::string_view what_;
  std::vector<std::pair<const AbiType*, std::size_t>> path_;
};

}  // namespace runbook
