// runbook state [KEY]: what the project keeps across runs (design §3.6).

#include <fmt/format.h>

#include "engine/base/error.h"
#include "engine/base/suggestion.h"
#include "engine/cli/state_folder.h"
#include "engine/cli/terminal.h"
#include "engine/view/wording.h"

namespace runbook {

namespace {

OrderedJson entry_json(const StateEntry& entry) {
  OrderedJson json;
  json["key"] = entry.key;
  json["value"] = OrderedJson(parse_json(entry.value, entry.key));
  json["run"] = entry.run;
  json["step"] = entry.step;
  json["time"] = format_timestamp(entry.time);
  return json;
}

std::string entry_line(const StateEntry& entry, std::string_view head) {
  return fmt::format("{}  {}  {} {} {}\n", head,
                     one_line(value_text(parse_json(entry.value, entry.key)), 400),
                     date_and_time(entry.time), entry.run, entry.step);
}

StateEntry get_entry(Store& store, const std::string& key) {
  if (std::optional<StateEntry> entry = store.read_state(key)) {
    return *entry;
  }
  std::vector<std::string> keys;
  for (const StateEntry& entry : store.list_state("")) {
    keys.push_back(entry.key);
  }
  throw Error(Code::state_key_not_found,
              fmt::format("the project's state has no key \"{}\"{}", key, did_you_mean(key, keys)));
}

void print_list(Context& context, const std::vector<StateEntry>& entries, bool json) {
  OrderedJson list = OrderedJson::array();
  std::string lines;
  for (const StateEntry& entry : entries) {
    if (json) {
      list.push_back(entry_json(entry));
    } else {
      lines += entry_line(entry, entry.key);
    }
  }
  context.out.write(json ? list.dump() + "\n" : lines);
}

int state(Context& context) {
  const Arguments& arguments = context.arguments;
  const bool json = output_format(arguments, false) == OutputFormat::json;
  const Project project = existing_project(arguments);
  const std::unique_ptr<Store> store = open_sqlite_store(project.state, OpenMode::read_only);
  if (!arguments.has("key")) {
    print_list(context, store->list_state(""), json);
    return 0;
  }
  const StateEntry entry = get_entry(*store, arguments.text("key"));
  if (arguments.has("history")) {
    print_list(context, store->state_history(entry.key), json);
  } else if (json) {
    context.out.write(entry_json(entry).dump() + "\n");
  } else {
    // Bare, so that a script can use it as it is.
    context.out.write(value_text(parse_json(entry.value, entry.key)) + "\n");
  }
  return 0;
}

}  // namespace

Command state_command() {
  using enum CommandParameter::Count;
  return {"Look",
          "state",
          "what the project keeps across runs",
          {{"key", "", "print this value (default: list all)", optional},
           {"--history", "", "all values it had: run, step and time", optional},
           kOutputParameter,
           kStateParameter},
          state};
}

}  // namespace runbook
