#pragma once
// Where manifests come from: a file or folder, a URL, text, or tables of the recipe. Text and
// tables go on stdin, so that no value of theirs stands in a command line.

#include <vector>

#include "modules/kubectl/connection.h"

namespace runbook::kubectl {

/// file, url, text, objects, recursive; then `more`.
std::vector<Option> with_manifests(std::vector<Option> more);

/// True if one of them is given. Error(Code::option_invalid) if several are.
bool has_manifests(const Call& call);

/// --filename=…, and what is read there. Error(Code::option_missing) without any.
void add_manifests(const Call& call, tool::Command& command);

/// A manifest of one object on stdin, instead of options.
void add_object(const Json& object, tool::Command& command);

}  // namespace runbook::kubectl
