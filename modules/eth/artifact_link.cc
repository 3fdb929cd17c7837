// Linking, and the arguments of constructors.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>

#include "engine/base/error.h"
#include "engine/base/shown_text.h"
#include "engine/base/suggestion.h"
#include "modules/eth/abi_encode.h"
#include "modules/eth/address.h"
#include "modules/eth/artifact.h"

namespace runbook {

namespace {

constexpr std::size_t kHashDigits = 34;  ///< of a library's full name, in its placeholder

/// "contracts/Math.sol:Math" is meant by itself, by "Math", and by a placeholder that is its hash.
bool is_named(std::string_view library, std::string_view by) {
  if (library == by || (library.size() > by.size() && library.ends_with(by) &&
                        library[library.size() - by.size() - 1] == ':')) {
    return true;
  }
  return library == fmt::format("${}$", to_hex(keccak256(by)).substr(0, kHashDigits));
}

[[noreturn]] void refuse_links(const Artifact& artifact, std::string_view what, std::string hint) {
  refuse(Code::artifact_invalid, fmt::format("{}: libraries: {}", one_line(artifact.file), what),
         std::move(hint));
}

void check_known(const Artifact& artifact, const Json& libraries) {
  std::vector<std::string> linked;
  for (const Artifact::Link& link : artifact.links) {
    linked.push_back(link.library);
    linked.push_back(link.library.substr(link.library.rfind(':') + 1));
  }
  for (const auto& [name, address] : libraries.items()) {
    if (std::none_of(artifact.links.begin(), artifact.links.end(),
                     [&name = name](const auto& link) { return is_named(link.library, name); })) {
      refuse_links(
          artifact,
          fmt::format("the bytecode links to no {}{}", one_line(name), did_you_mean(name, linked)),
          linked.empty() ? "leave libraries out: nothing is left to be linked" : "");
    }
  }
}

std::string address_of_library(const Artifact& artifact, const std::string& library,
                               const Json& libraries) {
  std::vector<std::string> found;
  for (const auto& [name, address] : libraries.items()) {
    if (is_named(library, name)) {
      found.push_back(name);
    }
  }
  if (found.empty()) {
    const bool hashed = library.starts_with('$');
    refuse_links(artifact, fmt::format("the address of {} is missing", one_line(library)),
                 fmt::format("libraries = {{ [\"{}\"] = \"0x…\" }}",
                             hashed ? "file.sol:Name" : one_line(library)));
  }
  if (found.size() > 1) {
    refuse_links(artifact,
                 fmt::format("{} is given as {} and as {}", one_line(library), found[0], found[1]),
                 "give it once");
  }
  const Json& address = libraries.at(found.front());
  if (!address.is_string()) {
    refuse_links(artifact, fmt::format("{} is not an address", one_line(found.front())), "");
  }
  try {
    return parse_address(address.get<std::string>());
  } catch (const Error& error) {
    refuse_links(artifact, fmt::format("{}: {}", one_line(found.front()), error.message), "");
  }
}

/// "Math" does not say which, if the bytecode links to two of them.
void check_distinct(const Artifact& artifact, const Json& libraries) {
  for (const auto& [name, address] : libraries.items()) {
    std::set<std::string> meant;
    for (const Artifact::Link& link : artifact.links) {
      if (is_named(link.library, name)) {
        meant.insert(link.library);
      }
    }
    if (meant.size() > 1) {
      refuse_links(artifact,
                   fmt::format("{} may be {} or {}", one_line(name), *meant.begin(),
                               *std::next(meant.begin())),
                   "name each as file:Name");
    }
  }
}

}  // namespace

std::string link_bytecode(const Artifact& artifact, const Json& libraries) {
  const Json named = libraries.is_object() ? libraries : Json::object();
  check_known(artifact, named);
  check_distinct(artifact, named);
  std::string bytecode = artifact.bytecode;
  for (const Artifact::Link& link : artifact.links) {
    bytecode.replace(link.start, kAddressBytes, address_of_library(artifact, link.library, named));
  }
  return bytecode;
}

std::string init_code(const Artifact& artifact, const Json& libraries, const Json& args) {
  if (artifact.bytecode.empty()) {
    refuse(
        Code::artifact_invalid,
        fmt::format("{}: bytecode: there is none; an interface or an abstract contract cannot be "
                    "deployed",
                    one_line(artifact.file)));
  }
  const std::string linked = link_bytecode(artifact, libraries);
  if (!artifact.has_abi) {
    if (!args.is_null() && !args.empty()) {
      refuse(
          Code::artifact_invalid,
          fmt::format("{}: abi: there is none, so args cannot be encoded", one_line(artifact.file)),
          "say what the constructor takes: abi = { \"constructor(uint256)\" }");
    }
    return linked;
  }
  const AbiEntry& constructor =
      find_entry(artifact.abi, AbiEntry::Kind::constructor, "constructor");
  return linked +
         abi_encode(constructor.inputs, args.is_null() ? Json::array() : args,
                    fmt::format("{}: {}", one_line(artifact.file), signature_text(constructor)));
}

}  // namespace runbook
