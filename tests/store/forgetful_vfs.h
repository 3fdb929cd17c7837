#pragma once
// A SQLite VFS that forgets everything not synced: power loss for tests. Files are real files in a
// temporary folder; beside them it keeps what a disk would still hold. One connection at a time.

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

struct sqlite3_vfs;

namespace runbook {

class ForgetfulVfs {
 public:
  ForgetfulVfs();   ///< registers itself
  ~ForgetfulVfs();  ///< REQUIRES: no connection is open
  ForgetfulVfs(const ForgetfulVfs&) = delete;
  ForgetfulVfs& operator=(const ForgetfulVfs&) = delete;

  const char* name() const { return name_.c_str(); }

  /// From now on every read, write and sync fails, as for a process that is no more. Close the
  /// store, then power_on().
  void cut_power() { dead_ = true; }
  /// Cuts the power before the n-th write, truncation or sync from now (0 = the next one).
  void cut_power_before(std::size_t operation) { operations_left_ = operation; }
  /// Puts files back to what was synced, plus those unsynced writes that `survives` (null: none)
  /// picks: a disk may have written any of them.
  void power_on(const std::function<bool()>& survives = nullptr);
  bool is_dead() const { return dead_; }

  /// While set, a write that makes a file longer fails with SQLITE_FULL.
  void set_full(bool full) { full_ = full; }

  struct Change {
    std::size_t offset = 0;
    std::string bytes;
    bool truncation = false;  ///< to `offset`
  };
  struct Node {
    std::string synced;
    std::vector<Change> unsynced;
  };

  // For the file methods.
  Node& node(const std::string& path);
  bool permit_operation();  ///< false: the power is cut
  bool is_full() const { return full_; }

 private:
  std::string name_;
  std::unique_ptr<sqlite3_vfs> vfs_;
  std::map<std::string, Node> nodes_;
  bool dead_ = false;
  bool full_ = false;
  std::size_t operations_left_ = static_cast<std::size_t>(-1);
};

}  // namespace runbook
