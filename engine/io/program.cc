#include "engine/io/program.h"

#include <errno.h>
#include <fmt/core.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <optional>

#include "engine/base/error.h"
#include "engine/io/process.h"

namespace runbook {

namespace {

bool has_name(const std::string& entry, std::string_view name) {
  return entry.size() > name.size() && entry.starts_with(name) && entry[name.size()] == '=';
}

bool is_executable_file(const std::filesystem::path& path) {
  struct stat status = {};
  return access(path.c_str(), X_OK) == 0 && stat(path.c_str(), &status) == 0 &&
         S_ISREG(status.st_mode);
}

}  // namespace

Environment Environment::inherited() {
  Environment environment;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    environment.entries_.emplace_back(*entry);
  }
  return environment;
}

void Environment::set(std::string_view name, std::string_view value) {
  unset(name);
  entries_.push_back(fmt::format("{}={}", name, value));
}

void Environment::unset(std::string_view name) {
  std::erase_if(entries_, [name](const std::string& entry) { return has_name(entry, name); });
}

std::string_view Environment::value_or(std::string_view name, std::string_view fallback) const {
  for (const std::string& entry : entries_) {
    if (has_name(entry, name)) {
      return std::string_view(entry).substr(name.size() + 1);
    }
  }
  return fallback;
}

const char* const* Environment::pointers() {
  pointers_ = argument_pointers(entries_);
  return pointers_.data();
}

std::vector<const char*> argument_pointers(const std::vector<std::string>& arguments) {
  std::vector<const char*> pointers;
  pointers.reserve(arguments.size() + 1);
  for (const std::string& argument : arguments) {
    pointers.push_back(argument.c_str());
  }
  pointers.push_back(nullptr);
  return pointers;
}

std::optional<std::filesystem::path> find_program(std::string_view name,
                                                  std::string_view path_variable) {
  while (!path_variable.empty()) {
    const std::string_view folder = path_variable.substr(0, path_variable.find(':'));
    path_variable.remove_prefix(std::min(path_variable.size(), folder.size() + 1));
    if (!folder.starts_with('/')) {
      continue;
    }
    std::filesystem::path path = std::filesystem::path(folder) / name;
    if (is_executable_file(path)) {
      return path;
    }
  }
  return std::nullopt;
}

std::string locate_program(const std::string& program, std::string_view path_variable) {
  if (program.find('/') != std::string::npos) {
    return program;
  }
  if (const auto found = find_program(program, path_variable)) {
    return found->string();
  }
  throw Error(Code::program_not_found,
              fmt::format("there is no program \"{}\" on PATH ({})", program, path_variable), {},
              Json{{"program", program}, {"path", path_variable}})
      .with_effect(EffectDone::none);
}

[[noreturn]] void throw_spawn_failed(const std::string& program, std::string_view what,
                                     int number) {
  const bool may_pass =
      number == EAGAIN || number == ENOMEM || number == EMFILE || number == ENFILE;
  throw Error(Code::spawn_failed,
              fmt::format("cannot start {}: {}: {}", program, what, strerror(number)), {},
              Json{{"program", program}, {"errno", number}})
      .with_effect(EffectDone::none)
      .with_transient(may_pass);
}

[[noreturn]] void throw_launch_failed(const std::string& program, const LaunchPlan& plan,
                                      const Launched& launched) {
  const std::filesystem::path cwd = plan.cwd == nullptr ? "" : plan.cwd;
  if (launched.stage == LaunchStage::directory) {
    throw_spawn_failed(program, fmt::format("the working directory {}", cwd.string()),
                       launched.error);
  }
  if (launched.stage == LaunchStage::execute && launched.error == ENOENT) {
    const std::filesystem::path path = cwd / plan.executable;
    std::error_code ignored;  // what cannot be looked at counts as absent
    if (std::filesystem::exists(path, ignored)) {
      throw_spawn_failed(program, "the interpreter in its first line", launched.error);
    }
    throw Error(Code::program_not_found, fmt::format("there is no program {}", path.string()), {},
                Json{{"program", program}})
        .with_effect(EffectDone::none);
  }
  if (launched.stage == LaunchStage::execute && launched.error == ENOEXEC) {
    throw_spawn_failed(program, "it is no program, and has no first line like #!/bin/sh",
                       launched.error);
  }
  throw_spawn_failed(program, stage_text(launched.stage), launched.error);
}

}  // namespace runbook
