#pragma once
// Finds many byte strings in one pass (Aho–Corasick; no library in Debian has one that keeps its
// state between chunks). Used by the redactor and the vault.

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace runbook {

class PatternSet {
 public:
  using State = std::uint32_t;
  static constexpr State kStart = 0;

  struct Match {
    std::uint32_t length = 0;  ///< 0 = no pattern ends here
    std::uint32_t id = 0;
  };

  PatternSet();
  /// Empty patterns are ignored; of equal patterns the first id counts. Before build() only.
  void add(std::string_view pattern, std::uint32_t id);
  /// Links the states. After it the set is read-only.
  void build();
  bool empty() const { return nodes_.size() == 1; }

  /// The state after one more byte. REQUIRES: built.
  State next(State state, char byte) const;
  /// Length of the longest tail of the input that begins some pattern: only a match that begins
  /// there or later can still come.
  std::uint32_t depth(State state) const { return nodes_[state].depth; }
  /// The longest pattern that ends here.
  Match longest(State state) const { return nodes_[state].match; }

 private:
  struct Edge {
    unsigned char byte;
    State target;
  };
  struct Node {
    std::vector<Edge> edges;  ///< sorted by byte; nearly always one
    std::uint32_t depth = 0;
    State fail = kStart;  ///< the state of the longest proper tail
    Match match;
  };
  /// kStart if there is none.
  State child(State state, unsigned char byte) const;

  std::vector<Node> nodes_;
  std::array<State, 256> first_{};  ///< children of the start, where most bytes are looked up
};

}  // namespace runbook
