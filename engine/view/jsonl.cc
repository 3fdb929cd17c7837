#include "engine/view/ending.h"
#include "engine/view/prompt_line.h"
#include "engine/view/view.h"

namespace runbook {

namespace {

/// Everything is an event, so stdout has the events and nothing else; errors stay readable on
/// stderr.
class JsonLinesView final : public View {
 public:
  explicit JsonLinesView(ViewOutput output)
      : out_(output.out), err_(output.err), ending_(std::move(output)) {}
  void begun(const std::string& run) override { ending_.begun(run); }
  void event(const Event& event, const RunState& state) override {
    out_.write(to_json_line(event, ending_.run())
                   .dump(-1, ' ', false, OrderedJson::error_handler_t::replace) +
               "\n");
    ending_.event(event, state);
  }
  void notice(const std::string& /*sentence*/) override {}
  void log(const std::string& /*step*/, const std::string& /*line*/) override {}
  void resume(const KeptSteps& /*kept*/) override {}
  void prompt(const ShownPrompt* prompt) override { asked_.show(err_, prompt); }
  void end(const Ending& ending) override { ending_.print_failure(ending); }

 private:
  TextStream& out_;
  TextStream& err_;
  EndingPrinter ending_;
  PromptLine asked_;
};

}  // namespace

std::unique_ptr<View> make_jsonl_view(ViewOutput output) {
  return std::make_unique<JsonLinesView>(std::move(output));
}

}  // namespace runbook
