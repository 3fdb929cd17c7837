#include "engine/journal/journal.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include "engine/base/error.h"
#include "engine/journal/batch_writer.h"
#include "engine/journal/load.h"

namespace runbook {
namespace {

namespace asio = boost::asio;
using Resume = asio::any_completion_handler<void()>;

/// Suspends the coroutine; `keep` is given what resumes it. To be called on the loop thread.
template <typename Keep>
Task<void> suspend(Keep keep) {
  return asio::async_initiate<const asio::use_awaitable_t<>, void()>(
      [](auto handler, Keep inner) { inner(Resume(std::move(handler))); }, asio::use_awaitable,
      std::move(keep));
}

/// Resumes those of whom `is_over` is true. Handlers are only ever move-constructed: assigning one
/// is broken in Boost 1.81.
template <typename Waiting, typename IsOver>
void resume_if(Loop& loop, std::vector<Waiting>& all, IsOver is_over) {
  std::vector<Waiting> still;
  for (Waiting& waiting : all) {
    if (is_over(waiting)) {
      asio::post(loop.context(), std::move(waiting.resume));
    } else {
      still.push_back(std::move(waiting));
    }
  }
  all.swap(still);
}

}  // namespace

// Outlives the Journal while the loop still holds what the writer posted.
struct Journal::Impl : std::enable_shared_from_this<Journal::Impl> {
  Impl(Loop& the_loop, Store& store, std::string the_run, JournalHooks the_hooks, LoadedRun loaded)
      : loop(the_loop),
        run(std::move(the_run)),
        hooks(std::move(the_hooks)),
        state(std::move(loaded.state)),
        requested(loaded.head),
        writer(store, run, loaded.head, loaded.head_hash, hooks.after_commit) {}

  struct Waiter {
    Sequence target = 0;
    Resume resume;
  };
  struct WaitingJob {
    std::shared_ptr<BatchWriter::Job> job;
    Resume resume;
  };

  Sequence append(Payload payload, std::string step, std::uint32_t attempt);
  void flush();
  void deliver();
  void call_hook(const std::function<void(Sequence)>& hook, Sequence sequence);
  void throw_failure() const;
  void stop();

  Loop& loop;
  const std::string run;
  const JournalHooks hooks;
  RunState state;
  Sequence requested;  ///< a commit was asked for up to here
  std::vector<std::function<void(const Event&)>> observers;
  std::function<void(const Error&)> failure_handler;
  std::vector<Waiter> waiters;
  std::vector<WaitingJob> waiting_jobs;
  bool threaded = false;
  bool stopped = false;
  BatchWriter writer;
};

// A hook that throws stands for power that is cut: nothing is written after it.
void Journal::Impl::call_hook(const std::function<void(Sequence)>& hook, Sequence sequence) {
  if (!hook) {
    return;
  }
  try {
    hook(sequence);
  } catch (...) {
    writer.fail(std::current_exception());
    throw;
  }
}

void Journal::Impl::throw_failure() const {
  if (const std::exception_ptr failure = writer.failure()) {
    std::rethrow_exception(failure);
  }
}

Sequence Journal::Impl::append(Payload payload, std::string step, std::uint32_t attempt) {
  RB_CHECK(!stopped);
  const Sequence sequence = state.last + 1;
  call_hook(hooks.before_append, sequence);
  Event event{.sequence = sequence,
              .time = loop.clock().now(),
              .step = std::move(step),
              .attempt = attempt,
              .payload = std::move(payload)};
  StoredEvent stored = encode(event);
  if (has_effects(event.payload)) {
    Append effects{.run = run};
    collect_effects(effects, event, state);
    apply(state, std::move(event));
    writer.push(std::move(stored), &effects);
  } else {
    apply(state, std::move(event));
    writer.push(std::move(stored), nullptr);
  }
  if (hooks.commit_each) {
    writer.commit();
  }
  call_hook(hooks.after_append, sequence);
  return sequence;
}

void Journal::Impl::flush() {
  if (requested == state.last || stopped) {
    return;
  }
  requested = state.last;
  writer.commit();
  if (!threaded) {
    deliver();
  }
}

// What the writer has done since the last time: observers first, so that what is shown is durable
// and comes before anything that the resumed coroutines append.
void Journal::Impl::deliver() {
  BatchWriter::Progress progress = writer.take_progress();
  for (StoredEvent& stored : progress.events) {
    const Event event = decode(std::move(stored));
    for (std::size_t i = 0; i < observers.size(); ++i) {
      observers[i](event);
    }
  }
  const Sequence committed = writer.committed();
  const bool failed = writer.failure() != nullptr;
  resume_if(loop, waiters,
            [&](const Waiter& waiter) { return failed || waiter.target <= committed; });
  resume_if(loop, waiting_jobs, [&](const WaitingJob& waiting) {
    return std::ranges::find(progress.jobs, waiting.job) != progress.jobs.end();
  });
  if (progress.failure && failure_handler) {
    try {
      std::rethrow_exception(progress.failure);
    } catch (const Error& error) {
      failure_handler(error);
    } catch (const std::exception&) {
      return;  // power that a test cut; whoever asks the journal next is told
    }
  }
}

void Journal::Impl::stop() {
  if (!stopped) {
    stopped = true;
    writer.stop();
    deliver();
  }
}

Journal::Journal(Loop& loop, Store& store, std::string run, Writer writer, JournalHooks hooks) {
  LoadedRun loaded = load_run(store, run, true);
  impl_ = std::make_shared<Impl>(loop, store, std::move(run), std::move(hooks), std::move(loaded));
  if (writer == Writer::thread) {
    impl_->threaded = true;
    impl_->writer.start([weak = std::weak_ptr<Impl>(impl_), &context = loop.context()] {
      asio::post(context, [weak] {
        if (const std::shared_ptr<Impl> impl = weak.lock()) {
          impl->deliver();
        }
      });
    });
  }
}

Journal::~Journal() {
  impl_->stop();
}

const RunState& Journal::state() const {
  return impl_->state;
}

const std::string& Journal::run() const {
  return impl_->run;
}

Sequence Journal::append(Payload payload, std::string step, std::uint32_t attempt) {
  return impl_->append(std::move(payload), std::move(step), attempt);
}

std::string Journal::put_blob(std::string content) {
  std::string hash = to_hex(sha256(content));
  impl_->throw_failure();
  impl_->writer.push_blob(std::move(content));
  return hash;
}

bool Journal::is_durable() const {
  return impl_->writer.committed() >= impl_->state.last;
}

void Journal::flush() {
  impl_->flush();
}

// A failure is told to everyone who asks, also to those whose own events became durable before it:
// the run is over.
Task<void> Journal::durable() {
  const std::shared_ptr<Impl> impl = impl_;
  const Sequence target = impl->state.last;
  impl->throw_failure();
  if (impl->writer.committed() < target) {
    impl->flush();
  }
  if (impl->threaded) {
    if (impl->writer.committed() < target) {
      auto wait = [impl, target](Resume resume) {
        impl->waiters.push_back({target, std::move(resume)});
      };
      co_await suspend(std::move(wait));
    } else {
      impl->deliver();  // the writer was quicker than the loop: observers hear of it first all the
                        // same
    }
  }
  impl->throw_failure();
}

Task<void> Journal::on_store(std::function<void(Store&)> work) {
  const std::shared_ptr<Impl> impl = impl_;
  impl->throw_failure();
  auto job = std::make_shared<BatchWriter::Job>();
  job->work = std::move(work);
  impl->requested = impl->state.last;
  if (impl->threaded) {
    // A local: g++ 12 destroys a lambda twice that is written inside the co_await expression.
    auto submit = [impl, job](Resume resume) {
      impl->waiting_jobs.push_back({job, std::move(resume)});
      impl->writer.submit(job);
    };
    co_await suspend(std::move(submit));
  } else {
    impl->writer.submit(job);
    impl->deliver();
  }
  if (job->error) {
    std::rethrow_exception(job->error);
  }
}

void Journal::observe(std::function<void(const Event&)> observer) {
  impl_->observers.push_back(std::move(observer));
  impl_->writer.keep_events(true);
}

void Journal::on_failure(std::function<void(const Error&)> handler) {
  impl_->failure_handler = std::move(handler);
}

void Journal::close() {
  if (!impl_->stopped) {
    impl_->stop();
    impl_->throw_failure();
  }
}

}  // namespace runbook
