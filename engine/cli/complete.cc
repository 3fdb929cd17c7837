#include "engine/cli/complete.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/error.h"
#include "engine/cli/completion_values.h"
#include "engine/cli/typed_line.h"
#include "engine/view/wording.h"

namespace runbook {

namespace {

const CommandParameter* find_option(const Command& command, std::string_view word) {
  for (const CommandParameter& parameter : command.parameters) {
    const std::string_view shorter = parameter.name.substr(0, parameter.name.find(','));
    if (parameter.is_option() && (word == parameter.long_name() || word == shorter)) {
      return &parameter;
    }
  }
  return nullptr;
}

const CommandParameter* positional(const Command& command, std::size_t index) {
  const CommandParameter* last = nullptr;
  for (const CommandParameter& parameter : command.parameters) {
    if (!parameter.is_option()) {
      last = &parameter;
      if (index-- == 0) {
        return last;
      }
    }
  }
  return last != nullptr && last->count == CommandParameter::Count::many ? last : nullptr;
}

/// What the words before the cursor have said.
struct Said {
  Arguments arguments;
  std::size_t positionals = 0;
  bool marked = false;                     ///< by "--": only arguments from here on
  const CommandParameter* open = nullptr;  ///< the option whose value is at the cursor
};

Said read_words(const Command& command, const std::vector<std::string>& words) {
  Said said;
  for (const std::string& word : words) {
    if (said.open != nullptr) {
      said.arguments.add(std::string(said.open->long_name().substr(2)), word);
      said.open = nullptr;
    } else if (!said.marked && word == "--") {
      said.marked = true;
    } else if (said.marked || !word.starts_with('-')) {
      if (const CommandParameter* parameter = positional(command, said.positionals++)) {
        said.arguments.add(std::string(parameter->name), word);
      }
    } else if (const CommandParameter* option = find_option(command, word)) {
      said.open = option->is_switch() ? nullptr : option;
    } else if (word.starts_with("--") && word.find('=') != std::string::npos) {
      const std::size_t equals = word.find('=');
      said.arguments.add(word.substr(2, equals - 2), word.substr(equals + 1));
    }
  }
  return said;
}

Candidates option_names(const Command& command) {
  Candidates found;
  for (const CommandParameter& parameter : command.parameters) {
    if (parameter.is_option()) {
      found.list.push_back({std::string(parameter.long_name()), std::string(parameter.help)});
    }
  }
  found.list.push_back({"--help", "what this command does and takes"});
  return found;
}

/// Behind "--" an argument may begin with -; until it is typed, it stands for all that do.
void offer_mark(Candidates& found) {
  if (std::erase_if(found.list, [](const Candidate& candidate) {
        return candidate.word.starts_with('-');
      }) != 0) {
    found.list.push_back({"--", "for what begins with -"});
  }
}

Candidates command_names() {
  Candidates found;
  for (const Command& command : all_commands()) {
    found.list.push_back({std::string(command.name), std::string(command.summary)});
  }
  found.list.push_back({"help", "what a command does and takes"});
  return found;
}

Candidates of_command(Context& context, const Command& command,
                      const std::vector<std::string>& before, const std::string& word) {
  const Said said = read_words(command, before);
  Context asked{said.arguments, context.clock, context.out, context.err, context.modules};
  if (said.open != nullptr) {
    return values_of(asked, *said.open, word);
  }
  const std::size_t equals = word.find('=');
  const CommandParameter* option =
      said.marked ? nullptr : find_option(command, word.substr(0, equals));
  if (equals != std::string::npos && option != nullptr && !option->is_switch()) {
    Candidates found = values_of(asked, *option, word.substr(equals + 1));
    for (Candidate& candidate : found.list) {
      candidate.word.insert(0, word.substr(0, equals + 1));
    }
    return found;
  }
  if (!said.marked && word.starts_with('-')) {
    return option_names(command);
  }
  const CommandParameter* parameter = positional(command, said.positionals);
  Candidates found = parameter == nullptr ? Candidates() : values_of(asked, *parameter, word);
  if (!said.marked) {
    offer_mark(found);
  }
  return found;
}

Candidates without_others(Candidates found, const std::string& beginning) {
  std::erase_if(found.list,
                [&](const Candidate& candidate) { return !candidate.word.starts_with(beginning); });
  return found;
}

void print_lines(Context& context, const Candidates& found) {
  std::string text;
  for (const Candidate& candidate : found.list) {
    text += fmt::format("{}\t{}\n", candidate.word, one_line(candidate.about, 100));
  }
  context.out.write(text + (found.files ? ":files\n" : ""));
}

void print_for_bash(Context& context, const std::string& breaks, const std::string& line) {
  const TypedLine typed = read_typed_line(line, breaks);
  const Candidates found = candidates_for(context, typed.words);
  std::string text;
  for (const Candidate& candidate : found.list) {
    text += typed.replacement(candidate.word) + "\n";
  }
  context.out.write(text + (found.files ? ":files\n" : ""));
}

}  // namespace

Candidates candidates_for(Context& context, const std::vector<std::string>& words) {
  const std::string word = words.empty() ? "" : words.back();
  if (words.size() < 2) {
    Candidates found = without_others(command_names(), word);
    found.files = found.list.empty();  // `runbook deploy.lua` is `runbook run deploy.lua`
    return found;
  }
  std::vector<std::string> before(words.begin(), words.end() - 1);
  if (before.front() == "help") {
    return without_others(command_names(), word);
  }
  const Command* command = find_command(before.front());
  if (command == nullptr) {
    command = find_command("run");
  } else {
    before.erase(before.begin());
  }
  return without_others(of_command(context, *command, before, word), word);
}

int complete(Context& context, const std::vector<std::string>& arguments) {
  const std::string shell = arguments.empty() ? "" : arguments.front();
  if (shell == "bash" && arguments.size() == 3) {
    print_for_bash(context, arguments[1], arguments[2]);
    return 0;
  }
  if (shell != "zsh" && shell != "fish") {
    throw Error(Code::usage, "__complete is for the scripts of runbook completion");
  }
  print_lines(context, candidates_for(context, {arguments.begin() + 1, arguments.end()}));
  return 0;
}

}  // namespace runbook
