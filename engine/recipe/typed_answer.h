#pragma once
// What a person typed into the fields of a question, checked against how the recipe declared them.

#include <filesystem>
#include <string>
#include <vector>

#include "engine/journal/run_state.h"
#include "engine/recipe/parameters.h"

namespace runbook {

/// The fields of a question, by name; none for one that only wants a yes or no.
std::vector<Parameter> question_fields(const Question& question);
/// How a person is asked for it: "region (eu, us) [eu]".
std::string field_label(const Parameter& field);
/// What is wrong with `text` for this field; empty if it fits.
std::string answer_problem(const Parameter& field, const std::string& text,
                           const std::filesystem::path& root);

struct TypedAnswer {
  Json values = Json::object();     ///< by field, secrets in clear
  std::vector<SecretPart> secrets;  ///< by the names that they are referred to
};
/// Error(Code::answer_invalid): one line for each field that is missing, unknown or wrong; what a
/// secret was is never in it.
TypedAnswer read_answer(const Question& question, const Json& typed, const std::string& step,
                        const std::filesystem::path& root);
/// What is secret in a result that was given instead of an answer. It may have any form.
std::vector<SecretPart> secrets_of_result(const Question& question, const Json& result,
                                          const std::string& step);

}  // namespace runbook
