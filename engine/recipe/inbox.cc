#include "engine/recipe/inbox.h"

#include <utility>

#include "engine/base/log.h"
#include "engine/recipe/cancelling.h"

namespace runbook {
namespace {

struct Reply {
  std::string inbox, text;
};

}  // namespace

// One that cannot be read is removed and has no reply: whose it is, is not known.
Task<void> Inbox::take(InboxMessage message) {
  Reply reply;
  bool cancels = false;
  try {
    Instruction said = Instruction::from_json(parse_json(message.payload, "a message"));
    reply.inbox = said.reply_to;
    take_answers(said, parts_.run_folder);
    reply.text = reply_text(asking_.take(said));
    cancels = said.kind == Instruction::Kind::cancel;
  } catch (const Error& error) {
    reply.text = reply_text(error);
  }
  const std::int64_t id = message.id;
  std::function<void(Store&)> answer = [&reply, id](Store& store) {
    if (reply.inbox.empty()) {
      log_warning("inbox: " + reply.text);
    } else {
      store.put_message(reply.inbox, reply.text);
    }
    store.remove_message(id);
  };
  co_await parts_.journal.on_store(std::move(answer));  // what was appended is durable by then
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
