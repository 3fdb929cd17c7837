#include "engine/lua/leases.h"

#include <fmt/core.h>

#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <utility>

#include "engine/step/deadline.h"

namespace runbook::lua {
namespace {

constexpr std::int64_t kLeaseMilliseconds = 15'000;
constexpr std::chrono::milliseconds kLeaseRenewal{5'000};
constexpr std::chrono::milliseconds kLeasePoll{200};
constexpr std::chrono::milliseconds kLongestTurn{2'000};  // of one session, while another waits

}  // namespace

struct Leases::Entry {
  std::deque<std::shared_ptr<Latch>> waiting;
  bool held = false;  ///< by a call of this session, or on its way back to the store
  std::optional<Lease> lease;
  bool renewing = false;
  std::chrono::steady_clock::time_point since;
};

struct Leases::Impl : std::enable_shared_from_this<Impl> {
  explicit Impl(Session& s) : session(s) {}

  Task<void> wait_for_turn(std::string name, std::chrono::milliseconds timeout, CancelPtr cancel);
  Task<void> acquire(std::string name, std::string holder, std::chrono::milliseconds timeout,
                     CancelPtr cancel);
  void pass_on(const std::string& name);
  Task<void> renew(std::string name);
  Task<void> give_back(std::string name);
  /// The next call of this session, if any, has its turn.
  void wake(Entry& entry);

  Session& session;
  std::map<std::string, Entry> entries;
  bool closed = false;  ///< the session is going: what is held runs out by itself
};

class Leases::Held {
 public:
  Held(std::shared_ptr<Impl> impl, std::string name)
      : impl_(std::move(impl)), name_(std::move(name)) {}
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;
  ~Held() { impl_->pass_on(name_); }

 private:
  std::shared_ptr<Impl> impl_;
  std::string name_;
};

namespace {

Error held_by(const std::string& name, std::string_view holder) {
  Error error(Code::lock_held, fmt::format("{} is held by {}", name, holder));
  return error.with_transient().with_effect(EffectDone::none);
}

}  // namespace

void Leases::Impl::wake(Entry& entry) {
  entry.held = !entry.waiting.empty();
  if (entry.held) {
    entry.waiting.front()->open();
    entry.waiting.pop_front();
  }
}

Task<void> Leases::Impl::wait_for_turn(std::string name, std::chrono::milliseconds timeout,
                                       CancelPtr cancel) {
  Entry& entry = entries[name];
  if (!entry.held) {
    entry.held = true;
    co_return;
  }
  const auto turn = std::make_shared<Latch>(session.loop());
  entry.waiting.push_back(turn);
  const CancelPtr node = cancel->child();
  const Deadline deadline(session.loop(), timeout, node);
  std::optional<Cancelled> cancelled;  // a coroutine cannot wait inside a handler
  try {
    co_await turn->wait(node);
  } catch (const Cancelled& why) {
    cancelled = why;
  }
  if (!cancelled) {
    co_return;
  }
  if (turn->is_open()) {
    pass_on(name);
  } else {
    std::erase(entry.waiting, turn);
  }
  if (!cancel->requested()) {
    throw held_by(name, entry.lease ? "another step of this run"
                                    : "another run, for which a step of this one waits");
  }
  throw *cancelled;
}

Task<void> Leases::Impl::acquire(std::string name, std::string holder,
                                 std::chrono::milliseconds timeout, CancelPtr cancel) {
  Entry& entry = entries[name];
  Loop& loop = session.loop();
  const auto deadline = loop.clock().steady() + timeout;
  const bool inherited = entry.lease.has_value();
  for (;;) {
    std::optional<Lease> lease;  // of a call before this one too: it may have run out meanwhile
    std::optional<Lease> other;
    const Timestamp now = loop.clock().now();
    std::function<void(Store&)> ask = [&](Store& store) {
      lease = store.acquire_lease(name, holder, now, kLeaseMilliseconds);
      other = lease ? std::nullopt : store.find_lease(name);
    };
    co_await session.journal().on_store(std::move(ask));
    entry.lease = lease;
    if (lease) {
      entry.since = inherited ? entry.since : loop.clock().steady();
      if (!std::exchange(entry.renewing, true)) {
        loop.spawn(renew(name));
      }
      co_return;
    }
    if (loop.clock().steady() >= deadline) {
      throw held_by(name, other ? "run " + other->holder : "another run");
    }
    co_await loop.sleep(kLeasePoll, cancel);
  }
}

void Leases::Impl::pass_on(const std::string& name) {
  if (closed) {
    return;
  }
  Entry& entry = entries[name];
  const bool turn_is_over = session.loop().clock().steady() - entry.since > kLongestTurn;
  if (!entry.lease || (!entry.waiting.empty() && !turn_is_over)) {
    wake(entry);
  } else {
    session.loop().spawn(give_back(name));
  }
}

Task<void> Leases::Impl::renew(std::string name) {
  const std::shared_ptr<Impl> self = shared_from_this();
  const CancelPtr forever = Cancel::root();
  Entry& entry = entries[name];
  for (;;) {
    co_await session.loop().sleep(kLeaseRenewal, forever);
    if (!entry.lease) {
      entry.renewing = false;
      co_return;
    }
    const Timestamp now = session.loop().clock().now();
    const std::string holder = entry.lease->holder;
    std::optional<Lease> lease;
    std::function<void(Store&)> again = [&](Store& store) {
      lease = store.acquire_lease(name, holder, now, kLeaseMilliseconds);
    };
    co_await session.journal().on_store(std::move(again));
    if (entry.lease) {
      entry.lease = lease;  // none: this process slept too long, and another run has it
    }
  }
}

// What the holder returned is appended in the turn of the loop in which it let go.
Task<void> Leases::Impl::give_back(std::string name) {
  const std::shared_ptr<Impl> self = shared_from_this();
  co_await session.loop().sleep(std::chrono::milliseconds(0), Cancel::root());
  co_await session.journal().durable();
  Entry& entry = entries[name];
  const std::optional<Lease> lease = std::exchange(entry.lease, std::nullopt);
  if (lease) {
    std::function<void(Store&)> release = [&](Store& store) { store.release_lease(*lease); };
    co_await session.journal().on_store(std::move(release));
  }
  if (!entry.waiting.empty()) {  // another run may be waiting too, and looks now and then only
    co_await session.loop().sleep(kLeasePoll + kLeasePoll / 2, Cancel::root());
  }
  wake(entry);
}

Leases::Leases(Session& session) : impl_(std::make_shared<Impl>(session)) {}
Leases::~Leases() {
  impl_->closed = true;
}

Task<std::shared_ptr<Leases::Held>> Leases::hold(std::string name, std::string holder,
                                                 std::chrono::milliseconds timeout,
                                                 CancelPtr cancel) {
  const std::shared_ptr<Impl> impl = impl_;
  co_await impl->wait_for_turn(name, timeout, cancel);
  const auto held = std::make_shared<Held>(impl, name);
  co_await impl->acquire(name, std::move(holder), timeout, cancel);
  co_return held;
}

}  // namespace runbook::lua
