#include "engine/io/launcher.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstddef>
#include <memory>

// The child shares our memory until it executes (CLONE_VM | CLONE_VFORK): it may only make system
// calls and write to its Handover. Sanitizers must not see it: their shadow state is shared too.
#define RB_IN_CHILD \
  __attribute__((no_sanitize("address"), no_sanitize("thread"), no_sanitize("undefined")))

namespace runbook {

namespace {

constexpr std::size_t kStackBytes = std::size_t{32} << 10;
constexpr int kFirstRealTimeSignal = 32;
constexpr int kPlaces = 4;  // stdin, stdout, stderr and what is attached

struct Handover {
  const LaunchPlan& plan;
  long parent;
  int error;
  LaunchStage stage;
};

RB_IN_CHILD bool fail(Handover& handover, LaunchStage stage) {
  handover.error = errno;
  handover.stage = stage;
  return false;
}

RB_IN_CHILD bool report_group(Handover& handover) {
  char text[16];
  char* begin = text + sizeof text;
  *--begin = '\n';
  for (long rest = syscall(SYS_getpid); rest > 0; rest /= 10) {
    *--begin = static_cast<char>('0' + rest % 10);
  }
  *--begin = '+';
  const long length = text + sizeof text - begin;
  const bool told = syscall(SYS_write, handover.plan.report, begin, length) == length;
  return told || fail(handover, LaunchStage::report);
}

RB_IN_CHILD bool enter_group(Handover& handover) {
  const LaunchPlan& plan = handover.plan;
  if (plan.terminal < 0) {
    return syscall(SYS_setsid) >= 0 || fail(handover, LaunchStage::session);
  }
  if (syscall(SYS_setpgid, 0, 0) != 0) {
    return fail(handover, LaunchStage::session);
  }
  // All signals are blocked, so SIGTTOU does not stop us here.
  return tcsetpgrp(plan.terminal, getpid()) == 0 || fail(handover, LaunchStage::terminal);
}

// A descriptor to be placed may have one of the numbers that are filled here: move it out of the
// way before the numbers are filled.
RB_IN_CHILD bool place_streams(Handover& handover) {
  const LaunchPlan& plan = handover.plan;
  int from[kPlaces] = {plan.streams[0], plan.streams[1], plan.streams[2], plan.attached};
  const int places = plan.attached < 0 ? 3 : kPlaces;
  for (int i = 0; i < places; ++i) {
    if (from[i] < kPlaces) {
      from[i] = static_cast<int>(syscall(SYS_fcntl, from[i], F_DUPFD, kPlaces));
      if (from[i] < 0) {
        return fail(handover, LaunchStage::streams);
      }
    }
  }
  for (int i = 0; i < places; ++i) {
    if (syscall(SYS_dup3, from[i], i, 0) < 0) {
      return fail(handover, LaunchStage::streams);
    }
  }
  // Where a sandbox refuses this call, close-on-exec still covers everything that we opened.
  syscall(SYS_close_range, static_cast<unsigned>(places), ~0U, 0U);
  return true;
}

// Exec resets handlers, but not what is ignored; and between unblocking and exec a handler of ours
// would run in shared memory.
RB_IN_CHILD void reset_signals(bool in_foreground) {
  struct {  // the kernel's sigaction, all zero: SIG_DFL
    void (*handler)(int);
    unsigned long rest[7];
  } action = {SIG_DFL, {}};
  for (int signal = 1; signal < kFirstRealTimeSignal; ++signal) {
    // Nobody would continue an interactive child stopped by Ctrl-Z: our shell cannot see it.
    action.handler = in_foreground && signal == SIGTSTP ? SIG_IGN : SIG_DFL;
    syscall(SYS_rt_sigaction, signal, &action, nullptr, sizeof(unsigned long));
  }
  const unsigned long none = 0;
  syscall(SYS_rt_sigprocmask, SIG_SETMASK, &none, nullptr, sizeof none);
}

RB_IN_CHILD bool follow_parent(Handover& handover) {
  if (syscall(SYS_prctl, PR_SET_PDEATHSIG, handover.plan.death_signal) != 0) {
    return fail(handover, LaunchStage::parent);
  }
  // It may have died just before.
  return syscall(SYS_getppid) == handover.parent || fail(handover, LaunchStage::parent);
}

RB_IN_CHILD int child_main(void* argument) {
  Handover& handover = *static_cast<Handover*>(argument);
  const LaunchPlan& plan = handover.plan;
  if (!enter_group(handover) || (plan.report >= 0 && !report_group(handover))) {
    _exit(127);
  }
  if (plan.cwd != nullptr && syscall(SYS_chdir, plan.cwd) != 0) {
    fail(handover, LaunchStage::directory);
    _exit(127);
  }
  if (!place_streams(handover)) {
    _exit(127);
  }
  reset_signals(plan.terminal >= 0);
  if (plan.death_signal != 0 && !follow_parent(handover)) {
    _exit(127);
  }
  syscall(SYS_execve, plan.executable, plan.argv, plan.envp);
  fail(handover, LaunchStage::execute);
  _exit(127);
}

}  // namespace

Launched launch(const LaunchPlan& plan) {
  Handover handover{plan, getpid(), 0, LaunchStage::execute};
  const auto stack = std::make_unique_for_overwrite<std::byte[]>(kStackBytes);
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  Launched launched;
  launched.pid = clone(child_main, stack.get() + kStackBytes,
                       CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD, &handover, &launched.pidfd);
  launched.error = launched.pid < 0 ? errno : handover.error;
  launched.stage = launched.pid < 0 ? LaunchStage::clone : handover.stage;
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (launched.pid > 0 && launched.error != 0) {
    while (waitpid(launched.pid, nullptr, 0) < 0 && errno == EINTR) {
    }
    close(launched.pidfd);
    launched.pidfd = -1;
  }
  return launched;
}

const char* stage_text(LaunchStage stage) {
  switch (stage) {
    case LaunchStage::clone:
      return "the system refused another process";
    case LaunchStage::session:
      return "no session could be made for it";
    case LaunchStage::report:
      return "the reaper is gone, nobody would end it after a crash";
    case LaunchStage::terminal:
      return "the terminal could not be handed over";
    case LaunchStage::streams:
      return "its streams could not be set up";
    case LaunchStage::directory:
      return "its working directory cannot be entered";
    case LaunchStage::parent:
      return "it cannot be made to end with its supervisor";
    case LaunchStage::execute:
      return "it cannot be executed";
  }
  return "";
}

}  // namespace runbook
