// One line per transition: what a log of a run looks like.

#include <fmt/format.h>

#include "engine/view/ending.h"
#include "engine/view/prompt_line.h"
#include "engine/view/resume_table.h"
#include "engine/view/transitions.h"
#include "engine/view/view.h"
#include "engine/view/wording.h"

namespace runbook {

namespace {

class PlainView final : public View {
 public:
  explicit PlainView(ViewOutput output)
      : err_(output.err),
        style_(output.style),
        ending_(output),
        transitions_(std::move(output.state_option)) {}

  void begun(const std::string& run) override {
    ending_.begun(run);
    transitions_.begun(run);
  }

  void event(const Event& event, const RunState& state) override {
    now_ = event.time;
    if (const auto said = transitions_.of(event, state)) {
      line(said->what, said->text, said->color);
    }
    ending_.event(event, state);
  }

  void notice(const std::string& sentence) override { line("note", plain_text(sentence)); }
  void log(const std::string& step, const std::string& text) override {
    line("log", fmt::format("{}{}{}", step, step.empty() ? "" : ": ", plain_text(text)));
  }

  void resume(const KeptSteps& kept) override {
    for (const auto& [what, text] : resume_rows(kept)) {
      line(what, text);
    }
  }

  void prompt(const ShownPrompt* prompt) override { asked_.show(err_, prompt); }

  void end(const Ending& ending) override {
    ending_.print_failure(ending);
    ending_.print_results();
  }

 private:
  void line(std::string_view what, std::string_view text, Color color = Color::none) {
    const std::string label = paint(fmt::format("{:<11}", what), color, style_);
    err_.write(fmt::format("{} {} {}\n", now_ == 0 ? "--:--:--" : clock_time(now_), label, text));
  }

  TextStream& err_;
  Style style_;
  EndingPrinter ending_;
  Transitions transitions_;
  PromptLine asked_;
  Timestamp now_ = 0;  ///< time of the latest event
};

}  // namespace

std::unique_ptr<View> make_plain_view(ViewOutput output) {
  return std::make_unique<PlainView>(std::move(output));
}

}  // namespace runbook
