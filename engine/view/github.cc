// Lines for GitHub's runner: what a step printed is folded into a group, a failure is an
// annotation at its line of the recipe, and the page of the job tells how the run ended.

#include <fmt/format.h>

#include "engine/base/error.h"
#include "engine/view/ending.h"
#include "engine/view/excerpt.h"
#include "engine/view/failure_card.h"
#include "engine/view/github_command.h"
#include "engine/view/github_summary.h"
#include "engine/view/prompt_line.h"
#include "engine/view/resume_table.h"
#include "engine/view/transitions.h"
#include "engine/view/view.h"
#include "engine/view/wording.h"

namespace runbook {

namespace {

constexpr std::size_t kGroupLines = 200;

class GithubView final : public View {
 public:
  explicit GithubView(ViewOutput output)
      : err_(output.err),
        log_file_(output.log_file),
        summary_file_(output.summary_file),
        ending_(output),
        transitions_(std::move(output.state_option)) {
    output.out.guard_commands();
    output.err.guard_commands();
  }

  void begun(const std::string& run) override {
    ending_.begun(run);
    transitions_.begun(run);
  }

  void event(const Event& event, const RunState& state) override {
    recipe_ = state.created.name;
    if (const auto said = transitions_.of(event, state)) {
      say(fmt::format("{} {:<11} {}", clock_time(event.time), said->what, said->text),
          printed(event, state));
    }
    if (const auto* ended = std::get_if<event::SessionEnded>(&event.payload)) {
      annotate(*ended, state);
    }
    ending_.event(event, state);
  }

  void notice(const std::string& sentence) override { say(sentence, {}); }
  void log(const std::string& step, const std::string& line) override {
    say(step.empty() ? line : step + ": " + line, {});
  }
  void resume(const KeptSteps& kept) override {
    for (const auto& [what, text] : resume_rows(kept)) {
      say(fmt::format("{:<11} {}", what, text), {});
    }
  }
  void prompt(const ShownPrompt* prompt) override { asked_.show(err_, prompt); }
  void end(const Ending& ending) override {
    ending_.print_failure(ending);
    ending_.print_results();
    if (!summary_file_.empty()) {
      const std::string failure = append_github_summary(
          summary_file_, github_summary(recipe_, ending_.run(), ending, ending_.failure(ending)),
          err_);
      if (!failure.empty()) {
        notice(failure);
      }
    }
  }

 private:
  /// The end of what a step printed, once it ended.
  std::vector<std::string> printed(const Event& event, const RunState& state) const {
    const StepState* step = state.find_step(event.step);
    if (!std::holds_alternative<event::StepFinished>(event.payload) || step == nullptr ||
        !log_file_) {
      return {};
    }
    return last_log_lines(log_file_(ending_.run(), state.step_index.at(event.step) + 1, *step),
                          kGroupLines);
  }

  void say(const std::string& line, const std::vector<std::string>& folded) {
    if (folded.empty()) {
      err_.write(plain_text(line) + "\n");
      return;
    }
    std::string text;
    for (const std::string& inner : folded) {
      text += inner + "\n";
    }
    err_.write_command(github_command("group", "", plain_text(line)));
    err_.write(text);
    err_.write_command(github_command("endgroup", "", ""));
  }

  void annotate(const event::SessionEnded& ended, const RunState& state) {
    if (ended.error.is_null()) {
      return;
    }
    const Error error = Error::from_json(ended.error);
    const bool is_failure = ended.state == RunPhase::failed || ended.state == RunPhase::unknown;
    std::string properties;
    const std::string site = site_of(error.detail, state.find_step(error.path));
    if (const std::size_t colon = site.rfind(':'); colon != std::string::npos) {
      properties = fmt::format("file={},line={},", github_property(site.substr(0, colon)),
                               github_property(site.substr(colon + 1)));
    }
    const std::string title =
        code_text(error.code) + (error.path.empty() ? "" : " " + one_line(error.path));
    err_.write_command(github_command(is_failure ? "error" : "warning",
                                      properties + "title=" + github_property(title),
                                      plain_text(error.message)));
  }

  TextStream& err_;
  LogFile log_file_;
  std::string summary_file_;
  std::string recipe_;
  EndingPrinter ending_;
  PromptLine asked_;
  Transitions transitions_;
};

}  // namespace

std::unique_ptr<View> make_github_view(ViewOutput output) {
  return std::make_unique<GithubView>(std::move(output));
}

}  // namespace runbook
