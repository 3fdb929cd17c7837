#pragma once
// stdout and stderr as the program uses them: written at once, and switched off for good when
// nobody reads any more. A dead stream never ends a run (design §3.4).

#include <string_view>

namespace runbook {

class TextStream {
 public:
  explicit TextStream(int fd) : fd_(fd) {}
  TextStream(const TextStream&) = delete;
  TextStream& operator=(const TextStream&) = delete;
  virtual ~TextStream() = default;

  /// All of `text`, or nothing any more once a write has failed. REQUIRES: SIGPIPE is ignored.
  virtual void write(std::string_view text);
  bool is_terminal() const;
  /// errno of the write that switched it off; 0 while it works.
  int failure() const { return failure_; }

 private:
  int fd_;
  int failure_ = 0;
};

}  // namespace runbook
