#include "engine/io/process.h"

#include <errno.h>
#include <fmt/core.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "engine/base/error.h"
#include "engine/io/child.h"
#include "engine/io/reaper.h"

namespace runbook {

namespace {

using Variables = std::vector<std::pair<std::string, std::string>>;

constexpr std::string_view kDefaultPath = "/usr/local/bin:/usr/bin:/bin";

bool has_name(const std::string& entry, std::string_view name) {
  return entry.size() > name.size() && entry.starts_with(name) && entry[name.size()] == '=';
}

// "NAME=value" texts, and the pointers exec wants.
class Environment {
 public:
  static Environment inherited() {
    Environment environment;
    for (char** entry = environ; *entry != nullptr; ++entry) {
      environment.entries_.emplace_back(*entry);
    }
    return environment;
  }

  void set(std::string_view name, std::string_view value) {
    unset(name);
    entries_.push_back(fmt::format("{}={}", name, value));
  }
  void unset(std::string_view name) {
    std::erase_if(entries_, [name](const std::string& entry) { return has_name(entry, name); });
  }
  std::string_view value_or(std::string_view name, std::string_view fallback) const {
    for (const std::string& entry : entries_) {
      if (has_name(entry, name)) {
        return std::string_view(entry).substr(name.size() + 1);
      }
    }
    return fallback;
  }
  /// Valid until the next change.
  const char* const* pointers() {
    pointers_.clear();
    for (const std::string& entry : entries_) {
      pointers_.push_back(entry.c_str());
    }
    pointers_.push_back(nullptr);
    return pointers_.data();
  }

 private:
  std::vector<std::string> entries_;
  std::vector<const char*> pointers_;
};

bool is_executable_file(const std::filesystem::path& path) {
  struct stat status = {};
  return access(path.c_str(), X_OK) == 0 && stat(path.c_str(), &status) == 0 &&
         S_ISREG(status.st_mode);
}

[[noreturn]] void refuse(const std::string& program, const std::string& why) {
  throw Error(Code::spawn_failed, fmt::format("cannot start {}: {}", program, why))
      .with_effect(EffectDone::none);
}

// What the system would silently cut off or misread.
void check_spec(const ProcessSpec& spec) {
  RB_CHECK(!spec.argv.empty());
  RB_CHECK(spec.cwd.is_absolute());
  const std::string& program = spec.argv.front();
  const auto has_nul = [](const std::string& text) { return text.find('\0') != std::string::npos; };
  for (std::size_t i = 0; i < spec.argv.size(); ++i) {
    if (has_nul(spec.argv[i])) {
      refuse(program, fmt::format("argument {} holds a zero byte", i));
    }
  }
  for (const auto& [name, value] : spec.env) {
    if (name.empty() || name.find('=') != std::string::npos || has_nul(name) || has_nul(value)) {
      refuse(program, fmt::format("\"{}\" cannot be an environment variable", name));
    }
  }
}

std::string locate(const std::string& program, std::string_view path_variable) {
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

}  // namespace

struct Processes::Impl {
  Impl(Loop& loop, Reaper* the_reaper, const Variables& base_env)
      : host(loop), reaper(the_reaper), base(Environment::inherited()) {
    for (const auto& [name, value] : base_env) {
      base.set(name, value);
    }
  }

  void start(Child& child, const std::function<void(int)>& on_pid) {
    const ProcessSpec& spec = child.spec();
    std::optional<Environment> own;
    if (!spec.env.empty() || !spec.unset.empty()) {
      own = base;
      for (const std::string& name : spec.unset) {
        own->unset(name);
      }
      for (const auto& [name, value] : spec.env) {
        own->set(name, value);
      }
    }
    Environment& environment = own ? *own : base;
    const std::string executable =
        locate(spec.argv.front(), environment.value_or("PATH", kDefaultPath));
    std::vector<const char*> arguments;
    for (const std::string& argument : spec.argv) {
      arguments.push_back(argument.c_str());
    }
    arguments.push_back(nullptr);
    LaunchPlan plan;
    plan.executable = executable.c_str();
    plan.argv = arguments.data();
    plan.envp = environment.pointers();
    plan.cwd = spec.cwd.c_str();
    plan.report = reaper == nullptr ? -1 : reaper->pipe();
    child.launch(plan, on_pid);
  }

  // The reaper forgets a group when it is empty, not when its leader ended: a background process
  // may be left in it. Asked at every end of a child, long before numbers can come round again.
  void forget(int ended_group) {
    if (reaper == nullptr) {
      return;
    }
    lingering.push_back(ended_group);
    std::erase_if(lingering, [this](int group) {
      const bool is_empty = kill(-group, 0) != 0 && errno == ESRCH;
      if (is_empty) {
        reaper->forget(group);
      }
      return is_empty;
    });
  }

  ChildHost host;
  Reaper* reaper;
  Environment base;
  std::vector<int> running;
  std::vector<int> lingering;  // groups of ended children that the reaper still knows
};

Processes::Processes(Loop& loop, Reaper* reaper, Variables base_env)
    : impl_(std::make_unique<Impl>(loop, reaper, base_env)) {}

Processes::~Processes() = default;

Task<ProcessResult> Processes::run(ProcessSpec spec, CancelPtr cancel) {
  if (cancel && cancel->requested()) {
    throw Cancelled(cancel->reason());
  }
  check_spec(spec);
  // However this coroutine ends, the books are kept.
  struct Entry {
    Impl& impl;
    int pid = 0;
    ~Entry() {
      if (pid != 0) {
        std::erase(impl.running, pid);
        impl.forget(pid);
      }
    }
  };
  const auto child = std::make_shared<Child>(impl_->host, std::move(spec), std::move(cancel));
  Entry entry{*impl_};
  impl_->start(*child, [&entry](int pid) {
    entry.pid = pid;
    entry.impl.running.push_back(pid);
  });
  co_return co_await child->finish();
}

std::vector<int> Processes::alive() const {
  return impl_->running;
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

}  // namespace runbook
