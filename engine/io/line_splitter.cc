#include "engine/io/line_splitter.h"

namespace runbook {

void LineSplitter::feed(std::string_view chunk, const Sink& sink) {
  while (!chunk.empty()) {
    const std::size_t newline = chunk.find('\n');
    if (newline == std::string_view::npos) {
      pending_.append(chunk);
      break;
    }
    if (pending_.empty()) {
      deliver(chunk.substr(0, newline), sink);
    } else {
      pending_.append(chunk.substr(0, newline));
      deliver(pending_, sink);
      pending_.clear();
    }
    chunk.remove_prefix(newline + 1);
  }
  while (pending_.size() > kLongestPiece) {
    sink(std::string_view(pending_).substr(0, kLongestPiece));
    pending_.erase(0, kLongestPiece);
  }
}

void LineSplitter::finish(const Sink& sink) {
  if (!pending_.empty()) {
    deliver(pending_, sink);
    pending_.clear();
  }
}

void LineSplitter::deliver(std::string_view line, const Sink& sink) {
  while (line.size() > kLongestPiece) {
    sink(line.substr(0, kLongestPiece));
    line.remove_prefix(kLongestPiece);
  }
  sink(line);
}

}  // namespace runbook
