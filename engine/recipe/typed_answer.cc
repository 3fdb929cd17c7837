#include "engine/recipe/typed_answer.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "engine/base/shown_text.h"
#include "engine/base/suggestion.h"
#include "engine/lua/values.h"
#include "engine/recipe/parameter_value.h"

namespace runbook {
namespace {

/// Secrets are named by the step and the field.
std::vector<SecretPart> secrets_in(const Parameter& field, const Json& value,
                                   const std::string& step) {
  Parameter named = field;
  named.name = fmt::format("{}.{}", step, field.name);
  return secret_parts(named, value);
}

/// Reads one answer after the other and collects what is wrong.
class Reading {
 public:
  Reading(const Json& typed, std::string step, const std::filesystem::path& root)
      : typed_(typed), step_(std::move(step)), root_(root) {}

  void refuse_unknown(const std::vector<Parameter>& fields) {
    std::vector<std::string_view> names;
    std::ranges::transform(fields, std::back_inserter(names),
                           [](const Parameter& field) { return std::string_view(field.name); });
    for (const auto& [name, text] : typed_.items()) {
      if (std::ranges::find(names, name) == names.end()) {
        add_problem(name, names.empty()
                              ? "is not asked for"
                              : fmt::format("is not asked for; the fields are {}{}",
                                            fmt::join(names, ", "), did_you_mean(name, names)));
      }
    }
  }

  void read(const Parameter& field) {
    const auto typed = typed_.find(field.name);
    if (typed == typed_.end()) {
      read_default(field);
      return;
    }
    if (!typed->is_string()) {
      add_problem(field.name, "is not given as text");
      return;
    }
    ParameterReading reading = read_parameter_text(field, typed->get<std::string>(), root_);
    if (field.type == ParameterType::json && reading.problem.empty()) {
      reading.value = lua::escape_keys(reading.value);  // typed plainly, recorded in stored form
    }
    take(field, std::move(reading));
  }

  void check() const {
    if (problems_.empty()) {
      return;
    }
    std::string message;
    for (const Json& entry : problems_) {
      message += fmt::format("{}{} {}", message.empty() ? "" : "\n  ",
                             entry["name"].get_ref<const std::string&>(),
                             entry["problem"].get_ref<const std::string&>());
    }
    throw Error(Code::answer_invalid, fmt::format("{}: {}", step_, message), {}, problems_)
        .with_effect(EffectDone::none);
  }

  TypedAnswer answer;

 private:
  void read_default(const Parameter& field) {
    if (!field.fallback.is_null()) {
      take(field, read_parameter_data(field, field.fallback, root_));
    } else if (field.required) {
      add_problem(field.name,
                  fmt::format("is missing: {}={}", field.name, parameter_type_name(field.type)));
    }
  }

  void take(const Parameter& field, ParameterReading reading) {
    if (!reading.problem.empty()) {
      add_problem(field.name, reading.problem);
      return;
    }
    std::ranges::move(secrets_in(field, reading.value, step_), std::back_inserter(answer.secrets));
    answer.values[field.name] = std::move(reading.value);
  }

  void add_problem(const std::string& name, const std::string& problem) {
    problems_.push_back({{"name", name}, {"problem", problem}});
  }

  const Json& typed_;
  std::string step_;
  const std::filesystem::path& root_;
  Json problems_ = Json::array();
};

}  // namespace

std::vector<Parameter> question_fields(const Question& question) {
  std::vector<Parameter> fields;
  for (const auto& [name, declaration] : question.asked.fields.items()) {
    fields.push_back(parse_parameter(name, declaration));
  }
  return fields;
}

std::string field_label(const Parameter& field) {
  std::string label = field.name;
  if (!field.values.empty()) {
    label += fmt::format(" ({})", fmt::join(field.values, ", "));
  } else if (field.type != ParameterType::string) {
    label += fmt::format(" ({})", parameter_type_name(field.type));
  }
  if (!field.fallback.is_null()) {
    label += fmt::format(" [{}]", value_text(field.fallback));
  } else if (!field.required) {
    label += " [none]";
  }
  return label;
}

std::string answer_problem(const Parameter& field, const std::string& text,
                           const std::filesystem::path& root) {
  return read_parameter_text(field, text, root).problem;
}

TypedAnswer read_answer(const Question& question, const Json& typed, const std::string& step,
                        const std::filesystem::path& root) {
  const std::vector<Parameter> fields = question_fields(question);
  const Json given = typed.is_object() ? typed : Json::object();
  Reading reading(given, step, root);
  reading.refuse_unknown(fields);
  for (const Parameter& field : fields) {
    reading.read(field);
  }
  reading.check();
  return std::move(reading.answer);
}

std::vector<SecretPart> secrets_of_result(const Question& question, const Json& result,
                                          const std::string& step) {
  std::vector<SecretPart> secrets;
  for (const Parameter& field : question_fields(question)) {
    if (!result.is_object() || !result.contains(field.name) || result[field.name].is_null()) {
      continue;
    }
    const ParameterReading reading = read_parameter_data(field, result[field.name], "/");
    if (reading.problem.empty()) {
      std::ranges::move(secrets_in(field, reading.value, step), std::back_inserter(secrets));
    } else if (field.type == ParameterType::secret) {
      throw Error(Code::answer_invalid, fmt::format("{}: {} {}", step, field.name, reading.problem))
          .with_effect(EffectDone::none);
    }
  }
  return secrets;
}

}  // namespace runbook
