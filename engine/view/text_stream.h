#pragma once
// stdout and stderr as the program uses them: written at once, and switched off for good when
// nobody reads any more. A dead stream never ends a run (design §3.4).

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
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
  void write(std::string_view text);
  /// From now on a thread of its own writes: a terminal that is slow, or was stopped with Ctrl-S,
  /// holds nobody up while less than 4 MiB wait for it.
  void write_behind();
  /// Whether something waits to be written.
  bool is_behind() const;
  /// Returns when nothing does. Before anybody else writes to the same terminal.
  void flush();
  /// With the secrets in it: for a reader that masks them itself and must know them.
  void write_unmasked(std::string_view text) { pass_on(text); }
  /// From now on what is written holds no command for GitHub's runner, except by write_command().
  void guard_commands() { guards_commands_ = true; }
  void write_command(std::string_view command);
  /// For people a secret's placeholder becomes its name too; programs can give theirs back.
  enum class Reader { person, program };
  /// From now on secrets are masked in whatever is written. May be null.
  void redact_with(std::shared_ptr<const Redactor> redactor, Reader reader = Reader::person);
  void mask_like(const TextStream& other) { redact_with(other.redactor_, other.reader_); }
  bool is_terminal() const;
  /// Of the terminal, now.
  virtual ScreenSize size() const;
  /// errno of the write that switched it off; 0 while it works.
  int failure() const { return failure_; }

 protected:
  virtual void pass_on(std::string_view text);

 private:
  std::string masked(std::string_view text) const;
  void write_all(std::string_view text);

  int fd_;
  std::shared_ptr<const Redactor> redactor_;
  Reader reader_ = Reader::person;
  bool guards_commands_ = false;
  std::atomic<int> failure_ = 0;
  std::unique_ptr<WriteBehind> behind_;
};

}  // namespace runbook
