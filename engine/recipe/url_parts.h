#pragma once
// What of a URL is secret: user-info, query values, and long path segments, where services hide
// their keys. Internal to engine/recipe.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/recipe/parameters.h"

namespace runbook {

/// Views into the URL.
struct UrlParts {
  std::string_view scheme, user, password, host, path, query;
};

/// nullopt if it has no scheme or host, or holds spaces or control characters.
std::optional<UrlParts> split_url(std::string_view url);

/// Named "rpc.user", "rpc.password", "rpc.query.token", "rpc.path.2"; where percent signs hide
/// another text, that one too ("rpc.password.decoded"). User names that have a password beside them
/// are no secret, nor is what is too short to be masked. REQUIRES: a URL.
std::vector<SecretPart> url_secrets(const std::string& name, std::string_view url);

}  // namespace runbook
