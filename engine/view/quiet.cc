#include "engine/view/ending.h"
#include "engine/view/prompt_line.h"
#include "engine/view/view.h"

namespace runbook {

namespace {

class QuietView final : public View {
 public:
  explicit QuietView(ViewOutput output) : err_(output.err), ending_(std::move(output)) {}
  void begun(const std::string& run) override { ending_.begun(run); }
  void event(const Event& event, const RunState& state) override { ending_.event(event, state); }
  void notice(const std::string& /*sentence*/) override {}
  void log(const std::string& /*step*/, const std::string& /*line*/) override {}
  void resume(const KeptSteps& /*kept*/) override {}
  void prompt(const ShownPrompt* prompt) override { asked_.show(err_, prompt); }
  void end(const Ending& ending) override {
    ending_.print_results();
    ending_.print_failure(ending);
  }

 private:
  TextStream& err_;
  EndingPrinter ending_;
  PromptLine asked_;
};

}  // namespace

std::unique_ptr<View> make_quiet_view(ViewOutput output) {
  return std::make_unique<QuietView>(std::move(output));
}

}  // namespace runbook
