#pragma once
// What `keep =` asks for: which parts of a call's result are secrets, and by what names (design
// §3.5).

#include <string>
#include <vector>

#include "engine/base/json.h"

namespace runbook::lua {

struct KeptSecret {
  std::string name;
  std::string value;
};

/// `keep` is a name, of all of stdout or the body; or { name = "/json/pointer" } into the result's
/// `value`, or into the result where it has none. In a pointer `*` is every element and `-` the
/// last of a list; where the name has a `*` too it becomes the element's key, or its position
/// from 1. Error(Code::secret_missing) where there is no text; where `*` finds no element there is
/// nothing to keep.
std::vector<KeptSecret> kept_secrets(const Json& keep, const Json& result);

}  // namespace runbook::lua
