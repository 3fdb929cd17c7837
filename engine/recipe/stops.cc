#include "engine/recipe/stops.h"

#include <csignal>
#include <utility>

namespace runbook {
namespace {

std::string_view what_a_stop_does(StopLevel level) {
  switch (level) {
    case StopLevel::interrupt:
      return "stopping after what is running now; Ctrl-C again to stop waiting for it";
    case StopLevel::terminate:
      return "stopping now; Ctrl-C again to kill what is left";
    default:
      return "killing what is left";
  }
}

Task<void> stop_after(Loop& loop, std::chrono::milliseconds limit, CancelPtr root, bool& passed) {
  co_await loop.sleep(limit, Cancel::root());
  passed = true;
  root->request(CancelReason::stop, StopLevel::terminate);
}

}  // namespace

Stops::Stops(EngineParts& parts, Shown& shown, std::optional<std::chrono::milliseconds> timeout)
    : signals_(parts.loop,
               [this, &shown, root = parts.session.root().cancel](StopLevel level, int signal) {
                 signal_ = signal_ == 0 ? signal : signal_;
                 root->request(CancelReason::stop, level);
                 shown.notice(std::string(what_a_stop_does(level)));
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
