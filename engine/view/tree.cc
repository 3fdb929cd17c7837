// The view for a person at a terminal. What ended is a line that stays; what runs is drawn below,
// at most ten times a second and only when it changed.

#include <fmt/format.h>

#include "engine/base/duration.h"
#include "engine/view/ending.h"
#include "engine/view/resume_table.h"
#include "engine/view/text_width.h"
#include "engine/view/transitions.h"
#include "engine/view/tree_lines.h"
#include "engine/view/tree_screen.h"
#include "engine/view/tree_steps.h"
#include "engine/view/view.h"
#include "engine/view/wording.h"

namespace runbook {

namespace {

constexpr Timestamp kBetweenDraws = 100;

class TreeView final : public View {
 public:
  explicit TreeView(ViewOutput output)
      : style_(output.style),
        screen_(output.err),
        ending_(output),
        transitions_(output.state_option) {}

  void begun(const std::string& run) override {
    run_ = run;
    ending_.begun(run);
    transitions_.begun(run);
  }

  void event(const Event& event, const RunState& state) override {
    if (std::holds_alternative<event::SessionStarted>(event.payload)) {
      begin_session(event, state);
    } else if (const auto* finished = std::get_if<event::StepFinished>(&event.payload)) {
      keep_ended(event, *finished);
    } else if (const auto* ended = std::get_if<event::SessionEnded>(&event.payload)) {
      if (ended->state == RunPhase::ok) {
        keep_done(event, state);
      }
    } else if (!is_drawn_live(event)) {
      if (const auto said = transitions_.of(event, state)) {
        keep_said(said->what, said->text);
      }
    }
    steps_.event(event, state);
    ending_.event(event, state);
    redraw(event.time);
  }

  void notice(const std::string& sentence) override {
    for (const std::string& line : wrapped(sentence, screen_.size().columns - 1)) {
      screen_.keep(paint(screen_text(line, style_.unicode), Color::wait, style_) + "\n");
    }
    draw();
  }

  void output(const std::string& step, const std::string& line) override {
    steps_.output(step, line);
  }
  void tick(Timestamp now) override { redraw(now); }

  void log(const std::string& step, const std::string& line) override {
    keep_said(step.empty() ? "log" : step, line);
  }

  void resume(const KeptSteps& kept) override { screen_.keep(resume_table(kept, style()) + "\n"); }

  void prompt(const ShownPrompt* prompt) override {
    if (prompt == nullptr) {
      prompt_.reset();
      question_.clear();
    } else {
      if (!prompt_) {
        begin_prompt(*prompt);
      }
      prompt_ = *prompt;
    }
    draw();
  }

  void suspend(bool suspended) override {
    if (suspended) {
      screen_.clear();
      screen_.flush();
    } else {
      screen_.forget();
    }
    suspended_ = suspended;
  }

  void end(const Ending& ending) override {
    suspended_ = false;
    screen_.clear();
    ending_.print_failure(ending);
    ending_.print_results();
  }

 private:
  Style style() const {
    Style style = style_;
    style.width = screen_.size().columns;
    return style;
  }

  /// Shown while it lasts, and not said.
  static bool is_drawn_live(const Event& event) {
    return std::holds_alternative<event::StepStarted>(event.payload) ||
           std::holds_alternative<event::StepWaiting>(event.payload) ||
           std::holds_alternative<event::GateOpened>(event.payload);
  }

  void begin_session(const Event& event, const RunState& state) {
    steps_ = {};
    began_ = event.time;
    StyledLine line;
    line.add(screen_text(state.created.name, style_.unicode), Color::strong);
    line.add(fmt::format("{}run {}", separator(style_), run_));
    if (state.cancel || state.sessions > 1) {
      line.add(fmt::format("{}{}", separator(style_), state.cancel ? "cancelling" : "resumed"),
               Color::dim);
    }
    screen_.keep(line.render(style_, 0) + "\n");
  }

  void keep_ended(const Event& event, const event::StepFinished& finished) {
    const LiveStep* step = steps_.find(event.step);
    const std::string time =
        step == nullptr ? ""
                        : format_duration(std::chrono::milliseconds(event.time - step->started));
    std::string remark;
    if (!has_result(finished.state)) {
      remark = finished.value.empty() ? std::string(state_name(finished.state))
                                      : error_text(finished.value.parse());
    }
    screen_.keep(
        ended_line(finished.state, event.step, time, remark, style_, screen_.size().columns));
  }

  void keep_said(std::string_view what, std::string_view text) {
    constexpr std::size_t kIndent = 12;
    const std::size_t columns = screen_.size().columns;
    std::string label = screen_text(what, style_.unicode);
    for (const std::string& part : wrapped(text, columns - kIndent)) {
      StyledLine line;
      line.add("  ").add(label, Color::dim).to_column(kIndent);
      line.add(screen_text(part, style_.unicode));
      screen_.keep(line.render(style_, 0) + "\n");
      label.clear();
    }
  }

  /// The last line of a run that is done.
  void keep_done(const Event& event, const RunState& state) {
    const std::string counts = counts_text(steps_.progress(""), 0, style_);
    const std::string time = format_duration(std::chrono::milliseconds(event.time - began_));
    screen_.keep(ended_line(State::ok, state.created.name + " is done", time, counts, style_,
                            screen_.size().columns));
  }

  void redraw(Timestamp now) {
    now_ = std::max(now_, now);
    const bool is_due = now_ - drawn_ >= kBetweenDraws || drawn_ == 0;
    if ((is_due && !screen_.is_behind()) || screen_.has_much()) {
      draw();
    }
  }

  void draw() {
    if (suspended_) {
      if (screen_.has_much()) {
        screen_.clear();
      }
      return;
    }
    drawn_ = now_;
    TreeFrame frame{.size = screen_.measure(), .now = now_, .began = began_};
    const std::vector<std::string> asked = prompt_lines(frame.size);
    frame.taken = asked.size();
    std::vector<std::string> region;
    for (const StyledLine& line : tree_lines(steps_, frame, style_)) {
      region.push_back(line.render(style_, frame.size.columns - 1));
    }
    region.insert(region.end(), asked.begin(), asked.end());
    screen_.draw(std::move(region), prompt_.has_value());
  }

  /// What goes on in a second line stands a little further in than the first.
  void add_wrapped(std::vector<std::string>& lines, const std::string& text,
                   std::size_t width) const {
    const std::size_t indentation = std::min(text.find_first_not_of(' '), text.size());
    std::string before(indentation, ' ');
    for (const std::string& line :
         wrapped(text.substr(indentation), width - std::min(indentation + 4, width / 2))) {
      lines.push_back(before + screen_text(line, style_.unicode));
      before = std::string(indentation + 4, ' ');
    }
  }

  /// What is too long to be drawn stays on the screen instead: it can be scrolled to.
  void begin_prompt(const ShownPrompt& prompt) {
    const ScreenSize size = screen_.measure();
    question_.emplace_back();
    for (const std::string& text : prompt.lines) {
      add_wrapped(question_, text, size.columns - 1);
    }
    constexpr std::size_t kForSteps = 5;
    if (question_.size() + kForSteps > size.rows) {
      for (const std::string& line : question_) {
        screen_.keep(line + "\n");
      }
      question_.clear();
    }
  }

  std::vector<std::string> prompt_lines(const ScreenSize& size) const {
    if (!prompt_) {
      return {};
    }
    std::vector<std::string> lines;
    for (const std::string& line : question_) {
      lines.push_back(cut_end(line, size.columns - 1, style_.unicode));
    }
    const std::vector<std::string> asked = wrapped(prompt_->ask, size.columns - 1);
    for (const std::string& line : asked) {
      lines.push_back(paint(screen_text(line, style_.unicode), Color::strong, style_));
    }
    // What is typed is seen to its end.
    const std::string typed = screen_text(prompt_->typed, style_.unicode);
    const std::size_t used = text_columns(asked.back());
    const std::size_t room = size.columns - 1 - std::min(used, size.columns - 1);
    lines.back() += last_columns(typed, room);
    return lines;
  }

  Style style_;
  TreeScreen screen_;
  EndingPrinter ending_;
  Transitions transitions_;
  TreeSteps steps_;
  std::string run_;
  std::optional<ShownPrompt> prompt_;
  std::vector<std::string> question_;  ///< what is drawn above it
  Timestamp now_ = 0, drawn_ = 0, began_ = 0;
  bool suspended_ = false;
};

}  // namespace

std::unique_ptr<View> make_tree_view(ViewOutput output) {
  return std::make_unique<TreeView>(std::move(output));
}

}  // namespace runbook
