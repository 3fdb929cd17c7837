#include "modules/eth/abi_place.h"

#include <fmt/format.h>

namespace runbook {

std::string AbiPlace::text() const {
  std::string text;
  const AbiType* type = nullptr;
  for (const auto& [owner, index] : path_) {
    type = &owner->member(index);
    const bool named = owner->kind == AbiKind::tuple && !type->name.empty();
    if (text.empty()) {
      text = fmt::format("{} {}", what_, index + 1);
      text += named ? fmt::format(" `{}`", type->name) : "";
    } else {
      text += named ? "." + type->name : fmt::format("[{}]", index + 1);
    }
  }
  return type == nullptr ? text : fmt::format("{} ({}): ", text, type_text(*type));
}

}  // namespace runbook
