#include "modules/eth/abi_entry.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "engine/base/error.h"
#include "engine/base/shown_text.h"
#include "engine/base/suggestion.h"

namespace runbook {

namespace {

constexpr std::size_t kMostListed = 10;

std::string listed(const std::vector<const AbiEntry*>& entries) {
  std::string text;
  for (std::size_t i = 0; i < std::min(entries.size(), kMostListed); ++i) {
    text += (i == 0 ? "" : ", ") + signature_text(*entries[i]);
  }
  return entries.size() > kMostListed
             ? fmt::format("{} and {} more", text, entries.size() - kMostListed)
             : text;
}

[[noreturn]] void refuse_unknown(const std::vector<const AbiEntry*>& same_kind, AbiEntry::Kind kind,
                                 std::string_view wanted) {
  std::vector<std::string> names;
  std::vector<const AbiEntry*> of_name;
  const std::string_view name = wanted.substr(0, wanted.find('('));
  for (const AbiEntry* entry : same_kind) {
    names.push_back(entry->name);
    if (entry->name == name) {
      of_name.push_back(entry);
    }
  }
  refuse(Code::abi_entry_unclear,
         fmt::format("the ABI has no {}{}{}",
                     kind == AbiEntry::Kind::constructor ? "" : fmt::format("{} ", kind_text(kind)),
                     one_line(wanted),
                     of_name.empty() ? did_you_mean(name, names)
                                     : fmt::format(", but {}", listed(of_name))));
}

}  // namespace

std::string_view kind_text(AbiEntry::Kind kind) {
  switch (kind) {
    case AbiEntry::Kind::function:
      return "function";
    case AbiEntry::Kind::event:
      return "event";
    case AbiEntry::Kind::error:
      return "error";
    case AbiEntry::Kind::constructor:
      break;
  }
  return "constructor";
}

std::string signature_text(const AbiEntry& entry) {
  return entry.name + type_text(entry.inputs);
}

Digest signature_hash(const AbiEntry& entry) {
  return keccak256(signature_text(entry));
}

std::string selector(const AbiEntry& entry) {
  constexpr std::size_t kSelectorBytes = 4;
  if (entry.kind == AbiEntry::Kind::constructor) {
    return {};
  }
  const Digest hash = signature_hash(entry);
  return {hash.begin(), hash.begin() + kSelectorBytes};
}

const AbiEntry& find_entry(const Abi& abi, AbiEntry::Kind kind, std::string_view wanted) {
  static const AbiEntry kImplicitConstructor = parse_signature("constructor()");
  std::vector<const AbiEntry*> same_kind;
  for (const AbiEntry& entry : abi) {
    if (entry.kind == kind) {
      same_kind.push_back(&entry);
    }
  }
  if (same_kind.empty() && kind == AbiEntry::Kind::constructor) {
    same_kind.push_back(&kImplicitConstructor);
  }
  const bool by_name = wanted.find('(') == std::string_view::npos;
  const std::string text =
      by_name ? std::string(wanted) : signature_text(parse_signature(wanted, kind));
  std::vector<const AbiEntry*> found;
  std::ranges::copy_if(same_kind, std::back_inserter(found), [&](const AbiEntry* entry) {
    return (by_name ? entry->name : signature_text(*entry)) == text;
  });
  if (found.empty()) {
    refuse_unknown(same_kind, kind, text);
  }
  if (by_name && found.size() > 1) {
    refuse(Code::abi_entry_unclear, fmt::format("the ABI has {} {}s {}: {}", found.size(),
                                                kind_text(kind), one_line(wanted), listed(found)));
  }
  return *found.front();
}

}  // namespace runbook
