#include "engine/io/process.h"

#include <errno.h>
#include <fmt/core.h>
#include <signal.h>

#include <algorithm>

#include "engine/base/error.h"
#include "engine/io/child.h"
#include "engine/io/program.h"
#include "engine/io/reaper.h"

namespace runbook {

namespace {

using Variables = std::vector<std::pair<std::string, std::string>>;

[[noreturn]] void refuse_program(const std::string& program, const std::string& why) {
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
      refuse_program(program, fmt::format("argument {} holds a zero byte", i));
    }
  }
  for (const auto& [name, value] : spec.env) {
    if (name.empty() || name.find('=') != std::string::npos || has_nul(name) || has_nul(value)) {
      refuse_program(program, fmt::format("\"{}\" cannot be an environment variable", name));
    }
  }
}

/// Says that a child has the terminal, as long as it has.
class TerminalTaken {
 public:
  TerminalTaken(const std::function<void(bool)>& tell, bool interactive)
      : tell_(tell), told_(interactive && tell) {
    if (told_) {
      tell_(true);
    }
  }
  ~TerminalTaken() {
    if (told_) {
      tell_(false);
    }
  }
  TerminalTaken(const TerminalTaken&) = delete;
  TerminalTaken& operator=(const TerminalTaken&) = delete;

 private:
  const std::function<void(bool)>& tell_;
  bool told_;
};

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
        locate_program(spec.argv.front(), environment.value_or("PATH", kDefaultPath));
    const std::vector<const char*> arguments = argument_pointers(spec.argv);
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
  const TerminalTaken taken(on_terminal, spec.interactive);
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

}  // namespace runbook
