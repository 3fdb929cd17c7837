#include "modules/devspace/output.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "engine/base/error.h"
#include "engine/base/shown_text.h"
#include "engine/base/yaml.h"

namespace runbook::devspace {

namespace {

std::vector<std::string_view> lines_in(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    lines.push_back(line);
    text.remove_prefix(std::min(text.size(), line.size() + 1));
  }
  return lines;
}

std::string_view stripped(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\n");
  if (begin == std::string_view::npos) {
    return {};
  }
  return text.substr(begin, text.find_last_not_of(" \t\n") + 1 - begin);
}

/// Where a line begins with `words`; npos if none does.
std::size_t line_beginning(std::string_view text, std::string_view words) {
  for (std::size_t at = text.find(words); at != std::string_view::npos;
       at = text.find(words, at + 1)) {
    if (at == 0 || text[at - 1] == '\n') {
      return at;
    }
  }
  return std::string_view::npos;
}

std::string_view after(std::string_view text, std::string_view words) {
  const std::size_t at = text.find(words);
  return at == std::string_view::npos ? std::string_view() : text.substr(at + words.size());
}

/// "deploy:app Text" → { "app", "Text" }; false for other lines.
bool is_told(std::string_view line, std::string_view step, std::string_view& name,
             std::string_view& text) {
  if (!line.starts_with(step)) {
    return false;
  }
  line.remove_prefix(step.size());
  const std::size_t space = line.find(' ');
  name = line.substr(0, space);
  text = space == std::string_view::npos ? std::string_view() : line.substr(space + 1);
  return true;
}

void note_deployment(std::string_view text, Json& deployment) {
  constexpr std::string_view kRevision = "(Release revision: ";
  if (text.starts_with("Skipping deployment")) {
    deployment["outcome"] = "skipped";
  } else if (text.starts_with("Successfully deployed")) {
    deployment["outcome"] = "deployed";
    deployment["with"] = std::string(text.substr(text.rfind(' ') + 1));
  } else if (const std::string_view digits = after(text, kRevision); !digits.empty()) {
    std::int64_t revision = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), revision);
    deployment["revision"] = revision;
  }
}

std::vector<std::string> cells_of(std::string_view line) {
  std::vector<std::string> cells;
  while (true) {
    const std::size_t bar = line.find('|');
    cells.emplace_back(stripped(line.substr(0, bar)));
    if (bar == std::string_view::npos) {
      return cells;
    }
    line.remove_prefix(bar + 1);
  }
}

bool is_rule(std::string_view line) {
  line = stripped(line);
  return line.starts_with("--") && line.find_first_not_of("-+") == std::string_view::npos;
}

/// A cell that is too long goes on in the next line, whose first cell is empty.
void add_row(Json& rows, const std::vector<std::string>& keys,
             const std::vector<std::string>& cells) {
  const bool goes_on = cells.front().empty() && !rows.empty();
  Json row = goes_on ? rows.back() : Json::object();
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const std::string cell = i < cells.size() ? cells[i] : "";
    if (!goes_on) {
      row[keys[i]] = cell;
    } else if (!cell.empty()) {
      row[keys[i]] = row[keys[i]].get<std::string>() + " " + cell;
    }
  }
  if (goes_on) {
    rows.back() = std::move(row);
  } else {
    rows.push_back(std::move(row));
  }
}

[[noreturn]] void not_understood(std::string_view command) {
  throw Error(Code::tool_output, fmt::format("devspace {} printed what is not understood", command))
      .with_effect(EffectDone::none);
}

}  // namespace

std::string fatal_text(std::string_view err) {
  const std::size_t at = line_beginning(err, "fatal ");
  return at == std::string_view::npos ? std::string() : std::string(stripped(err.substr(at + 6)));
}

std::string before_fatal(std::string_view err) {
  return std::string(err.substr(0, line_beginning(err, "fatal ")));
}

std::string client_warning(std::string_view err) {
  const std::string_view text = after(err, "warn Unable to create new kubectl client: ");
  return std::string(text.substr(0, text.find('\n')));
}

// "create_deployments: error deploying app: unable to deploy helm chart: … error executing 'helm
// upgrade …': Error: UPGRADE FAILED: context deadline exceeded"
std::optional<FailedDeployment> failed_deployment(std::string_view out) {
  const std::string_view told = after(out, "error deploying ");
  if (told.empty()) {
    return std::nullopt;
  }
  std::string_view reason = after(told, ": ");
  if (const std::size_t helm = reason.rfind("': Error: "); helm != std::string_view::npos) {
    reason = reason.substr(helm + 10);
  }
  for (const std::string_view words :
       {"UPGRADE FAILED: ", "INSTALLATION FAILED: ", "1 error occurred:", "\n", "\t", "* "}) {
    reason.remove_prefix(reason.starts_with(words) ? words.size() : 0);
  }
  return FailedDeployment{std::string(told.substr(0, told.find(':'))),
                          one_line(stripped(reason), 300)};
}

Json deployments_told(std::string_view out) {
  Json deployments = Json::object();
  std::string_view name, text;
  for (const std::string_view line : lines_in(out)) {
    if (is_told(line, "deploy:", name, text)) {
      note_deployment(text, deployments[std::string(name)]);
    }
  }
  return deployments;
}

std::vector<std::string> purged_told(std::string_view out) {
  std::vector<std::string> names;
  std::string_view name, text;
  for (const std::string_view line : lines_in(out)) {
    if (is_told(line, "purge:", name, text) && text.starts_with("Successfully deleted")) {
      names.emplace_back(name);
    }
  }
  return names;
}

std::string without_greeting(std::string_view out) {
  static constexpr std::array<std::string_view, 3> kGreetings{
      "info Using namespace ", "info Using kube context ", "info Opening shell to "};
  const auto is_greeting = [](std::string_view line) {
    return std::ranges::any_of(kGreetings,
                               [&](std::string_view words) { return line.starts_with(words); });
  };
  while (is_greeting(out)) {
    out.remove_prefix(std::min(out.size(), out.find('\n') + 1));
  }
  return std::string(out);
}

Json table_rows(std::string_view out, std::string_view command) {
  const std::vector<std::string_view> lines = lines_in(out);
  const auto rule = std::ranges::find_if(lines, is_rule);
  if (rule == lines.begin() || rule == lines.end()) {
    not_understood(command);
  }
  std::vector<std::string> keys = cells_of(*(rule - 1));
  for (std::string& key : keys) {
    std::ranges::transform(key, key.begin(), [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
  }
  Json rows = Json::array();
  for (auto line = rule + 1; line != lines.end() && !stripped(*line).empty(); ++line) {
    add_row(rows, keys, cells_of(*line));
  }
  return rows;
}

// Sections between rules: variables, the path, perhaps a tree of dependencies, the configuration.
Json printed_config(std::string_view out) {
  constexpr std::string_view kPath = "Loaded path: ";
  constexpr std::string_view kRule = "\n-------------------\n\n";
  const std::size_t at = line_beginning(out, kPath);
  if (at == std::string_view::npos) {
    not_understood("print");
  }
  out.remove_prefix(at + kPath.size());
  const std::string path(out.substr(0, out.find('\n')));
  out = after(out, kRule);
  if (out.starts_with("Dependency Tree:")) {
    out = after(out, kRule);
  }
  Json config = parse_yaml(out, "what devspace print printed");
  if (!config.is_object()) {
    not_understood("print");
  }
  return {{"path", path}, {"config", std::move(config)}};
}

}  // namespace runbook::devspace
