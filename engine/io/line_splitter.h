#pragma once
// Bytes in, lines out, in bounded memory.

#include <functional>
#include <string>
#include <string_view>

namespace runbook {

class LineSplitter {
 public:
  using Sink = std::function<void(std::string_view line)>;
  static constexpr std::size_t kLongestPiece = std::size_t{1} << 20;
  /// Calls `sink` for every line completed by `chunk`, without its newline; a longer line than that
  /// comes in pieces of that size.
  void feed(std::string_view chunk, const Sink& sink);
  /// Delivers the last line if it lacks its newline.
  void finish(const Sink& sink);

 private:
  void deliver(std::string_view line, const Sink& sink);
  std::string pending_;
};

}  // namespace runbook
