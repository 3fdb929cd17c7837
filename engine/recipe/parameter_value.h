#pragma once
// Turns what was given for one parameter into its value, or says what is wrong with it. Internal to
// engine/recipe.

#include <filesystem>
#include <string>
#include <string_view>

#include "engine/recipe/parameters.h"

namespace runbook {

struct ParameterReading {
  Json value;
  std::string problem;  ///< empty if it fits; never quotes a secret or a URL
};

/// From the command line, the environment or a KEY=VALUE file, where everything is text.
ParameterReading read_parameter_text(const Parameter& declared, const std::string& text,
                                     const std::filesystem::path& root);
/// From a data file or a default: the JSON type must fit.
ParameterReading read_parameter_data(const Parameter& declared, const Json& data,
                                     const std::filesystem::path& root);

/// What of a checked value must be masked: the whole secret, parts of a URL.
std::vector<SecretPart> secret_parts(const Parameter& declared, const Json& value);

}  // namespace runbook
