#pragma once
// YAML as data: the one reader and the one writer, around a library that neither quotes nor refuses
// what it should. Core schema of YAML 1.2, so `no` is a string.

#include <string>
#include <string_view>
#include <vector>

#include "engine/base/json.h"

namespace runbook {

/// The only document of `text`; null if there is none. Error(Code::yaml_invalid) naming `what`,
/// line and column: also for several documents, duplicate or merge keys, keys that are not scalars,
/// tags other than the core ones, infinite numbers, recursive aliases and aliases that expand to
/// more than a million nodes. Whole numbers with leading zeros and those beyond 64 bits stay text.
Json parse_yaml(std::string_view text, std::string_view what);
/// All documents. Same errors.
std::vector<Json> parse_yaml_documents(std::string_view text, std::string_view what);
/// One document in block style with a newline at its end. Strings that are not plain words are
/// quoted, so that any reader, of YAML 1.1 too, gets the same value back. Error(Code::yaml_invalid)
/// if a string is not UTF-8.
std::string dump_yaml(const Json& value);

}  // namespace runbook
