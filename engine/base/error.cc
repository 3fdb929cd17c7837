#include "engine/base/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace runbook {

namespace {

Json text_or_null(const std::string& text) {
  return text.empty() ? Json(nullptr) : Json(text);
}

std::string text_at(const Json& value, const char* key) {
  const auto found = value.find(key);
  return found != value.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// Edits (insert, delete, replace, swap of neighbours) between two words; case costs nothing.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  std::vector<std::vector<std::size_t>> cost(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) {
    for (std::size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        cost[i][j] = i + j;
        continue;
      }
      const std::size_t differs = lower(a[i - 1]) == lower(b[j - 1]) ? 0 : 1;
      cost[i][j] = std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1, cost[i - 1][j - 1] + differs});
      if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
          lower(a[i - 2]) == lower(b[j - 1])) {
        cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
      }
    }
  }
  return cost[a.size()][b.size()];
}

}  // namespace

Error::Error(Code code_, std::string message_, std::string hint_, Json detail_)
    : code(code_),
      message(std::move(message_)),
      hint(std::move(hint_)),
      detail(std::move(detail_)) {
  if (hint.empty()) {
    hint = code_info(code).hint;
  }
}

void Error::set_position(std::string_view position) {
  const std::size_t colon = position.rfind(':');
  if (colon == std::string_view::npos || !(detail.is_null() || detail.is_object()) ||
      detail.contains("file")) {
    return;
  }
  detail["file"] = position.substr(0, colon);
  detail["line"] = std::stoi(std::string(position.substr(colon + 1)));
}

Json Error::to_json() const {
  return {{"code", code_text(code)}, {"message", message},         {"hint", hint},
          {"detail", detail},        {"path", text_or_null(path)}, {"transient", transient}};
}

Error Error::from_json(const Json& value) {
  if (!value.is_object()) {
    return {Code::lua_error, value.is_string() ? value.get<std::string>() : value.dump()};
  }
  // A number this version does not know (a newer journal) keeps its text; only the number is lost.
  const Code code = parse_code(text_at(value, "code")).value_or(Code::lua_error);
  const auto detail = value.find("detail");
  Error error(code, text_at(value, "message"), text_at(value, "hint"),
              detail != value.end() ? *detail : Json(nullptr));
  error.path = text_at(value, "path");
  const auto transient = value.find("transient");
  error.transient = transient != value.end() && transient->is_boolean() && transient->get<bool>();
  return error;
}

const std::vector<CodeInfo>& all_codes() {
  static const std::vector<CodeInfo> codes = {
#define RB_ERROR(number, name, exit, sentence, hint) {Code::name, #name, exit, sentence, hint},
#include "engine/base/error_codes.def"
#undef RB_ERROR
  };
  return codes;
}

const CodeInfo& code_info(Code code) {
  const auto& codes = all_codes();
  const auto found = std::ranges::lower_bound(codes, code, {}, &CodeInfo::code);
  return found != codes.end() && found->code == code ? *found : codes.front();
}

std::string code_text(Code code) {
  return fmt::format("RB{:04}", static_cast<int>(code));
}

std::optional<Code> parse_code(std::string_view text) {
  if (text.starts_with("RB") || text.starts_with("rb")) {
    text.remove_prefix(2);
  }
  int number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc() || end != text.data() + text.size()) {
    return std::nullopt;
  }
  const Code code{number};
  const auto& codes = all_codes();
  const auto found = std::ranges::lower_bound(codes, code, {}, &CodeInfo::code);
  return found != codes.end() && found->code == code ? std::optional(code) : std::nullopt;
}

void refuse(Code code, std::string message, std::string hint) {
  throw Error(code, std::move(message), std::move(hint)).with_effect(EffectDone::none);
}

void check_failed(const char* condition, const char* file, int line) {
  throw Error(Code::internal, fmt::format("{}:{}: this does not hold: {}", file, line, condition));
}

std::string_view closest_match(std::string_view word,
                               const std::vector<std::string_view>& candidates) {
  constexpr std::size_t kLongestWord = 100;  // beyond that nobody mistyped a name
  if (word.size() > kLongestWord) {
    return {};
  }
  std::string_view best;
  std::size_t best_distance = std::max<std::size_t>(1, word.size() / 3) + 1;
  for (const std::string_view candidate : candidates) {
    if (candidate.size() > kLongestWord) {
      continue;
    }
    const std::size_t distance = edit_distance(word, candidate);
    if (distance < best_distance && distance < candidate.size()) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

}  // namespace runbook
