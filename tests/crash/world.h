#pragma once
// The outside world of the crash tests: it outlives every session, counts each effect by name, and
// is seen by recipes as the module `world`.

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "engine/lua/module.h"
#include "tests/crash/power.h"

namespace runbook {

/// `world.send { name = "a#1" }` counts under "a#1"; its family is "a". Functions of a module are
/// plain pointers, so there is one current world.
class World {
 public:
  explicit World(Power& power) : power_(power) { current_ = this; }
  ~World() { current_ = nullptr; }
  World(const World&) = delete;
  World& operator=(const World&) = delete;
  static World& current();
  static Module module();

  /// The effect happens, unless the power is cut. `id` tells this call from equal ones.
  void act(const std::string& name, std::uint64_t id);
  std::uint64_t new_id() { return ++last_id_; }
  bool has(std::uint64_t id) const { return ids_.contains(id); }
  int count(const std::string& name) const;

  /// A session begins: cuts are counted from here.
  void begin_session(const Cut& cut);
  std::uint64_t effects() const { return effects_; }

  std::map<std::string, int> done;   ///< how often each effect of a once call happened
  std::map<std::string, int> again;  ///< and those of idempotent calls
  std::map<std::string, int> asked;  ///< looks and tries, by name
  bool mended = false;               ///< world.broken fails until it is

 private:
  static World* current_;
  Power& power_;
  std::set<std::uint64_t> ids_;
  std::uint64_t last_id_ = 0;
  std::uint64_t effects_ = 0;  ///< in this session
  Cut cut_;
};

/// "a#1" → "a".
std::string family(const std::string& effect);

}  // namespace runbook
