#pragma once
// Secrets: what Lua and the journal see is a placeholder; values live here, and one redactor guards
// every sink.

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/json.h"

namespace runbook {

/// Replaces every registered value, in every encoding a tool may print it in (raw, each line of it,
/// base64 at three alignments, base64url, percent, JSON-escaped, shell-quoted, hex with and without
/// 0x), by "[secret NAME]". Cheap when nothing is registered. One thread.
class Redactor {
 public:
  Redactor();
  ~Redactor();
  /// A value of fewer than 6 bytes cannot be masked: Error(Code::secret_too_short) naming it.
  void add(std::string_view name, std::string_view value);
  bool empty() const;
  /// From now on `told` hears each value that is added, to have it masked by others too.
  void tell(std::function<void(std::string_view value)> told) { told_ = std::move(told); }
  std::string redact(std::string_view text) const;
  std::string redact(const std::string& text) const { return redact(std::string_view(text)); }
  std::string redact(const char* text) const { return redact(std::string_view(text)); }
  /// Strings anywhere in the value, keys included.
  Json redact(const Json& value) const;

  /// So much of a text whose end was cut off holds no secret of which a part is missing.
  std::size_t whole_length(std::string_view beginning) const;

  /// A stream whose secrets may be split across writes: holds back at most the length of the
  /// longest pattern.
  class Stream {
   public:
    explicit Stream(const Redactor& redactor) : redactor_(redactor) {}
    std::string write(std::string_view chunk);
    std::string finish();  ///< what was held back

   private:
    const Redactor& redactor_;
    std::string pending_;
    std::size_t hidden_ = 0;  ///< leading bytes of pending_ whose mask is already written
  };

 private:
  struct Automaton;
  std::unique_ptr<Automaton> automaton_;
  std::function<void(std::string_view value)> told_;
  friend class Stream;
};

/// The secrets of one run. A placeholder is "rbsecret-" + 16 hex digits (HMAC of run id and name):
/// plain ASCII that survives URLs, headers and JSON, so Lua may join it into strings. Values are
/// never handed to Lua.
class SecretVault {
 public:
  SecretVault(std::string run_id, Redactor& redactor);
  ~SecretVault();
  /// Registers value and masks it; returns the placeholder. Again with the same name replaces the
  /// value.
  std::string add(std::string_view name, std::string_view value);
  /// Declares a name whose value is not known (yet); using it is Error(Code::secret_missing).
  std::string declare(std::string_view name);
  std::string placeholder(std::string_view name) const;
  std::optional<std::string> value(std::string_view name) const;
  /// Name and value of each secret that has one, for the redactor of another process.
  std::vector<std::pair<std::string, std::string>> known() const;
  bool is_placeholder(std::string_view text) const;  ///< the whole text is one
  bool mentions(std::string_view text) const;        ///< some part of it is one
  /// Placeholders → values, in every string. Error(Code::secret_missing) naming the secret.
  Json reveal(const Json& value) const;
  std::string reveal(std::string_view text) const;
  std::string reveal(const std::string& text) const { return reveal(std::string_view(text)); }
  std::string reveal(const char* text) const { return reveal(std::string_view(text)); }
  /// Values → placeholders, in every string (what a primitive returned).
  Json conceal(const Json& value) const;
  std::string conceal(std::string_view text) const;
  std::string conceal(const std::string& text) const { return conceal(std::string_view(text)); }
  std::string conceal(const char* text) const { return conceal(std::string_view(text)); }
  /// As Redactor::whole_length().
  std::size_t whole_length(std::string_view beginning) const {
    return redactor_.whole_length(beginning);
  }
  /// For the journal: a string that is one placeholder → {"$secret": name}; and back.
  Json to_references(const Json& value) const;
  Json from_references(const Json& value) const;
  /// HMAC fingerprint of a value, to notice another value on resume without storing it.
  std::string fingerprint(std::string_view value) const;

 private:
  struct Concealment;

  std::string run_id_;
  Redactor& redactor_;
  std::map<std::string, std::optional<std::string>, std::less<>> values_;  ///< by name
  std::map<std::string, std::string, std::less<>> names_;                  ///< placeholder → name
  mutable std::unique_ptr<Concealment> concealment_;  ///< made of values_ when first needed
};

/// The run's secret file (0600, synced, outside the journal): name → value, for values a call
/// produced and for answers.
std::map<std::string, std::string> read_secret_file(const std::string& path);
void write_secret_file(const std::string& path, const std::map<std::string, std::string>& values);

}  // namespace runbook
