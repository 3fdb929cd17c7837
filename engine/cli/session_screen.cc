#include "engine/cli/session_screen.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace runbook {

namespace {

std::unique_ptr<View> make_view(OutputFormat format, const ViewOutput& output) {
  switch (format) {
    case OutputFormat::json:
      return make_jsonl_view(output);
    case OutputFormat::quiet:
      return make_quiet_view(output);
    case OutputFormat::tree:
      return make_tree_view(output);
    case OutputFormat::github:
      return make_github_view(output);
    case OutputFormat::plain:
      break;
  }
  return make_plain_view(output);
}

/// Choices with a meaning stand one below the other, those without in the line that asks.
ShownPrompt shown(const Prompt& prompt) {
  std::size_t longest = 0;
  for (const Prompt::Choice& choice : prompt.choices) {
    longest = std::max(longest, choice.word.size());
  }
  ShownPrompt shown{.lines = prompt.lines, .ask = prompt.label, .typed = {}};
  for (const Prompt::Choice& choice : prompt.choices) {
    if (choice.meaning.empty()) {
      shown.ask += (shown.ask.empty() ? "" : "  ") + choice.word;
    } else {
      shown.lines.push_back(fmt::format("  {:<{}}  {}", choice.word, longest, choice.meaning));
    }
  }
  if (shown.ask.empty()) {
    shown.ask = "your choice";
  }
  shown.ask += prompt.secret ? " (what you type is not shown): " : ": ";
  return shown;
}

/// Shows a question as long as it lives.
class OpenPrompt {
 public:
  OpenPrompt(View& view, Latch& asking, const Prompt& prompt)
      : view_(view), asking_(asking), prompt_(shown(prompt)) {
    asking_.close();
    view_.prompt(&prompt_);
  }
  ~OpenPrompt() {
    view_.prompt(nullptr);
    asking_.open();
  }
  OpenPrompt(const OpenPrompt&) = delete;
  OpenPrompt& operator=(const OpenPrompt&) = delete;

  void type(const std::string& text) {
    prompt_.typed = text;
    view_.prompt(&prompt_);
  }

 private:
  View& view_;
  Latch& asking_;
  ShownPrompt prompt_;
};

bool is_choice(const Prompt& prompt, char key) {
  return std::any_of(prompt.choices.begin(), prompt.choices.end(),
                     [key](const Prompt::Choice& choice) { return choice.key == key; });
}

Task<std::optional<std::string>> read_choice(TerminalInput& input, const Prompt& prompt,
                                             OpenPrompt& open, CancelPtr cancel) {
  for (;;) {
    const std::optional<char> key = co_await input.key(cancel);
    if (!key) {
      co_return std::nullopt;
    }
    const char small = *key >= 'A' && *key <= 'Z' ? static_cast<char>(*key + ('a' - 'A')) : *key;
    for (const char wanted : {*key, small}) {
      if (is_choice(prompt, wanted)) {
        open.type(std::string(1, wanted));
        co_return std::string(1, wanted);
      }
    }
  }
}

}  // namespace

SessionScreen::SessionScreen(OutputFormat format, const ViewOutput& output)
    : is_tree_(format == OutputFormat::tree), view_(make_view(format, output)) {}

// One at a time: whoever else wants to ask waits. A question that was answered elsewhere is
// withdrawn by its `cancel`.
Task<std::optional<std::string>> SessionScreen::ask(Loop& loop, Prompt prompt, CancelPtr cancel) {
  std::shared_ptr<Latch> asking = asking_.lock();
  if (!asking) {
    asking = std::make_shared<Latch>(loop);
    asking->open();
    asking_ = asking;
  }
  try {
    while (!asking->is_open()) {
      co_await asking->wait(cancel);
    }
    TerminalInput input(loop);
    OpenPrompt open(*view_, *asking, prompt);
    if (!prompt.choices.empty()) {
      co_return co_await read_choice(input, prompt, open, cancel);
    }
    std::function<void(const std::string&)> changed = [&open, &prompt](const std::string& text) {
      open.type(prompt.secret ? std::string() : text);
    };
    co_return co_await input.line(std::move(changed), cancel);
  } catch (const Cancelled&) {
    co_return std::nullopt;  // as the contract has it: answered elsewhere, or the session stops
  }
}

RunListener SessionScreen::listener(std::shared_ptr<Redactor> redactor, bool asks) {
  RunListener listener;
  listener.redactor = std::move(redactor);
  listener.begun = [this](const std::string& run) { view_->begun(run); };
  listener.event = [this](const Event& event, const RunState& state) {
    view_->event(event, state);
  };
  listener.notice = [this](const std::string& sentence) { view_->notice(sentence); };
  listener.log = [this](const std::string& step, const std::string& line) {
    view_->log(step, line);
  };
  listener.resume = [this](const RunListener::Resume& resume) {
    view_->resume({resume.kept, resume.changed_steps, resume.changed_inputs, resume.changed_files,
                   resume.next, resume.expected, resume.open});
  };
  listener.terminal_taken = [this](bool taken) {
    taken_ = taken;
    hidden_.reset();
    view_->suspend(taken);
  };
  if (is_tree_) {
    listener.output = [this](const std::string& step, const std::string& line) {
      view_->output(step, line);
    };
    // The first tick comes after the engine has remembered how the terminal was.
    listener.tick = [this](Timestamp now) { tick(now); };
  }
  if (asks) {
    listener.prompt = [this](Loop& loop, Prompt prompt, CancelPtr cancel) {
      return ask(loop, std::move(prompt), std::move(cancel));
    };
  }
  return listener;
}

// A shell that stops us has the terminal meanwhile, and leaves it otherwise than it was.
void SessionScreen::tick(Timestamp now) {
  auto found = TerminalMode::Found::ours;
  if (!taken_) {
    if (!hidden_) {
      hidden_.emplace(Typing::hidden);
    }
    found = hidden_->look();
  }
  const bool was_background = std::exchange(background_, found == TerminalMode::Found::background);
  if (background_ != was_background || found == TerminalMode::Found::returned) {
    view_->suspend(false);
    view_->suspend(background_ || taken_);
  }
  view_->tick(now);
}

void SessionScreen::end(const Ending& ending) {
  hidden_.reset();
  view_->end(ending);
}

}  // namespace runbook
