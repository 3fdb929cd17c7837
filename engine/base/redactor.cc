#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "engine/base/error.h"
#include "engine/base/pattern_set.h"
#include "engine/base/secret.h"
#include "engine/base/secret_forms.h"

namespace runbook {

struct Redactor::Automaton {
  std::vector<std::string> names;              ///< by id
  std::map<std::string, std::uint32_t> forms;  ///< form → id
  PatternSet patterns;
  bool stale = false;

  /// Building costs more than adding, and secrets come in groups: so it waits for the first text.
  const PatternSet& built() {
    if (stale) {
      patterns = PatternSet();
      for (const auto& [form, id] : forms) {
        patterns.add(form, id);
      }
      patterns.build();
      stale = false;
    }
    return patterns;
  }
};

namespace {

/// Bytes that one mask stands for.
struct Region {
  std::size_t begin;
  std::size_t end;
  std::uint32_t id;
  std::uint32_t longest;  ///< the longest match in it names it
  bool written;           ///< its mask is in an earlier output
};

void add_region(std::vector<Region>& regions, Region region) {
  while (!regions.empty() && regions.back().end > region.begin) {
    const Region& back = regions.back();
    region.begin = std::min(region.begin, back.begin);
    region.written |= back.written;
    if (back.longest > region.longest) {
      region.longest = back.longest;
      region.id = back.id;
    }
    regions.pop_back();
  }
  regions.push_back(region);
}

struct Found {
  std::vector<Region> regions;  ///< in order, none overlaps another
  std::size_t safe;             ///< where a match that is not complete yet may begin
};

/// The union of all matches, so that of two secrets that overlap nothing remains. The first
/// `hidden` bytes stand behind a mask that is already written.
Found find(const PatternSet& patterns, std::string_view text, std::size_t hidden) {
  Found found{{}, 0};
  if (hidden > 0) {
    found.regions.push_back({0, hidden, 0, 0, true});
  }
  PatternSet::State state = PatternSet::kStart;
  for (std::size_t i = 0; i < text.size(); ++i) {
    state = patterns.next(state, text[i]);
    if (const auto match = patterns.longest(state); match.length > 0) {
      add_region(found.regions, {i + 1 - match.length, i + 1, match.id, match.length, false});
    }
  }
  found.safe = text.size() - patterns.depth(state);
  return found;
}

struct Masked {
  std::string out;
  std::size_t kept;    ///< from here on the text is to be scanned again with what follows
  std::size_t hidden;  ///< the first bytes of that are masked already
};

Masked mask(const PatternSet& patterns, const std::vector<std::string>& names,
            std::string_view text, std::size_t hidden, bool is_end) {
  const Found found = find(patterns, text, hidden);
  const std::size_t safe = is_end ? text.size() : found.safe;
  Masked result{{}, safe, 0};
  std::size_t at = 0;
  for (const Region& region : found.regions) {
    if (region.begin >= safe && !region.written) {
      break;
    }
    result.out += text.substr(at, region.begin - at);
    if (!region.written) {
      result.out += fmt::format("[secret {}]", names[region.id]);
    }
    at = region.end;
  }
  if (at < safe) {
    result.out += text.substr(at, safe - at);
  } else {
    result.hidden = at - safe;
  }
  return result;
}

}  // namespace

Redactor::Redactor() = default;
Redactor::~Redactor() = default;

void Redactor::add(std::string_view name, std::string_view value) {
  if (value.size() < kShortestSecret) {
    throw Error(Code::secret_too_short,
                fmt::format("the secret {} has {} bytes, too few to be masked", name, value.size()))
        .with_effect(EffectDone::none);
  }
  if (told_) {
    told_(value);
  }
  if (!automaton_) {
    automaton_ = std::make_unique<Automaton>();
  }
  const auto id = static_cast<std::uint32_t>(automaton_->names.size());
  automaton_->names.emplace_back(name);
  for (const std::string& form : secret_forms(value)) {
    automaton_->stale |= automaton_->forms.emplace(form, id).second;
  }
}

bool Redactor::empty() const {
  return automaton_ == nullptr;
}

std::string Redactor::redact(std::string_view text) const {
  if (empty()) {
    return std::string(text);
  }
  return mask(automaton_->built(), automaton_->names, text, 0, true).out;
}

Json Redactor::redact(const Json& value) const {
  if (empty()) {
    return value;
  }
  if (value.is_string()) {
    return redact(std::string_view(value.get_ref<const std::string&>()));
  }
  Json result = value;
  if (value.is_array()) {
    for (Json& item : result) {
      item = redact(item);
    }
  } else if (value.is_object()) {
    result = Json::object();
    for (const auto& [key, item] : value.items()) {
      result[redact(std::string_view(key))] = redact(item);
    }
  }
  return result;
}

std::size_t Redactor::whole_length(std::string_view beginning) const {
  if (empty()) {
    return beginning.size();
  }
  const Found found = find(automaton_->built(), beginning, 0);
  std::size_t length = found.safe;
  for (const Region& region : found.regions) {
    if (region.end > length) {
      length = std::min(length, region.begin);
    }
  }
  return length;
}

std::string Redactor::Stream::write(std::string_view chunk) {
  if (redactor_.empty()) {
    return std::string(chunk);
  }
  pending_ += chunk;
  const auto& automaton = redactor_.automaton_;
  Masked result = mask(automaton->built(), automaton->names, pending_, hidden_, false);
  pending_.erase(0, result.kept);
  hidden_ = result.hidden;
  return std::move(result.out);
}

std::string Redactor::Stream::finish() {
  if (pending_.empty()) {
    return {};
  }
  const auto& automaton = redactor_.automaton_;
  const Masked result = mask(automaton->built(), automaton->names, pending_, hidden_, true);
  pending_.clear();
  hidden_ = 0;
  return result.out;
}

}  // namespace runbook
