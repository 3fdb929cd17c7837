#pragma once
// The controlling terminal: its settings and its foreground process group, remembered and put back.

#include <memory>

namespace runbook {

class Terminal {
 public:
  /// Opens /dev/tty and remembers its settings; without a terminal nothing below does anything.
  Terminal();
  ~Terminal();
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  bool is_present() const;
  bool is_ours() const;    ///< our process group is in the foreground
  int descriptor() const;  ///< -1 without a terminal
  /// Makes our group the foreground one again, with the remembered settings.
  void take_back();
  /// Only the settings.
  void restore();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace runbook
