#pragma once
// What /proc says about processes: group, session, start time, environment.

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace runbook {

struct ProcessEntry {
  int pid = 0;
  char state = '?';  ///< Z and X are dead
  int group = 0;
  int session = 0;
  unsigned long long start_time = 0;  ///< clock ticks since boot: tells a reused pid
  bool is_alive() const { return state != 'Z' && state != 'X'; }
};

/// nullopt if there is none (any more).
std::optional<ProcessEntry> find_process(int pid);
/// Everything that runs, dead ones included.
std::vector<ProcessEntry> list_processes();
/// True if a member of the group is alive. (kill(-group, 0) also counts the dead that nobody has
/// waited for.)
bool is_group_alive(int group);
/// The value of a variable in the environment a process was executed with; nullopt also if it may
/// not be read.
std::optional<std::string> environment_of(int pid, std::string_view variable);
/// What a process was executed with, its program first; empty if it may not be read.
std::vector<std::string> arguments_of(int pid);
/// Of this boot of the machine.
std::string boot_id();
/// Now, in the unit of start_time.
unsigned long long ticks_since_boot();

}  // namespace runbook
