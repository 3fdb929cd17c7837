#include "engine/base/pattern_set.h"

#include <algorithm>

namespace runbook {

PatternSet::PatternSet() : nodes_(1) {}

PatternSet::State PatternSet::child(State state, unsigned char byte) const {
  if (state == kStart) {
    return first_[byte];
  }
  const auto& edges = nodes_[state].edges;
  const auto found = std::ranges::lower_bound(edges, byte, {}, &Edge::byte);
  return found != edges.end() && found->byte == byte ? found->target : kStart;
}

void PatternSet::add(std::string_view pattern, std::uint32_t id) {
  State state = kStart;
  for (const char c : pattern) {
    const auto byte = static_cast<unsigned char>(c);
    State target = child(state, byte);
    if (target == kStart) {
      target = static_cast<State>(nodes_.size());
      auto& edges = nodes_[state].edges;
      edges.insert(std::ranges::lower_bound(edges, byte, {}, &Edge::byte), {byte, target});
      if (state == kStart) {
        first_[byte] = target;
      }
      const std::uint32_t depth = nodes_[state].depth + 1;
      nodes_.emplace_back().depth = depth;
    }
    state = target;
  }
  if (state != kStart && nodes_[state].match.length == 0) {
    nodes_[state].match = {static_cast<std::uint32_t>(pattern.size()), id};
  }
}

void PatternSet::build() {
  // Breadth first: the tail of a state is shorter than the state, so it is linked already.
  std::vector<State> queue = {kStart};
  for (std::size_t i = 0; i < queue.size(); ++i) {
    const State state = queue[i];
    for (const Edge& edge : nodes_[state].edges) {
      Node& target = nodes_[edge.target];
      target.fail =
          state == kStart ? kStart : next(nodes_[state].fail, static_cast<char>(edge.byte));
      if (target.match.length == 0) {
        target.match = nodes_[target.fail].match;
      }
      queue.push_back(edge.target);
    }
  }
}

PatternSet::State PatternSet::next(State state, char byte) const {
  const auto wanted = static_cast<unsigned char>(byte);
  while (true) {
    const State target = child(state, wanted);
    if (target != kStart || state == kStart) {
      return target;
    }
    state = nodes_[state].fail;
  }
}

}  // namespace runbook
