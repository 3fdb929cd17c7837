#include "engine/view/card.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/view/text_width.h"
#include "engine/view/wording.h"

namespace runbook {

namespace {

constexpr std::size_t kNameColumns = 8;
constexpr std::size_t kTextColumn = 2 + kNameColumns + 1;

struct Longest {
  std::size_t command = 0, meaning = 0;
};

Longest longest_of(const std::vector<NextStep>& steps) {
  Longest longest;
  for (const NextStep& step : steps) {
    longest.command = std::max(longest.command, text_columns(step.command));
    longest.meaning = std::max(longest.meaning, text_columns(step.meaning));
  }
  return longest;
}

}  // namespace

void Card::head(Code code, Color color) {
  const std::string number = code_text(code);
  const std::string title = number + "  " + std::string(code_info(code).sentence);
  const std::vector<std::string> lines = wrapped(title, room_beside(2));
  const std::string_view corner = style_.unicode ? "╷ " : ". ";
  text_ += "\n";
  text_ += style_.framed ? paint(corner, Color::dim, style_) : "";
  text_ += paint(number, color, style_) + lines.front().substr(number.size()) + "\n";
  for (std::size_t i = 1; i < lines.size(); ++i) {
    framed(lines[i]);
  }
  open_ = true;
}

/// Columns for prose behind an indentation; 0: as many as there are.
std::size_t Card::room_beside(std::size_t indentation) const {
  return style_.width == 0 ? 0 : style_.width - std::min(style_.width - 1, indentation + 1);
}

void Card::framed(std::string_view line) {
  const std::string_view rule = style_.unicode ? "│ " : "| ";
  text_ += style_.framed ? paint(rule, Color::dim, style_) : "  ";
  text_ += style_.unicode ? std::string(line) : screen_text(line, false);
  text_ += "\n";
}

void Card::block(std::string_view name, std::string_view text) {
  constexpr std::size_t kNarrow = 60;
  if (style_.width != 0 && style_.width < kNarrow) {
    if (!name.empty()) {
      framed(paint(name, Color::strong, style_));
    }
    for (const std::string& line : wrapped(text, room_beside(4))) {
      framed("  " + line);
    }
    return;
  }
  for (const std::string& line : wrapped(text, room_beside(kTextColumn))) {
    framed(paint(fmt::format("{:<{}}", name, kNameColumns), Color::strong, style_) + " " + line);
    name = {};
  }
}

void Card::exact(std::string_view name, std::string_view text) {
  framed(paint(fmt::format("{:<{}}", name, kNameColumns), Color::strong, style_) + " " +
         one_line(text, 2000));
}

void Card::quote(const std::vector<std::string>& lines) {
  for (const std::string& line : lines) {
    framed("  " + line);
  }
}

void Card::advice(const Error& error) {
  const std::string_view hint = error.hint.empty() ? code_info(error.code).hint : error.hint;
  if (!hint.empty()) {
    block("hint", state_option_.put_into(hint));
  }
  exact("more", "runbook explain " + code_text(error.code));
}

void Card::close() {
  if (open_ && style_.framed) {
    text_ += paint(style_.unicode ? "╵" : "'", Color::dim, style_);
  }
  text_ += open_ ? "\n" : "";
  open_ = false;
}

void Card::say(std::string_view sentence) {
  close();
  for (const std::string& line : wrapped(sentence, room_beside(0))) {
    text_ += line + "\n";
  }
}

void Card::next(std::vector<NextStep> steps) {
  close();
  if (steps.empty()) {
    return;
  }
  for (NextStep& step : steps) {
    step.command = state_option_.put_into(step.command);
  }
  constexpr std::size_t kLead = 7;
  constexpr std::size_t kBetween = 4;
  const Longest longest = longest_of(steps);
  const bool is_beside =
      style_.width == 0 || kLead + longest.command + kBetween + longest.meaning < style_.width;
  std::string_view lead = "Next:";
  for (const NextStep& step : steps) {
    if (is_beside) {
      text_ += fmt::format("{:<{}}{:<{}}  {}\n", lead, kLead, step.command, longest.command,
                           paint("# " + step.meaning, Color::dim, style_));
    } else {
      text_ += lead.empty() ? "" : std::string(lead) + "\n";
      for (const std::string& line : wrapped(step.meaning, room_beside(4))) {
        text_ += "  " + paint("# " + line, Color::dim, style_) + "\n";
      }
      text_ += "  " + step.command + "\n";
    }
    lead = {};
  }
}

std::string kept_sentence(const RunState& state) {
  const auto done = std::count_if(state.steps.begin(), state.steps.end(),
                                  [](const StepState& step) { return has_result(step.state); });
  if (done == 0) {
    return "No step is done yet. State saved.";
  }
  return fmt::format("{} {} done and kept. State saved.", done,
                     done == 1 ? "step is" : "steps are");
}

}  // namespace runbook
