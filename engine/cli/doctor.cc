// runbook doctor: is everything there that the engine needs, and is what it keeps whole?

#include "engine/cli/doctor.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/error.h"
#include "engine/cli/terminal.h"
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

void print_page(Context& context, const std::vector<Finding>& findings, std::ptrdiff_t problems) {
  std::string page;
  for (const Finding& finding : findings) {
    page += fmt::format("{:<6} {:<10} {}\n", state_word(finding.state), finding.what,
                        one_line(finding.text, 1000));
    page += finding.hint.empty() ? "" : fmt::format("{:18}-> {}\n", "", finding.hint);
  }
  page += problems == 0   ? "all is well\n"
          : problems == 1 ? "1 problem\n"
                          : fmt::format("{} problems\n", problems);
  context.out.write(page);
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
  for (Finding& finding : findings) {
    finding.hint = context.state_option.put_into(finding.hint);
  }
  const auto problems = std::count_if(findings.begin(), findings.end(), [](const Finding& finding) {
    return finding.state == Finding::State::wrong;
  });
  format == OutputFormat::json ? print_json(context, findings, problems)
                               : print_page(context, findings, problems);
  constexpr int kSomethingMissing = 40;  // design §9
  return problems == 0 ? 0 : kSomethingMissing;
}

}  // namespace

Finding wrong(std::string_view what, const Error& error) {
  return {Finding::State::wrong, what, fmt::format("{}: {}", code_text(error.code), error.message),
          error.hint.empty() ? std::string(code_info(error.code).hint) : error.hint};
}

Command doctor_command() {
  return {"Housekeeping",
          "doctor",
          "is the store whole, who holds locks, is anything missing (exit 40)",
          {kOutputParameter, kStateParameter},
          doctor};
}

}  // namespace runbook
