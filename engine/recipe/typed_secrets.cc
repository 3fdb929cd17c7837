#include "engine/recipe/typed_secrets.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <vector>

#include "engine/base/secret_forms.h"

namespace runbook {
namespace {

constexpr std::size_t kMostTries = 2000;  // a fingerprint takes half a millisecond
constexpr std::size_t kMostWords = 24;    // of a mnemonic
constexpr std::string_view kBetweenWords = " \t\r\n\"'`,;()[]{}<>";

class Recognition {
 public:
  Recognition(SecretVault& vault, std::map<std::string, std::string> names)
      : vault_(vault), names_(std::move(names)) {}

  void look_at(const Json& value) {
    if (value.is_string()) {
      look_at_text(value.get_ref<const std::string&>());
    }
    if (value.is_structured()) {
      for (const auto& [key, item] : value.items()) {
        if (value.is_object()) {
          look_at_text(key);
        }
        look_at(item);
      }
    }
  }

 private:
  struct Word {
    std::size_t begin, end;
  };

  static std::vector<Word> words_of(std::string_view text) {
    std::vector<Word> words;
    std::size_t begin = text.find_first_not_of(kBetweenWords);
    while (begin != std::string_view::npos) {
      const std::size_t end = std::min(text.find_first_of(kBetweenWords, begin), text.size());
      words.push_back({begin, end});
      begin = text.find_first_not_of(kBetweenWords, end);
    }
    return words;
  }

  void look_at_text(std::string_view text) {
    const std::vector<Word> words = words_of(text);
    compare(text);
    for (std::size_t count = 1; count <= std::min(kMostWords, words.size()); ++count) {
      for (std::size_t first = 0; first + count <= words.size(); ++first) {
        const std::size_t begin = words[first].begin;
        look_at_words(text.substr(begin, words[first + count - 1].end - begin));
      }
    }
  }

  /// Also without "password=" before it, and the end of a sentence.
  void look_at_words(std::string_view words) {
    for (const std::string_view text :
         {words, words.substr(0, words.find_last_not_of(".!?:") + 1)}) {
      compare(text);
      compare(text.substr(text.find_first_of("=:") + 1));
    }
  }

  void compare(std::string_view text) {
    if (names_.empty() || text.size() < kShortestSecret || tried_.size() == kMostTries ||
        !tried_.emplace(text).second) {
      return;
    }
    const auto name = names_.find(vault_.fingerprint(text));
    if (name != names_.end()) {
      vault_.add(name->second, text);
      names_.erase(name);
    }
  }

  SecretVault& vault_;
  std::map<std::string, std::string> names_;  ///< by fingerprint
  std::set<std::string, std::less<>> tried_;
};

}  // namespace

std::map<std::string, std::string> secret_fingerprints(const RunState& state) {
  std::map<std::string, std::string> prints;
  for (const auto& [name, print] : state.created.secrets.items()) {
    prints[name] = print.get<std::string>();
  }
  const std::string begin = value_key("", "secret", "=");
  for (const auto& [key, print] : state.values) {
    if (key.starts_with(begin)) {
      prints[key.substr(begin.size())] = print.get<std::string>();
    }
  }
  return prints;
}

void add_kept_secrets(SecretVault& vault, const std::filesystem::path& run_folder) {
  for (const auto& [name, value] : read_secret_file((run_folder / "secrets.json").string())) {
    vault.add(name, value);
  }
}

void recognise_secrets(SecretVault& vault, const RunState& state, const Json& typed) {
  std::map<std::string, std::string> unknown;
  for (const auto& [name, print] : secret_fingerprints(state)) {
    if (!vault.value(name)) {
      unknown[print] = name;
    }
  }
  Recognition(vault, std::move(unknown)).look_at(typed);
}

}  // namespace runbook
