#pragma once
// stdout and stderr as the program uses them: written at once, and switched off for good when
// nobody reads any more. A dead stream never ends a run (design §3.4).

#include <atomic>
#include <cstddef>
#include <memory>
#include <string_view>

namespace runbook {

class Redactor;
class WriteBehind;

struct ScreenSize {
  std::size_t columns = 80, rows = 24;
};

class TextStream {
 public:
  explicit TextStream(int fd);
  TextStream(const TextStream&) = delete;
  TextStream& operator=(const TextStream&) = delete;
  virtual ~TextStream();

  /// All of `text`, or nothing any more once a write has failed. REQUIRES: SIGPIPE is ignored.
  virtual void write(std::string_view text);
  /// From now on a thread of its own writes: a terminal that is slow, or was stopped with Ctrl-S,
  /// holds nobody up while less than 4 MiB wait for it.
  void write_behind();
  /// Whether something waits to be written.
  bool is_behind() const;
  /// Returns when nothing does. Before anybody else writes to the same terminal.
  void flush();
  /// With the secrets in it: for a reader that masks them itself and must know them.
  void write_unmasked(std::string_view text) { pass_on(text); }
  /// For people a secret's placeholder becomes its name too; programs can give theirs back.
  enum class Reader { person, program };
  /// From now on secrets are masked in whatever is written. May be null.
  void redact_with(std::shared_ptr<const Redactor> redactor, Reader reader = Reader::person);
  bool is_terminal() const;
  /// Of the terminal, now.
  virtual ScreenSize size() const;
  /// errno of the write that switched it off; 0 while it works.
  int failure() const { return failure_; }

 private:
  void pass_on(std::string_view text);
  void write_all(std::string_view text);

  int fd_;
  std::shared_ptr<const Redactor> redactor_;
  Reader reader_ = Reader::person;
  std::atomic<int> failure_ = 0;
  std::unique_ptr<WriteBehind> behind_;
};

}  // namespace runbook
