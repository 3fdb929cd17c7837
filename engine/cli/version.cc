// runbook version

#include "engine/cli/command.h"

namespace runbook {

namespace {

int version(Context& context) {
  context.out.write("runbook " RUNBOOK_VERSION "\n");
  return 0;
}

}  // namespace

Command version_command() {
  return {"Housekeeping", "version", "the version of this program", {}, version};
}

}  // namespace runbook
