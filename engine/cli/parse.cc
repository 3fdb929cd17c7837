// CLI11 knows only the command that was asked for: building all of them would cost every start.

#include "engine/cli/parse.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>

#include <CLI/CLI.hpp>

#include "engine/base/error.h"

namespace runbook {

namespace {

/// One declared parameter and where CLI11 puts what was typed for it.
struct Slot {
  const CommandParameter* parameter;
  std::vector<std::string> values;
  bool set = false;
};

bool is_positional(const CommandParameter& parameter) {
  return !parameter.name.starts_with('-');
}

std::string long_name(const CommandParameter& parameter) {
  const std::size_t dashes = parameter.name.find("--");
  return std::string(dashes == std::string_view::npos ? parameter.name
                                                      : parameter.name.substr(dashes + 2));
}

void declare(CLI::App& app, Slot& slot) {
  const CommandParameter& parameter = *slot.parameter;
  const std::string name(parameter.name);
  const std::string help(parameter.help);
  if (!is_positional(parameter) && parameter.value.empty()) {
    app.add_flag(name, slot.set, help);
    return;
  }
  CLI::Option* option = app.add_option(name, slot.values, help);
  // One value each time it is given: a greedy `-p a=1 deploy.lua` would swallow the recipe.
  option->expected(1)->allow_extra_args(false);
  option->type_name(is_positional(parameter) ? "" : std::string(parameter.value));
  option->multi_option_policy(parameter.count == CommandParameter::Count::many
                                  ? CLI::MultiOptionPolicy::TakeAll
                                  : CLI::MultiOptionPolicy::Throw);
  option->required(parameter.count == CommandParameter::Count::required);
}

[[noreturn]] void refuse_extra(const Command& command, const std::string& word) {
  if (!word.starts_with('-') || word == "-") {
    throw Error(Code::usage, fmt::format("{}: unexpected argument \"{}\"", command.name, word),
                fmt::format("runbook {} --help", command.name));
  }
  const std::string name = word.substr(0, word.find('='));
  std::vector<std::string> known;
  for (const CommandParameter& parameter : command.parameters) {
    if (!is_positional(parameter)) {
      known.push_back("--" + long_name(parameter));
    }
  }
  const std::string_view near = closest_match(name, {known.begin(), known.end()});
  throw Error(Code::unknown_option,
              fmt::format("{} has no option {}{}", command.name, name,
                          near.empty() ? "" : fmt::format("; did you mean {}?", near)),
              fmt::format("runbook {} --help", command.name));
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
    return parsed;
  } catch (const CLI::ParseError& error) {
    throw Error(Code::usage, fmt::format("{}: {}", command.name, error.what()),
                fmt::format("runbook {} --help", command.name));
  }
  if (const std::vector<std::string> extra = app.remaining(); !extra.empty()) {
    const auto option = std::find_if(extra.begin(), extra.end(), [](const std::string& word) {
      return word.starts_with('-') && word.size() > 1;
    });
    refuse_extra(command, option == extra.end() ? extra.front() : *option);
  }
  for (Slot& slot : slots) {
    const std::string name = long_name(*slot.parameter);
    for (std::string& value : slot.values) {
      parsed.arguments.add(name, std::move(value));
    }
    if (slot.set) {
      parsed.arguments.add(name, "true");
    }
  }
  return parsed;
}

}  // namespace runbook
