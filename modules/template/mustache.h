#pragma once
// Mustache over JSON.

#include <string>

#include "engine/base/json.h"

namespace runbook {

struct MustacheOptions {
  bool html = false;           ///< escape {{name}} for HTML
  bool missing_empty = false;  ///< render missing variables as nothing
  Json partials;               ///< name → text, for {{> name}}; an object or null
};

/// Error(Code::template_invalid), effect none: a missing variable or one that is no scalar, a wrong
/// tag, named with `name`, line and column.
std::string render_mustache(const std::string& text, const std::string& name, const Json& values,
                            const MustacheOptions& options);

}  // namespace runbook
