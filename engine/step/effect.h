#pragma once
// Effect classes (design §4), intents and outcomes: the words in which a primitive says what it
// does to the world.

#include <string>
#include <utility>

#include "engine/base/error.h"

namespace runbook {

enum class Effect {
  pure,        ///< no outside world
  read,        ///< looks, changes nothing
  idempotent,  ///< again is the same as once
  once,        ///< again may harm: intent first, probe after an interruption
};
std::string_view effect_name(Effect effect);

/// What `prepare` found out and what makes the effect recognisable later (signed bytes, a
/// revision). `resource` names what the intent uses up ("eth/<genesis>/<chain id>/<sender>"); empty
/// if nothing.
struct Intent {
  Json data;
  std::string resource;
};

/// What a probe found.
struct Outcome {
  enum class Kind { done, failed, not_done, in_progress, cannot_tell };
  Kind kind = Kind::cannot_tell;
  Json value;        ///< done: the call's result
  std::string text;  ///< in_progress: why · cannot_tell: the evidence
  Json error;        ///< failed, and cannot_tell that is an error of its own: {code, message, …}
  bool is_over = false;  ///< cannot_tell: it cannot happen any more, so a person's word ends it

  static Outcome done(Json value) { return {Kind::done, std::move(value), {}, {}}; }
  static Outcome failed(const Error& error) { return {Kind::failed, {}, {}, error.to_json()}; }
  static Outcome not_done() { return {Kind::not_done, {}, {}, {}}; }
  static Outcome in_progress(std::string why) {
    return {Kind::in_progress, {}, std::move(why), {}};
  }
  static Outcome cannot_tell(std::string evidence) {
    return {Kind::cannot_tell, {}, std::move(evidence), {}};
  }
};

}  // namespace runbook
