#include "engine/recipe/reply.h"

#include "engine/base/json.h"

namespace runbook {
namespace {

constexpr std::string_view kInbox = "reply";  // no run has such an id

}  // namespace

std::string reply_text(const std::string& sentence) {
  return dump_json({{"ok", true}, {"sentence", sentence}});
}

std::string reply_text(const Error& error) {
  return dump_json({{"error", error.to_json()}});
}

std::string read_reply(const std::string& text) {
  const Json reply = parse_json(text, "a reply");
  if (reply.is_object() && reply.contains("error")) {
    throw Error::from_json(reply["error"]);
  }
  if (!reply.is_object() || !reply.contains("sentence") || !reply["sentence"].is_string()) {
    throw Error(Code::journal_corrupt, "a reply in the inbox is neither a sentence nor an error");
  }
  return reply["sentence"].get<std::string>();
}

void put_reply(Store& store, const std::string& to, const std::string& text, Timestamp now) {
  store.put_message(kInbox, dump_json({{"to", to}, {"time", now}, {"reply", text}}));
}

std::optional<std::string> take_reply(Store& store, const std::string& to) {
  for (const InboxMessage& message : store.list_messages(kInbox)) {
    const Json reply = parse_json(message.payload, "a reply");
    if (reply.value("to", "") == to) {
      store.remove_message(message.id);
      return reply.value("reply", "");
    }
  }
  return std::nullopt;
}

void remove_unclaimed_replies(Store& store, Timestamp now) {
  const Timestamp before = now - std::chrono::milliseconds(kUnclaimed).count();
  for (const InboxMessage& message : store.list_messages(kInbox)) {
    if (parse_json(message.payload, "a reply").value("time", Timestamp{0}) < before) {
      store.remove_message(message.id);
    }
  }
}

}  // namespace runbook
