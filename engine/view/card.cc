#include "engine/view/card.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/view/text_width.h"
#include "engine/view/wording.h"

namespace runbook {

namespace {

constexpr std::size_t kNameColumns = 8;
constexpr std::size_t kTextColumn = 2 + kNameColumns + 1;

std::size_t longest_command(const std::vector<NextStep>& steps) {
  std::size_t longest = 0;
  for (const NextStep& step : steps) {
    longest = std::max(longest, text_columns(step.command));
  }
  return longest;
}

}  // namespace

void Card::head(Code code, Color color) {
  const std::string title =
      paint(code_text(code), color, style_) + "  " + std::string(code_info(code).sentence);
  text_ += "\n";
  if (style_.framed) {
    text_ += style_.unicode ? "╷ " : ". ";
  }
  text_ += title + "\n";
  open_ = true;
}

void Card::framed(std::string_view line) {
  const std::string_view rule = style_.unicode ? "│ " : "| ";
  text_ += style_.framed ? paint(rule, Color::dim, style_) : "  ";
  text_ += style_.unicode ? std::string(line) : screen_text(line, false);
  text_ += "\n";
}

void Card::block(std::string_view name, std::string_view text) {
  const bool is_wide = style_.width >= 60;
  const std::size_t room = style_.width == 0 ? 0 : style_.width - (is_wide ? kTextColumn : 4) - 1;
  if (style_.width != 0 && !is_wide) {
    framed(paint(name, Color::strong, style_));
    for (const std::string& line : wrapped(text, room)) {
      framed("  " + line);
    }
    return;
  }
  for (const std::string& line : wrapped(text, room)) {
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
    block("hint", hint);
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
  for (const std::string& line : wrapped(sentence, style_.width)) {
    text_ += line + "\n";
  }
}

void Card::next(const std::vector<NextStep>& steps) {
  close();
  if (steps.empty()) {
    return;
  }
  constexpr std::size_t kLead = 7;
  const std::size_t longest = longest_command(steps);
  const bool is_beside = style_.width == 0 || kLead + longest + 32 <= style_.width;
  std::string_view lead = "Next:";
  for (const NextStep& step : steps) {
    const std::string meaning = paint("# " + step.meaning, Color::dim, style_);
    if (is_beside) {
      text_ += fmt::format("{:<{}}{:<{}}  {}\n", lead, kLead, step.command, longest, meaning);
    } else {
      text_ += lead.empty() ? "" : std::string(lead) + "\n";
      text_ += fmt::format("  {}\n  {}\n", meaning, step.command);
    }
    lead = {};
  }
}

std::string kept_sentence(const RunState& state) {
  const auto done =
      std::count_if(state.steps.begin(), state.steps.end(), [](const StepState& step) {
        return step.state == State::ok || step.state == State::skipped;
      });
  if (done == 0) {
    return "No step is done yet. State saved.";
  }
  return fmt::format("{} {} done and kept. State saved.", done,
                     done == 1 ? "step is" : "steps are");
}

}  // namespace runbook
