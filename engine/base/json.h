#pragma once
// JSON values and raw JSON text. `Json` sorts object keys, so equal values have equal text:
// fingerprints and the journal rely on it.

#include <string>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

namespace runbook {

using Json = nlohmann::json;
using OrderedJson =
    nlohmann::ordered_json;  ///< only for what people read: keys in the order of the documentation

/// JSON text that is parsed when somebody reads it. Empty text means "absent".
class RawJson {
 public:
  RawJson() = default;
  explicit RawJson(std::string text) : text_(std::move(text)) {}
  static RawJson of(const Json& value) { return RawJson(value.dump()); }
  bool empty() const { return text_.empty(); }
  const std::string& text() const { return text_; }
  /// Throws Error(Code::journal_corrupt) if the text is not JSON.
  Json parse() const;
  bool operator==(const RawJson&) const = default;

 private:
  std::string text_;
};

/// Parses JSON from outside. Throws Error(Code::json_invalid) with line and column; `what` names
/// the source ("params.json"). An integer of more than 64 bits becomes a string of its digits.
Json parse_json(std::string_view text, std::string_view what);
/// One line, sorted keys. Throws Error(Code::json_invalid) on invalid UTF-8, naming the path of the
/// string.
std::string dump_json(const Json& value);

}  // namespace runbook
