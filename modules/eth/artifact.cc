// Reading. Placeholders decide what has to be linked; "linkReferences" only says which library it
// is, since tools keep those of bytecode that is linked already.
#include "modules/eth/artifact.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/shown_text.h"
#include "modules/eth/address.h"

namespace runbook {

namespace {

constexpr std::size_t kPlaceholderDigits = 2 * kAddressBytes;
constexpr std::string_view kSpace = " \t\r\n";

using LibraryNames = std::map<std::size_t, std::string>;  ///< by where the address goes

[[noreturn]] void refuse_artifact(std::string_view file, std::string_view field,
                                  std::string_view what, std::string hint = {}) {
  refuse(
      Code::artifact_invalid,
      fmt::format("{}: {}{}{}", one_line(file), field, field.empty() ? "" : ": ", one_line(what)),
      std::move(hint));
}

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = std::min(text.find_first_not_of(kSpace), text.size());
  text.remove_prefix(begin);
  return text.substr(0, text.find_last_not_of(kSpace) + 1);
}

/// "__$5b3c…$__" is said by its digits; older compilers wrote "__file.sol:Math____".
std::string placeholder_name(std::string_view placeholder) {
  placeholder.remove_prefix(2);
  return std::string(placeholder.substr(0, placeholder.find_last_not_of('_') + 1));
}

/// The bytes of `digits`, and where libraries are missing in them.
void read_digits(Artifact& artifact, std::string_view digits, std::string_view field,
                 const LibraryNames& names) {
  digits.remove_prefix(digits.starts_with("0x") || digits.starts_with("0X") ? 2 : 0);
  std::string plain(digits);
  for (std::size_t at = 0; at + kPlaceholderDigits <= digits.size();) {
    at = std::min(digits.find("__", at), digits.size());
    if (at + kPlaceholderDigits > digits.size()) {
      break;
    }
    if (at % 2 != 0) {
      refuse_artifact(artifact.file, field, fmt::format("a placeholder at digit {}", at + 1));
    }
    const auto named = names.find(at / 2);
    artifact.links.push_back(
        {at / 2, named != names.end() ? named->second
                                      : placeholder_name(digits.substr(at, kPlaceholderDigits))});
    plain.replace(at, kPlaceholderDigits, kPlaceholderDigits, '0');
    at += kPlaceholderDigits;
  }
  const auto wrong =
      std::find_if_not(plain.begin(), plain.end(), [](char c) { return is_hex_digit(c); });
  if (wrong != plain.end()) {
    refuse_artifact(artifact.file, field,
                    fmt::format("character {} is no hex digit: {}", wrong - plain.begin() + 1,
                                plain.substr(static_cast<std::size_t>(wrong - plain.begin()), 20)));
  }
  if (plain.size() % 2 != 0) {
    refuse_artifact(artifact.file, field,
                    fmt::format("it has {} digits, and half a byte is none", plain.size()),
                    "the file was cut off; compile again");
  }
  artifact.bytecode = from_hex(plain);
}

/// { "contracts/Math.sol": { "Math": [{ "start": 12, "length": 20 }] } }
LibraryNames read_references(const Artifact& artifact, const Json& references) {
  LibraryNames names;
  const auto list_of = [&](const Json& value, auto&& take) {
    if (!value.is_object()) {
      refuse_artifact(artifact.file, "linkReferences", "it is not a table of files and libraries");
    }
    for (const auto& [key, part] : value.items()) {
      take(key, part);
    }
  };
  list_of(references, [&](const std::string& source, const Json& libraries) {
    list_of(libraries, [&](const std::string& library, const Json& places) {
      for (const Json& place : places) {
        const Json start = place.is_object() ? place.value("start", Json()) : Json();
        if (!start.is_number_unsigned() || place.value("length", Json()) != kAddressBytes) {
          refuse_artifact(artifact.file, "linkReferences",
                          fmt::format("{} has no start, or another length than 20", library));
        }
        names.emplace(start.get<std::size_t>(), source + ":" + library);
      }
    });
  });
  return names;
}

void read_bytecode(Artifact& artifact, const Json& holder, const char* key,
                   const std::string& field, const Json& references) {
  const Json& text = holder.at(key);
  if (!text.is_string()) {
    refuse_artifact(artifact.file, field,
                    fmt::format("it is not hex text but a {}", text.type_name()));
  }
  const LibraryNames names =
      references.is_null() ? LibraryNames() : read_references(artifact, references);
  read_digits(artifact, text.get_ref<const std::string&>(), field, names);
}

/// A string in artefacts of Hardhat, { object, linkReferences } in those of Foundry and solc.
void read_bytecode_of(Artifact& artifact, const Json& data) {
  const Json evm = data.value("evm", Json());
  const Json& holder = evm.is_object() ? evm : data;
  const auto found = holder.find("bytecode");
  if (found == holder.end() || found->is_null()) {
    return;
  }
  if (found->is_object() && found->contains("object")) {
    read_bytecode(artifact, *found, "object", "bytecode.object",
                  found->value("linkReferences", Json()));
  } else {
    read_bytecode(artifact, holder, "bytecode", "bytecode", data.value("linkReferences", Json()));
  }
}

void read_entries(Artifact& artifact, const Json& abi) {
  try {
    artifact.abi = read_abi(abi);
  } catch (const Error& error) {
    refuse_artifact(artifact.file, "abi", error.message);
  }
  artifact.has_abi = true;
}

Artifact artifact_of(const Json& data, std::string_view file) {
  Artifact artifact{.file = std::string(file)};
  if (data.is_array()) {
    read_entries(artifact, data);
    return artifact;
  }
  if (!data.is_object() ||
      !(data.contains("abi") || data.contains("bytecode") || data.contains("evm"))) {
    refuse_artifact(file, "", "it has neither \"abi\" nor \"bytecode\"",
                    data.is_object() && data.contains("contracts")
                        ? "this is what the compiler wrote of many contracts; give the part of one"
                        : "");
  }
  if (data.contains("abi")) {
    read_entries(artifact, data.at("abi"));
  }
  read_bytecode_of(artifact, data);
  return artifact;
}

/// solc ends a .bin file by "// $5b3c…$ -> contracts/Math.sol:Math".
std::map<std::string, std::string> named_placeholders(std::string_view text) {
  std::map<std::string, std::string> names;
  constexpr std::string_view kArrow = " -> ";
  for (std::size_t at = text.find("// $"); at < text.size(); at = text.find("// $", at + 1)) {
    const std::string_view line = text.substr(at + 3, text.find('\n', at) - at - 3);
    if (const std::size_t arrow = line.find(kArrow); arrow != std::string_view::npos) {
      names.emplace(line.substr(0, arrow), trimmed(line.substr(arrow + kArrow.size())));
    }
  }
  return names;
}

Artifact plain_artifact(std::string_view text, std::string_view file) {
  Artifact artifact{.file = std::string(file)};
  const std::string_view digits = trimmed(text.substr(0, text.find("//")));
  if (digits.empty()) {
    refuse_artifact(file, "", "it is empty");
  }
  read_digits(artifact, digits, "bytecode", {});
  const std::map<std::string, std::string> names = named_placeholders(text);
  for (Artifact::Link& link : artifact.links) {
    if (const auto named = names.find(link.library); named != names.end()) {
      link.library = named->second;
    }
  }
  return artifact;
}

}  // namespace

Artifact parse_artifact(std::string_view text, std::string_view file) {
  text = trimmed(text);
  if (!text.starts_with('{') && !text.starts_with('[')) {
    return plain_artifact(text, file);
  }
  Json data;
  try {
    data = parse_json(text, file);
  } catch (const Error& error) {
    refuse(Code::artifact_invalid, error.message, "the file was cut off; compile again");
  }
  return artifact_of(data, file);
}

Artifact read_artifact(const std::filesystem::path& root, const Json& artifact) {
  if (!artifact.is_string()) {
    return artifact_of(artifact, "artifact");
  }
  const auto& path = artifact.get_ref<const std::string&>();
  return parse_artifact(read_file((root / path).lexically_normal()), path);
}

}  // namespace runbook
