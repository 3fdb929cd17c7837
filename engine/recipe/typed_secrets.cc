#include "engine/recipe/typed_secrets.h"

#include <fmt/format.h>

#include <optional>
#include <set>
#include <vector>

#include "engine/base/error.h"
#include "engine/base/references.h"
#include "engine/recipe/secret_candidates.h"

namespace runbook {
namespace {

constexpr std::size_t kMostTries = 8000;  // a fingerprint takes half a millisecond

[[noreturn]] void refuse_length(const std::map<std::string, std::string>& unknown) {
  std::vector<std::string_view> names;
  for (const auto& [print, name] : unknown) {
    names.push_back(name);
  }
  throw Error(Code::secret_missing,
              fmt::format("what was typed is too long to be checked for secrets of the run whose "
                          "values are not known here ({})",
                          fmt::join(names, ", ")),
              "shorten it, or say it while a session drives the run: that has the values")
      .with_effect(EffectDone::none);
}

/// Numbers that hold a secret become text, in which it can be replaced.
Json secret_numbers_as_text(const SecretVault& vault, Json value) {
  if (value.is_structured()) {
    for (Json& item : value) {
      item = secret_numbers_as_text(vault, std::move(item));
    }
  } else if (value.is_number()) {
    std::string digits = value.dump();
    if (vault.conceal(digits) != digits) {
      return digits;
    }
  }
  return value;
}

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
  std::map<std::string, std::string> unknown;  // by fingerprint
  for (const auto& [name, print] : secret_fingerprints(state)) {
    if (!vault.value(name)) {
      unknown[print] = name;
    }
  }
  if (unknown.empty()) {
    return;
  }
  const std::optional<std::set<std::string>> candidates = secret_candidates(typed, kMostTries);
  if (!candidates) {
    refuse_length(unknown);
  }
  for (const std::string& text : *candidates) {
    const auto found = unknown.find(vault.fingerprint(text));
    if (found != unknown.end()) {
      vault.add(found->second, text);
      unknown.erase(found);
    }
    if (unknown.empty()) {
      return;
    }
  }
}

Json recordable_typed(const SecretVault& vault, const Json& typed) {
  return recordable(vault, secret_numbers_as_text(vault, typed));
}

}  // namespace runbook
