#pragma once
// What is needed to execute a program besides system calls: its environment, its path, and the
// error when it could not be started.

#include <string>
#include <string_view>
#include <vector>

#include "engine/io/launcher.h"

namespace runbook {

/// "NAME=value" texts, and the pointers exec wants.
class Environment {
 public:
  static Environment inherited();
  void set(std::string_view name, std::string_view value);
  void unset(std::string_view name);
  std::string_view value_or(std::string_view name, std::string_view fallback) const;
  /// Valid until the next change.
  const char* const* pointers();

 private:
  std::vector<std::string> entries_;
  std::vector<const char*> pointers_;
};

/// The same for argv; `arguments` must outlive it.
std::vector<const char*> argument_pointers(const std::vector<std::string>& arguments);

inline constexpr std::string_view kDefaultPath = "/usr/local/bin:/usr/bin:/bin";

/// What to execute for argv[0]: itself if it holds a slash, else where it lies on PATH.
/// Error(Code::program_not_found), effect none.
std::string locate_program(const std::string& program, std::string_view path_variable);

/// Error(Code::spawn_failed), effect none, transient where waiting may help.
[[noreturn]] void throw_spawn_failed(const std::string& program, std::string_view what, int number);

/// Error(Code::program_not_found | spawn_failed) for what launch() reported.
[[noreturn]] void throw_launch_failed(const std::string& program, const LaunchPlan& plan,
                                      const Launched& launched);

}  // namespace runbook
