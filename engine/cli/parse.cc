// CLI11 knows only the command that was asked for: building all of them would cost every start.

#include "engine/cli/parse.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>

#include <CLI/CLI.hpp>

#include "engine/base/error.h"
#include "engine/base/suggestion.h"

namespace runbook {

namespace {

constexpr std::string_view kMark = "--";  ///< all that is behind it are arguments

/// One declared parameter and where CLI11 puts what was typed for it.
struct Slot {
  const CommandParameter* parameter;
  std::vector<std::string> values;
  bool set = false;
};

void declare(CLI::App& app, Slot& slot) {
  const CommandParameter& parameter = *slot.parameter;
  const std::string name(parameter.name);
  const std::string help(parameter.help);
  if (parameter.is_switch()) {
    app.add_flag(name, slot.set, help);
    return;
  }
  CLI::Option* option = app.add_option(name, slot.values, help);
  const bool many = parameter.count == CommandParameter::Count::many;
  if (many && !parameter.is_option()) {
    option->expected(0, CLI::detail::expected_max_vector_size);
  } else {
    // One value each time it is given: a greedy `-p a=1 deploy.lua` would swallow the recipe.
    option->expected(1)->allow_extra_args(false);
  }
  option->type_name(std::string(parameter.value));
  option->multi_option_policy(many ? CLI::MultiOptionPolicy::TakeAll
                                   : CLI::MultiOptionPolicy::Throw);
  option->required(parameter.count == CommandParameter::Count::required);
}

bool has_arguments(const Command& command) {
  return std::any_of(command.parameters.begin(), command.parameters.end(),
                     [](const CommandParameter& parameter) { return !parameter.is_option(); });
}

[[noreturn]] void refuse_argument(const Command& command, const std::string& word) {
  throw Error(Code::usage, fmt::format("{}: unexpected argument \"{}\"", command.name, word),
              fmt::format("runbook {} --help", command.name));
}

[[noreturn]] void refuse_option(const Command& command, const std::string& word) {
  const std::string name = word.substr(0, word.find('='));
  std::vector<std::string> known;
  for (const CommandParameter& parameter : command.parameters) {
    if (parameter.is_option()) {
      known.emplace_back(parameter.long_name());
    }
  }
  throw Error(
      Code::unknown_option,
      fmt::format("{} has no option {}{}", command.name, name, did_you_mean(name, known)),
      fmt::format("runbook {} --help{}", command.name,
                  has_arguments(command) ? "; an argument that begins with - goes behind --" : ""));
}

/// What no parameter took. CLI11 leaves the mark "--" there as well.
void refuse_extra(const Command& command, const std::vector<std::string>& extra) {
  const auto mark = std::find(extra.begin(), extra.end(), kMark);
  const auto option = std::find_if(extra.begin(), mark, [](const std::string& word) {
    return word.starts_with('-') && word.size() > 1;
  });
  if (option != mark) {
    refuse_option(command, *option);
  }
  for (auto word = extra.begin(); word != extra.end(); ++word) {
    if (word != mark) {
      refuse_argument(command, *word);
    }
  }
}

void check_choice(const Command& command, const CommandParameter& parameter,
                  const std::string& value) {
  const std::vector<std::string_view> words = parameter.choice_words();
  if (words.empty() || std::find(words.begin(), words.end(), value) != words.end()) {
    return;
  }
  throw Error(Code::usage,
              fmt::format("{}: {} is one of {}, not \"{}\"{}", command.name, parameter.long_name(),
                          fmt::join(words, ", "), value, did_you_mean(value, words)));
}

}  // namespace

std::vector<std::string> Arguments::all(std::string_view name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? std::vector<std::string>() : found->second;
}

Parsed parse(const Command& command, const std::vector<std::string>& arguments) {
  CLI::App app(std::string(command.summary), "runbook " + std::string(command.name));
  app.allow_extras();
  std::deque<Slot> slots;
  for (const CommandParameter& parameter : command.parameters) {
    declare(app, slots.emplace_back(Slot{&parameter, {}, false}));
  }
  Parsed parsed;
  try {
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::CallForHelp&) {
    parsed.help = app.help();
    if (has_arguments(command)) {
      parsed.help += "\nAn argument that begins with - goes behind --.\n";
    }
    return parsed;
  } catch (const CLI::ParseError& error) {
    throw Error(Code::usage, fmt::format("{}: {}", command.name, error.what()),
                fmt::format("runbook {} --help", command.name));
  }
  refuse_extra(command, app.remaining());
  for (Slot& slot : slots) {
    std::string name(slot.parameter->long_name());
    name.erase(0, slot.parameter->is_option() ? 2 : 0);
    for (std::string& value : slot.values) {
      check_choice(command, *slot.parameter, value);
      parsed.arguments.add(name, std::move(value));
    }
    if (slot.set) {
      parsed.arguments.add(name, "true");
    }
  }
  return parsed;
}

}  // namespace runbook
