#include "engine/recipe/inbox.h"

#include <utility>

#include "engine/base/log.h"
#include "engine/recipe/cancelling.h"
#include "engine/recipe/reply.h"

namespace runbook {
namespace {

struct Reply {
  std::string to, text;
};

}  // namespace

// One that cannot be read is removed and has no reply: whose it is, is not known.
Task<void> Inbox::take(InboxMessage message) {
  Reply reply;
  std::filesystem::path typed;
  bool cancels = false;
  try {
    Instruction said = Instruction::from_json(parse_json(message.payload, "a message"));
    reply.to = said.reply_to;
    typed = take_typed(said, parts_.run_folder);
    reply.text = reply_text(asking_.take(said));
    cancels = said.kind == Instruction::Kind::cancel;
  } catch (const Error& error) {
    const Error masked = Error::from_json(parts_.redactor.redact(error.to_json()));
    reply.text = reply_text(masked);  // it may quote what was typed
  }
  const std::int64_t id = message.id;
  const Timestamp now = parts_.loop.clock().now();
  std::function<void(Store&)> answer = [&reply, id, now](Store& store) {
    if (reply.to.empty()) {
      log_warning("inbox: " + reply.text);
    } else {
      put_reply(store, reply.to, reply.text, now);
    }
    store.remove_message(id);
  };
  co_await parts_.journal.on_store(std::move(answer));  // what was appended is durable by then
  std::error_code ignored;                              // if it stays, it is removed as an old one
  std::filesystem::remove(typed, ignored);
  if (cancels) {
    request_cancel(parts_);
  }
}

Task<void> Inbox::take_messages() {
  std::vector<InboxMessage> messages;
  const std::string& run = parts_.run_id;
  std::function<void(Store&)> list = [&messages, &run](Store& store) {
    messages = store.list_messages(run);
  };
  co_await parts_.journal.on_store(std::move(list));
  for (InboxMessage& message : messages) {
    co_await take(std::move(message));
  }
}

// After the end for good nobody takes a message, and its sender finds that out by itself.
Task<void> Inbox::clear_up() {
  const Timestamp now = parts_.loop.clock().now();
  const bool is_over = parts_.journal.state().finished;
  remove_typed_files(parts_.run_folder, now, is_over);
  const std::string& run = parts_.run_id;
  std::function<void(Store&)> clear = [&run, now, is_over](Store& store) {
    remove_unclaimed_replies(store, now);
    const std::vector<InboxMessage> left =
        is_over ? store.list_messages(run) : std::vector<InboxMessage>();
    for (const InboxMessage& message : left) {
      store.remove_message(message.id);
    }
  };
  try {
    co_await parts_.journal.on_store(std::move(clear));
  } catch (const Error& error) {  // the run's end is on record, whatever is left lying there
    log_warning("inbox: " + error.message);
  }
}

// A journal that fails tells the session itself.
Task<void> Inbox::watch(std::chrono::milliseconds every, CancelPtr over) {
  try {
    for (;;) {
      co_await parts_.loop.sleep(every, over);
      try {
        co_await take_messages();
      } catch (const Error& error) {
        log_warning("inbox: " + error.message);
        if (parts_.session.stopping()) {  // a journal that cannot be written stops the session
          co_return;
        }
      }
    }
  } catch (const Cancelled&) {
    co_return;
  }
}

}  // namespace runbook
