#pragma once
// A command of the program: declared once as data, from which parsing, did-you-mean, help,
// completion and the man page are made. A new command is one file with `Command name_command();`
// and one row in commands.cc.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/clock.h"
#include "engine/view/state_option.h"
#include "engine/view/text_stream.h"

namespace runbook {

struct Module;
using ModuleList = std::vector<Module> (*)();  ///< made when a command needs it, not before

struct CommandParameter {
  enum class Count { optional, required, many };
  std::string_view name;   ///< "run" by position, "--fresh", "-p,--param"
  std::string_view value;  ///< options: what help calls the value; empty = a switch
  std::string_view help;
  Count count = Count::optional;
  std::string_view choices = {};  ///< the only words it takes, if there are such: "done failed"

  bool is_option() const { return name.starts_with('-'); }
  bool is_switch() const { return is_option() && value.empty(); }
  /// "--param" of "-p,--param"; the name of a positional one.
  std::string_view long_name() const;
  std::vector<std::string_view> choice_words() const;
};

/// What was typed, by long name without dashes.
class Arguments {
 public:
  void add(const std::string& name, std::string value) {
    values_[name].push_back(std::move(value));
  }
  bool has(std::string_view name) const { return values_.find(name) != values_.end(); }
  /// The last value; REQUIRES has(name).
  const std::string& text(std::string_view name) const { return values_.find(name)->second.back(); }
  std::vector<std::string> all(std::string_view name) const;

 private:
  std::map<std::string, std::vector<std::string>, std::less<>> values_;
};

struct Context {
  const Arguments& arguments;
  Clock& clock;
  TextStream& out;
  TextStream& err;
  ModuleList modules;
  StateOption state_option = {};  ///< for commands that are suggested
};

struct Command {
  std::string_view group;  ///< heading in the help: one of command_groups()
  std::string_view name;
  std::string_view summary;
  std::vector<CommandParameter> parameters;
  int (*run)(Context& context);  ///< the exit code; throws Error
};

/// All commands, in the order of the help.
const std::vector<Command>& all_commands();
/// nullptr if there is none of this name.
const Command* find_command(std::string_view name);
/// The headings of the help in their order: Everyday, Repair, Look, Housekeeping.
const std::vector<std::string_view>& command_groups();

// Parameters that several commands share.
inline constexpr CommandParameter kStateParameter{
    "--state", "FOLDER", "the .runbook folder (default: $RUNBOOK_STATE, or found by walking up)",
    CommandParameter::Count::optional};
inline constexpr CommandParameter kOutputParameter{
    "--output", "FORMAT", "plain or json", CommandParameter::Count::optional, "auto plain json"};

}  // namespace runbook
