#pragma once
// The members of a JSON object as text, written and read without building a tree: an event's
// payload is taken apart this way, so that nothing is parsed that nobody reads.

#include <string>
#include <string_view>

namespace runbook {

/// Builds "{"name":value,…}"; no member at all makes the empty text.
class MemberWriter {
 public:
  void raw(std::string_view name, std::string_view json);
  /// Error(Code::json_invalid) if `text` is not UTF-8.
  void string(std::string_view name, std::string_view text);
  std::string finish();

 private:
  void begin(std::string_view name);
  std::string out_;
};

/// Splits an object into names and values. Values are not checked beyond their brackets and quotes.
class MemberReader {
 public:
  explicit MemberReader(std::string_view object) : rest_(object) {}

  enum class Next { member, end, malformed };
  /// `name` is without quotes, and as written: escapes in it are kept.
  Next next(std::string_view& name, std::string_view& value);

 private:
  bool take(char expected);
  void skip_space();
  std::string_view take_string();
  std::string_view take_value();
  Next finish();

  std::string_view rest_;
  bool begun_ = false;
};

}  // namespace runbook
