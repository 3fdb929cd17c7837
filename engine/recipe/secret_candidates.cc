#include "engine/recipe/secret_candidates.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "engine/base/secret_forms.h"

namespace runbook {
namespace {

constexpr std::size_t kMostWords = 24;  // of a mnemonic
constexpr std::size_t kMostParts = 8;   // of one word that are compared together
constexpr std::string_view kBlank = " \t\r\n";
constexpr std::string_view kBetweenWords = " \t\r\n\"'`,;()[]{}<>";
constexpr std::string_view kBetweenParts = ":/@&=?#|\\";

struct Word {
  std::size_t begin, end;
};

std::vector<Word> words_of(std::string_view text, std::string_view between) {
  std::vector<Word> words;
  std::size_t begin = text.find_first_not_of(between);
  while (begin != std::string_view::npos) {
    const std::size_t end = std::min(text.find_first_of(between, begin), text.size());
    words.push_back({begin, end});
    begin = text.find_first_not_of(between, end);
  }
  return words;
}

/// Where a value may begin and end in a word. A separator may be part of it (base64 ends in "=").
struct Edges {
  std::vector<std::size_t> begins, ends;
};

Edges edges_of(std::string_view text, Word word) {
  Edges edges{{word.begin}, {}};
  const std::size_t sentence_end = text.substr(0, word.end).find_last_not_of(".!?:") + 1;
  for (std::size_t at = word.begin; at < word.end; ++at) {
    const bool separates = kBetweenParts.find(text[at]) != std::string_view::npos;
    if (at > word.begin && (separates || at == sentence_end)) {
      edges.ends.push_back(at);
    }
    if (separates && at + 1 < word.end) {
      edges.begins.push_back(at + 1);
    }
  }
  edges.ends.push_back(word.end);
  return edges;
}

class Collection {
 public:
  explicit Collection(std::size_t most) : most_(most) {}

  void add(const Json& value) {
    if (value.is_string()) {
      add_text(value.get_ref<const std::string&>());
    } else if (value.is_number()) {
      add_number(value.dump());
    }
    if (value.is_structured()) {
      for (const auto& [key, item] : value.items()) {
        if (value.is_object()) {
          add_text(key);
        }
        add(item);
      }
    }
  }

  std::optional<std::set<std::string>> take() {
    return is_full() ? std::nullopt : std::optional(std::move(found_));
  }

 private:
  bool is_full() const { return found_.size() > most_; }

  void insert(std::string_view text) {
    if (text.size() >= kShortestSecret && !is_full()) {
      found_.emplace(text);
    }
  }

  void add_number(std::string_view digits) {
    insert(digits);
    digits = digits.substr(digits.starts_with('-') ? 1 : 0);
    insert(digits.substr(0, digits.find('.')));
  }

  void add_text(std::string_view text) {
    insert(text);
    for (const Word& word : words_of(text, kBlank)) {
      insert(text.substr(word.begin, word.end - word.begin));
    }
    std::vector<Edges> words;
    for (const Word& word : words_of(text, kBetweenWords)) {
      words.push_back(edges_of(text, word));
    }
    for (std::size_t first = 0; first < words.size() && !is_full(); ++first) {
      add_parts(text, words[first]);
      const std::size_t beyond = std::min(first + kMostWords, words.size());
      for (std::size_t last = first + 1; last < beyond && !is_full(); ++last) {
        add_runs(text, words[first].begins, words[last].ends);
      }
    }
  }

  void add_parts(std::string_view text, const Edges& word) {
    for (const std::size_t begin : word.begins) {
      auto end = std::ranges::upper_bound(word.ends, begin);
      insert(text.substr(begin, word.ends.back() - begin));
      for (std::size_t count = 0; count < kMostParts && end != word.ends.end(); ++count, ++end) {
        insert(text.substr(begin, *end - begin));
      }
    }
  }

  void add_runs(std::string_view text, const std::vector<std::size_t>& begins,
                const std::vector<std::size_t>& ends) {
    for (const std::size_t begin : begins) {
      for (const std::size_t end : ends) {
        insert(text.substr(begin, end - begin));
      }
    }
  }

  const std::size_t most_;
  std::set<std::string> found_;
};

}  // namespace

std::optional<std::set<std::string>> secret_candidates(const Json& typed, std::size_t most) {
  Collection collection(most);
  collection.add(typed);
  return collection.take();
}

}  // namespace runbook
