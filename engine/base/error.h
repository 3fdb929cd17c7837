#pragma once
// The one exception type of the engine, and the outcome an error leaves in the outside world.
// Thrown anywhere in C++; caught at three borders only: the primitive adapter, the CLI's main, the
// worker loop.

#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/json.h"

namespace runbook {

/// Every error has a number; the table is error_codes.def. The enumerator is the name, the value
/// the number: `Code::effect_outside_step` is RB1203.
enum class Code : int {
#define RB_ERROR(number, name, exit, sentence, hint) name = number,
#include "engine/base/error_codes.def"
#undef RB_ERROR
};

/// What is known about the outside world after a failure. `unknown` makes a `once` call unsettled.
enum class EffectDone { none, done, unknown };

struct Error : std::exception {
  Code code;
  std::string message;  ///< what happened and why, one sentence, no newline at the end
  std::string hint;     ///< what to type or do next; empty = the hint of the code's row
  Json detail;  ///< machine-readable facts: {exit, signal, command, lines, file, line, field, …};
                ///< null if none
  std::string path;  ///< the step it left, set by the step engine; empty outside steps
  bool transient = false;
  EffectDone effect = EffectDone::unknown;

  Error(Code code, std::string message, std::string hint = {}, Json detail = nullptr);
  // Chaining setters, so that a throw stays one expression: `throw
  // Error(…).with_effect(EffectDone::none)`.
  Error& with_transient(bool value = true) {
    transient = value;
    return *this;
  }
  Error& with_effect(EffectDone value) {
    effect = value;
    return *this;
  }
  /// Puts "file:line" of the recipe into `detail` as {file, line}, unless it knows one already.
  void set_position(std::string_view position);
  const char* what() const noexcept override { return message.c_str(); }

  /// The value a recipe catches and the journal stores: {code: "RB1203", message, hint, detail,
  /// path, transient}.
  Json to_json() const;
  static Error from_json(const Json& value);
};

/// Throws the error of an input that was looked at before anything was done: effect none.
[[noreturn]] void refuse(Code code, std::string message, std::string hint = {});

/// The row of a code in error_codes.def.
struct CodeInfo {
  Code code;
  std::string_view name;      ///< snake_case
  int exit;                   ///< process exit code when this error ends a session (design §9)
  std::string_view sentence;  ///< what the number means in general
  std::string_view hint;
};
const CodeInfo& code_info(Code code);
/// All rows in numeric order, for `explain` and the lint tests.
const std::vector<CodeInfo>& all_codes();
/// "RB1203".
std::string code_text(Code code);
/// Reads "RB1203" or "1203"; nullopt if there is no such number.
std::optional<Code> parse_code(std::string_view text);
/// The page of a code: markdown, embedded at build time from engine/base/errors/RBnnnn.md.
std::string_view code_page(Code code);

/// A bug in runbook itself: throws Error(Code::internal) naming file and line. Never for bad input.
#define RB_CHECK(condition)                                    \
  do {                                                         \
    if (!(condition))                                          \
      ::runbook::check_failed(#condition, __FILE__, __LINE__); \
  } while (false)
[[noreturn]] void check_failed(const char* condition, const char* file, int line);

/// The closest of `candidates` to `word` for a did-you-mean, or empty when nothing is near.
std::string_view closest_match(std::string_view word,
                               const std::vector<std::string_view>& candidates);

}  // namespace runbook
