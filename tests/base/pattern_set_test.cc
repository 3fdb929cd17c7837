#include "engine/base/pattern_set.h"

#include <algorithm>
#include <string>

#include "engine/base/id.h"
#include "tests/catch.h"

using namespace runbook;

namespace {

std::string random_text(std::size_t size) {
  std::string text;
  for (std::size_t i = 0; i < size; ++i) {
    text += random_unit() < 0.5 ? 'a' : 'b';
  }
  return text;
}

}  // namespace

TEST_CASE("A pattern set finds the longest pattern that ends at each byte", "[pattern_set]") {
  // Two letters only, so that patterns overlap and nest in every way; the naive search is the
  // oracle.
  for (int round = 0; round < 200; ++round) {
    std::vector<std::string> patterns;
    PatternSet set;
    for (std::uint32_t id = 0; id < 6; ++id) {
      patterns.push_back(random_text(1 + id));
      set.add(patterns.back(), id);
    }
    set.build();
    const std::string text = random_text(60);
    PatternSet::State state = PatternSet::kStart;
    for (std::size_t end = 1; end <= text.size(); ++end) {
      state = set.next(state, text[end - 1]);
      std::size_t longest = 0;
      std::size_t depth = 0;
      const std::string_view read = std::string_view(text).substr(0, end);
      for (const std::string& pattern : patterns) {
        longest = read.ends_with(pattern) ? std::max(longest, pattern.size()) : longest;
        for (std::size_t size = 1; size <= pattern.size(); ++size) {
          depth = read.ends_with(pattern.substr(0, size)) ? std::max(depth, size) : depth;
        }
      }
      REQUIRE(set.longest(state).length == longest);
      REQUIRE(set.depth(state) == depth);
    }
  }
}

TEST_CASE("A pattern set may be empty, and ignores empty patterns", "[pattern_set]") {
  PatternSet set;
  set.add("", 1);
  set.build();
  CHECK(set.empty());
  CHECK(set.next(PatternSet::kStart, 'a') == PatternSet::kStart);
  CHECK(set.longest(PatternSet::kStart).length == 0);
}

TEST_CASE("Of equal patterns the first id counts", "[pattern_set]") {
  PatternSet set;
  set.add("x", 7);
  set.add("x", 8);
  set.build();
  CHECK(set.longest(set.next(PatternSet::kStart, 'x')).id == 7);
}
