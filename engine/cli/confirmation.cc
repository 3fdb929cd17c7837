#include "engine/cli/confirmation.h"

#include "engine/base/error.h"
#include "engine/cli/terminal.h"

namespace runbook {

bool is_confirmed(Context& context, const std::string& question) {
  if (context.arguments.has("yes")) {
    return true;
  }
  if (!can_ask(context.arguments)) {
    throw Error(Code::usage, "nobody can be asked whether this is meant", "add --yes to say so");
  }
  const std::optional<std::string> answer = ask_line(context, question + " [y/N]: ");
  return answer == "y" || answer == "Y" || answer == "yes";
}

}  // namespace runbook
