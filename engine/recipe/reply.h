#pragma once
// What a driver replies to whoever told it something. All replies lie in one inbox of the store, so
// that those whose reader died are found.

#include <chrono>
#include <optional>
#include <string>

#include "engine/base/error.h"
#include "engine/store/store.h"

namespace runbook {

/// A sender waits a minute: what is older than this, nobody comes for.
constexpr std::chrono::hours kUnclaimed{1};

/// { ok, sentence } or { error }.
std::string reply_text(const std::string& sentence);
std::string reply_text(const Error& error);
/// The sentence; throws the error.
std::string read_reply(const std::string& text);

/// `to` is Instruction::reply_to.
void put_reply(Store& store, const std::string& to, const std::string& text, Timestamp now);
std::optional<std::string> take_reply(Store& store, const std::string& to);
void remove_unclaimed_replies(Store& store, Timestamp now);

}  // namespace runbook
