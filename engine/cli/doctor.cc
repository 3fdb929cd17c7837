// runbook doctor: is everything there that the engine needs, and is what it keeps whole?

#include "engine/cli/doctor.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/base/error.h"
#include "engine/cli/columns.h"
#include "engine/cli/terminal.h"
#include "engine/lua/module.h"
#include "engine/view/wording.h"

namespace runbook {

namespace {

std::string_view state_word(Finding::State state) {
  switch (state) {
    case Finding::State::ok:
      return "ok";
    case Finding::State::remark:
      return "note";
    case Finding::State::wrong:
      return "WRONG";
  }
  return "";
}

std::ptrdiff_t count_problems(const std::vector<Finding>& findings) {
  return std::count_if(findings.begin(), findings.end(), [](const Finding& finding) {
    return finding.state == Finding::State::wrong;
  });
}

void print_json(Context& context, const std::vector<Finding>& findings, std::ptrdiff_t problems) {
  OrderedJson json;
  json["v"] = 1;
  json["ok"] = problems == 0;
  json["checks"] = OrderedJson::array();
  for (const Finding& finding : findings) {
    OrderedJson check;
    check["check"] = finding.what;
    check["state"] = finding.state == Finding::State::wrong ? "wrong" : state_word(finding.state);
    check["text"] = finding.text;
    check["hint"] = finding.hint;
    json["checks"].push_back(check);
  }
  context.out.write(json.dump() + "\n");
}

int doctor(Context& context) {
  const OutputFormat format = output_format(context.arguments, false);
  const Project project = project_of(context.arguments);
  std::vector<Finding> findings;
  look_at_state(project, findings);
  look_at_store(project, findings);
  look_at_host(context.arguments, findings);
  const std::vector<Module> modules = context.modules();
  context.arguments.has("recipe")
      ? look_at_recipe(modules, project, context.arguments.text("recipe"),
                       context.arguments.all("param"), findings)
      : look_at_tools(modules, project, findings);
  for (Finding& finding : findings) {
    finding.hint = context.state_option.put_into(finding.hint);
  }
  const auto problems = count_problems(findings);
  if (format == OutputFormat::json) {
    print_json(context, findings, problems);
  } else {
    context.out.write(findings_page(findings, columns_of(context.out)));
  }
  constexpr int kSomethingMissing = 40;  // design §9
  return problems == 0 ? 0 : kSomethingMissing;
}

}  // namespace

Finding wrong(std::string what, const Error& error) {
  return {Finding::State::wrong, std::move(what),
          fmt::format("{}: {}", code_text(error.code), error.message),
          error.hint.empty() ? std::string(code_info(error.code).hint) : error.hint};
}

std::string findings_page(const std::vector<Finding>& findings, std::size_t columns) {
  std::string page;
  for (const Finding& finding : findings) {
    const std::string first = fmt::format("{:<6} {:<10} ", state_word(finding.state), finding.what);
    page += beside(first, one_line(finding.text, 1000), columns);
    if (!finding.hint.empty()) {
      page += beside(std::string(first.size(), ' ') + "-> ", finding.hint, columns);
    }
  }
  const auto problems = count_problems(findings);
  return page + (problems == 0   ? "all is well\n"
                 : problems == 1 ? "1 problem\n"
                                 : fmt::format("{} problems\n", problems));
}

Command doctor_command() {
  using enum CommandParameter::Count;
  return {"Housekeeping",
          "doctor",
          "is all well here, and is all there that a recipe needs (exit 40)",
          {{"recipe", "", "a recipe: its tools, logins, parameters, lib/ (default: no recipe)",
            optional},
           {"-p,--param", "NAME=VALUE", "a parameter that the recipe will be run with", many},
           kOutputParameter,
           kStateParameter},
          doctor};
}

}  // namespace runbook
