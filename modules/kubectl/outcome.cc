#include "modules/kubectl/outcome.h"

#include <algorithm>

#include "modules/kubectl/connection.h"

namespace runbook::kubectl {

namespace {

/// "configured (server dry run)" → "configured".
std::string_view without_remark(std::string_view outcome) {
  return outcome.substr(0, outcome.find(" ("));
}

void add_line(const Call& call, std::string_view line, Json& list) {
  const std::size_t space = line.find(' ');
  const std::size_t slash = line.find('/');
  if (space == std::string_view::npos || slash == std::string_view::npos || slash > space) {
    return;
  }
  const std::string kind(line.substr(0, slash));
  Json one{{"kind", kind},
           {"name", line.substr(slash + 1, space - slash - 1)},
           {"outcome", without_remark(line.substr(space + 1))}};
  if (is_namespaced(call, kind) && call.has("namespace")) {
    one["namespace"] = call.text("namespace");
  }
  list.push_back(std::move(one));
}

}  // namespace

Json outcomes_of(const Call& call, std::string_view out) {
  Json list = Json::array();
  while (!out.empty()) {
    const std::string_view line = out.substr(0, out.find('\n'));
    add_line(call, line, list);
    out.remove_prefix(std::min(line.size() + 1, out.size()));
  }
  return list;
}

Json outcome_of(const Call& call, std::string_view out) {
  Json list = outcomes_of(call, out);
  if (list.empty()) {
    throw Error(Code::tool_output, "kubectl did not say what it did")
        .with_effect(EffectDone::unknown);
  }
  return std::move(list.front());
}

}  // namespace runbook::kubectl
