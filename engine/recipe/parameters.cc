#include "engine/recipe/parameters.h"

#include <fmt/format.h>

#include <algorithm>
#include <variant>

#include "engine/base/file.h"
#include "engine/lua/values.h"
#include "engine/recipe/parameter_files.h"
#include "engine/recipe/parameter_value.h"

namespace runbook {
namespace {

/// The value that won so far for one parameter.
struct Candidate {
  std::variant<std::monostate, std::string, Json> value;  ///< text, or data with types
  std::string source;
};

class Check {
 public:
  Check(const std::vector<Parameter>& declared, const std::filesystem::path& root)
      : declared_(declared), root_(root) {}

  CheckedParameters run(const GivenParameters& given) {
    take_defaults();
    take_environment(given);
    for (const std::filesystem::path& file : given.files) {
      take_file(file);
    }
    for (std::size_t i = 0; i < given.arguments.size(); ++i) {
      take_argument(given.arguments[i], i + 1);
    }
    for (const Parameter& parameter : declared_) {
      settle(parameter);
    }
    if (!problems_.empty()) {
      refuse();
    }
    return std::move(checked_);
  }

 private:
  void take_defaults() {
    for (const Parameter& parameter : declared_) {
      if (!parameter.fallback.is_null()) {
        candidates_[parameter.name] = {parameter.fallback, "default"};
      }
    }
  }

  void take_environment(const GivenParameters& given) {
    for (const Parameter& parameter : declared_) {
      if (!parameter.file.empty()) {
        take_secret_file(parameter);
      }
      const std::optional<std::string> text = parameter.env.empty() || !given.environment
                                                  ? std::nullopt
                                                  : given.environment(parameter.env);
      if (text) {
        candidates_[parameter.name] = {*text, "env " + parameter.env};
      }
    }
  }

  /// A secret's own file need not be there: the value may be given in another way.
  void take_secret_file(const Parameter& parameter) {
    const std::filesystem::path path = root_ / parameter.file;
    if (!std::filesystem::exists(path)) {
      return;
    }
    try {
      std::string text = read_file(path);
      text.erase(text.find_last_not_of("\r\n") + 1);
      candidates_[parameter.name] = {std::move(text), "file " + parameter.file};
    } catch (const Error& error) {
      add_problem(parameter.name, error.message);
    }
  }

  void take_file(const std::filesystem::path& path) {
    try {
      const ParameterFile file = read_parameter_file(path);
      for (const auto& [name, data] : file.data.items()) {
        take(name, data, "file " + path.string());
      }
      for (const auto& [name, text] : file.text) {
        take(named_by_variable(name), text, "file " + path.string());
      }
    } catch (const Error& error) {
      add_problem(path.string(), error.message);
    }
  }

  void take_argument(const std::string& argument, std::size_t number) {
    const std::size_t equals = argument.find('=');
    if (equals == std::string::npos || equals == 0) {
      // Not quoted: it may be a secret that was typed without its name.
      add_problem(fmt::format("-p number {}", number), "is not NAME=VALUE");
      return;
    }
    take(argument.substr(0, equals), argument.substr(equals + 1), "-p");
  }

  /// An env file may name a parameter by its variable.
  std::string named_by_variable(const std::string& name) const {
    const auto by_variable = std::ranges::find(declared_, name, &Parameter::env);
    return by_variable == declared_.end() ? name : by_variable->name;
  }

  template <typename Value>
  void take(const std::string& name, Value value, const std::string& source) {
    if (std::ranges::find(declared_, name, &Parameter::name) != declared_.end()) {
      candidates_[name] = {std::move(value), source};
      return;
    }
    std::vector<std::string_view> names;
    for (const Parameter& parameter : declared_) {
      names.push_back(parameter.name);
    }
    const std::string_view near = closest_match(name, names);
    add_problem(name, fmt::format("is no parameter of this recipe ({}){}", source,
                                  near.empty() ? "" : fmt::format("; did you mean \"{}\"?", near)));
  }

  void settle(const Parameter& parameter) {
    const auto found = candidates_.find(parameter.name);
    if (found == candidates_.end() || is_null(found->second)) {
      if (parameter.required) {
        add_problem(parameter.name, missing(parameter));
      }
      return;
    }
    const Candidate& candidate = found->second;
    const std::string* text = std::get_if<std::string>(&candidate.value);
    ParameterReading reading =
        text != nullptr ? read_parameter_text(parameter, *text, root_)
                        : read_parameter_data(parameter, std::get<Json>(candidate.value), root_);
    if (!reading.problem.empty()) {
      add_problem(parameter.name, fmt::format("{} ({})", reading.problem, candidate.source));
      return;
    }
    // The recipe's own default is in the stored form already; what others wrote is plain.
    const bool plain = parameter.type == ParameterType::json && candidate.source != "default";
    checked_.values[parameter.name] = plain ? lua::escape_keys(reading.value) : reading.value;
    checked_.sources[parameter.name] = candidate.source;
    std::ranges::move(secret_parts(parameter, reading.value), std::back_inserter(checked_.secrets));
  }

  static bool is_null(const Candidate& candidate) {
    const Json* data = std::get_if<Json>(&candidate.value);
    return data != nullptr && data->is_null();
  }

  static std::string missing(const Parameter& parameter) {
    std::string ways = fmt::format("give it with -p {}=…", parameter.name);
    if (parameter.type == ParameterType::secret) {
      ways = "give it in a file with -P FILE";  // an argument would show in the list of processes
    }
    if (!parameter.env.empty()) {
      ways += fmt::format(" or {}=…", parameter.env);
    }
    return fmt::format("is missing{}: {}",
                       parameter.help.empty() ? "" : fmt::format(" ({})", parameter.help), ways);
  }

  void add_problem(const std::string& name, const std::string& problem) {
    problems_.push_back({{"name", name}, {"problem", problem}});
  }

  [[noreturn]] void refuse() const {
    std::string message = problems_.size() == 1
                              ? std::string()
                              : fmt::format("{} parameters are missing or wrong", problems_.size());
    for (const Json& entry : problems_) {
      message += fmt::format("{}{} {}", message.empty() ? "" : "\n  ",
                             entry["name"].get_ref<const std::string&>(),
                             entry["problem"].get_ref<const std::string&>());
    }
    throw Error(Code::parameters_invalid, std::move(message), {}, problems_)
        .with_effect(EffectDone::none);
  }

  const std::vector<Parameter>& declared_;
  const std::filesystem::path& root_;
  std::map<std::string, Candidate> candidates_;
  CheckedParameters checked_;
  Json problems_ = Json::array();
};

}  // namespace

CheckedParameters check_parameters(const std::vector<Parameter>& declared,
                                   const GivenParameters& given,
                                   const std::filesystem::path& root) {
  return Check(declared, root).run(given);
}

}  // namespace runbook
