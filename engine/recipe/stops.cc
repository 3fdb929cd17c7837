#include "engine/recipe/stops.h"

#include <fmt/core.h>

#include <algorithm>
#include <csignal>
#include <utility>

namespace runbook {
namespace {

/// "pid 4133, 4140"; empty if nothing runs.
std::string named_pids(const std::vector<int>& pids) {
  constexpr std::size_t kNamed = 5;
  std::string text = pids.empty() ? "" : "pid ";
  for (std::size_t i = 0; i < std::min(pids.size(), kNamed); ++i) {
    text += fmt::format("{}{}", i == 0 ? "" : ", ", pids[i]);
  }
  return pids.size() > kNamed ? fmt::format("{} and {} more", text, pids.size() - kNamed) : text;
}

std::string what_a_stop_does(StopLevel level, const std::vector<int>& children) {
  const std::string pids = named_pids(children);
  switch (level) {
    case StopLevel::interrupt:
      return pids.empty() ? "stopping after what is running now; Ctrl-C again to stop at once"
                          : fmt::format(
                                "sent SIGINT to {}, waiting for it to end; Ctrl-C again to stop "
                                "waiting (what it did may then be unknown)",
                                pids);
    case StopLevel::terminate:
      return pids.empty()
                 ? "stopping now; Ctrl-C again to kill what is left"
                 : fmt::format("sent SIGTERM to {}; Ctrl-C again to kill what is left", pids);
    default:
      return "killing what is left" + (pids.empty() ? "" : ": " + pids);
  }
}

Task<void> stop_after(Loop& loop, std::chrono::milliseconds limit, CancelPtr root, bool& passed) {
  co_await loop.sleep(limit, Cancel::root());
  passed = true;
  root->request(CancelReason::stop, StopLevel::terminate);
}

}  // namespace

Stops::Stops(EngineParts& parts, Shown& shown, std::optional<std::chrono::milliseconds> timeout)
    : signals_(parts.loop, [this, &shown, &parts, root = parts.session.root().cancel](
                               StopLevel level, int signal) {
        signal_ = signal_ == 0 ? signal : signal_;
        root->request(CancelReason::stop, level);
        shown.notice(what_a_stop_does(level, parts.processes.alive()));
      }) {
  if (timeout) {
    parts.loop.spawn(stop_after(parts.loop, *timeout, parts.session.root().cancel, timed_out_));
  }
}

SessionEnding Stops::ending() const {
  SessionEnding ending;
  ending.phase = RunPhase::interrupted;
  ending.exit = timed_out_ ? 124 : signal_ == SIGINT ? 130 : 143;
  if (timed_out_) {
    ending.error = Error(Code::timed_out, "the session reached its time limit");
  }
  return ending;
}

}  // namespace runbook
