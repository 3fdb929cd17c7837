// Lines for GitHub's runner: what a step printed is folded into a group, a failure is an
// annotation at its line of the recipe.

#include <fmt/format.h>

#include "engine/base/error.h"
#include "engine/view/ending.h"
#include "engine/view/excerpt.h"
#include "engine/view/failure_card.h"
#include "engine/view/prompt_line.h"
#include "engine/view/resume_table.h"
#include "engine/view/transitions.h"
#include "engine/view/view.h"
#include "engine/view/wording.h"

namespace runbook {

namespace {

constexpr std::size_t kGroupLines = 200;

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at)) {
    text.replace(at, from.size(), to);
    at += to.size();
  }
}

/// What the runner decodes again in a command's message and in its properties.
std::string encoded(std::string text, bool is_property) {
  replace_all(text, "%", "%25");
  replace_all(text, "\r", "%0D");
  replace_all(text, "\n", "%0A");
  if (is_property) {
    replace_all(text, ":", "%3A");
    replace_all(text, ",", "%2C");
  }
  return text;
}

/// Output that holds no command for the runner: neither "::error …" at its beginning nor
/// "##[error]" anywhere.
std::string harmless(std::string text) {
  replace_all(text, "##[", "## [");
  const std::size_t begin = text.find_first_not_of(" \t");
  return begin != std::string::npos && text.compare(begin, 2, "::") == 0 ? "> " + text : text;
}

class GithubView final : public View {
 public:
  explicit GithubView(ViewOutput output)
      : err_(output.err),
        log_file_(output.log_file),
        ending_(output),
        transitions_(std::move(output.state_option)) {}

  void begun(const std::string& run) override {
    ending_.begun(run);
    transitions_.begun(run);
  }

  void event(const Event& event, const RunState& state) override {
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
    std::string text = folded.empty() ? "" : "::group::";
    text += harmless(plain_text(line)) + "\n";
    for (const std::string& inner : folded) {
      text += harmless(inner) + "\n";
    }
    err_.write(folded.empty() ? text : text + "::endgroup::\n");
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
      properties = fmt::format("file={},line={},", encoded(site.substr(0, colon), true),
                               encoded(site.substr(colon + 1), true));
    }
    const std::string title =
        code_text(error.code) + (error.path.empty() ? "" : " " + one_line(error.path));
    err_.write(fmt::format("::{} {}title={}::{}\n", is_failure ? "error" : "warning", properties,
                           encoded(title, true), encoded(plain_text(error.message), false)));
  }

  TextStream& err_;
  LogFile log_file_;
  EndingPrinter ending_;
  PromptLine asked_;
  Transitions transitions_;
};

}  // namespace

std::string github_mask(std::string_view value) {
  return "::add-mask::" + encoded(std::string(value), false) + "\n";
}

std::unique_ptr<View> make_github_view(ViewOutput output) {
  return std::make_unique<GithubView>(std::move(output));
}

}  // namespace runbook
