#pragma once
// Where code runs: the prefix of the names it gives, the step attempt its effects belong to, and
// what it may do.

#include <cstdint>
#include <map>
#include <string>
#include <unordered_set>
#include <utility>

#include "engine/io/cancel.h"
#include "engine/store/store.h"

namespace runbook {

/// One attempt of one step in this session; also the top level of the recipe (path empty, number
/// 0).
struct Attempt {
  std::string path;
  std::uint32_t number = 0;
  std::unordered_set<std::string> names;  ///< paths requested in it: they are unique
  std::unordered_set<Sequence> claimed;   ///< once calls made or returned from the record
  std::map<std::pair<std::string, std::string>, std::uint32_t>
      occurrences;  ///< of (primitive, fingerprint)
  std::map<std::string, std::uint32_t>
      ordinals;  ///< of unnamed recorded values, by scope and function
};

/// May it act, or only look (setup, target, probe, why, wait_until)? Looking code records no
/// values.
enum class Mode { act, look };

struct Scope {
  std::string path;  ///< prefix of the names inside
  Attempt* attempt;  ///< the innermost one; never null
  CancelPtr cancel;
  Mode mode = Mode::act;

  bool in_step() const { return attempt->number != 0; }
};

}  // namespace runbook
