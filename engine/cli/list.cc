// runbook list: the recipes of this project, with what their headers say of them.

#include "engine/cli/list.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/cli/state_folder.h"
#include "engine/cli/terminal.h"
#include "engine/lua/module.h"
#include "engine/recipe/catalogue.h"
#include "engine/view/wording.h"

namespace runbook {

namespace {

std::string summary_of(const CatalogueEntry& entry) {
  if (entry.problem) {
    return one_line(fmt::format("(does not load: {} {})", code_text(entry.problem->code),
                                entry.problem->message));
  }
  return entry.header ? one_line(entry.header->summary) : "";
}

OrderedJson entry_json(const CatalogueEntry& entry) {
  OrderedJson json;
  json["v"] = 1;
  json["recipe"] = entry.recipe;
  json["name"] = entry.header ? entry.header->name : "";
  json["summary"] = entry.header ? entry.header->summary : "";
  json["error"] = nullptr;
  if (entry.problem) {
    json["error"] = {{"code", code_text(entry.problem->code)}, {"message", entry.problem->message}};
  }
  return json;
}

int list(Context& context) {
  const OutputFormat format = output_format(context.arguments, false);
  const Project project = project_of(context.arguments);
  const std::vector<CatalogueEntry> entries = read_catalogue(project, context.modules());
  if (format == OutputFormat::json) {
    OrderedJson json = OrderedJson::array();
    for (const CatalogueEntry& entry : entries) {
      json.push_back(entry_json(entry));
    }
    context.out.write(json.dump() + "\n");
  } else if (entries.empty()) {
    context.err.write(fmt::format("no recipes below {}\n", project.root.string()));
  } else {
    context.out.write(catalogue_lines(entries, ""));
  }
  return 0;
}

}  // namespace

std::string catalogue_lines(const std::vector<CatalogueEntry>& entries, std::string_view indent) {
  std::size_t width = 0;
  for (const CatalogueEntry& entry : entries) {
    width = std::max(width, shell_word(entry.recipe).size());
  }
  std::string text;
  for (const CatalogueEntry& entry : entries) {
    const std::string summary = summary_of(entry);
    text += fmt::format("{}{:<{}}", indent, shell_word(entry.recipe), summary.empty() ? 0 : width);
    text += (summary.empty() ? "" : "  " + summary) + "\n";
  }
  return text;
}

Command list_command() {
  return {
      "Everyday", "list", "the recipes of this project", {kOutputParameter, kStateParameter}, list};
}

}  // namespace runbook
