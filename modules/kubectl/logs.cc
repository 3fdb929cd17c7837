// What containers printed, and what they print while somebody waits for it.

#include <fmt/core.h>

#include <deque>
#include <optional>

#include "modules/kubectl/connection.h"
#include "modules/kubectl/functions.h"

namespace runbook::kubectl {

namespace {

constexpr std::size_t kMostLinesGiven = 1'000;

/// Thrown out of the stream of lines: the one that was waited for is there.
struct LineFound {
  std::string line;
};

void add_what(const Call& call, std::vector<std::string>& words) {
  if (call.has("object") == call.has("selector")) {
    refuse(Code::option_missing, "kubectl logs: of which pods is not said",
           "object = \"deployment/web\", or selector = \"app=web\"");
  }
  words.push_back(call.has("object") ? object_of(call) : "--selector=" + call.text("selector"));
}

void add_flags(const Call& call, std::vector<std::string>& words) {
  for (const auto& [option, argument] :
       {std::pair{"all_containers", "--all-containers"}, std::pair{"previous", "--previous"},
        std::pair{"timestamps", "--timestamps"}, std::pair{"follow", "--follow"}}) {
    if (call.flag(option)) {
      words.emplace_back(argument);
    }
  }
}

std::vector<std::string> logs_words(const Call& call) {
  std::vector<std::string> words{"logs"};
  add_what(call, words);
  if (call.has("container")) {
    words.push_back("--container=" + call.text("container"));
  }
  words.push_back(fmt::format("--tail={}", call.integer_or("tail", 0)));
  if (call.has("since")) {
    words.push_back("--since=" +
                    go_duration(call.duration_or("since", std::chrono::milliseconds{0})));
  }
  add_flags(call, words);
  return words;
}

/// The last lines, until the one that is waited for.
class Lines {
 public:
  explicit Lines(std::string until) : until_(std::move(until)) {}

  void take(Stream stream, std::string_view text) {
    if (stream != Stream::out) {
      return;
    }
    lines_.push_back(tool::plain_output(std::string(text)));
    if (lines_.size() > kMostLinesGiven) {
      lines_.pop_front();
    }
    if (!until_.empty() && lines_.back().find(until_) != std::string::npos) {
      throw LineFound{lines_.back()};
    }
  }

  Json result(const char* ended) const { return {{"lines", lines_}, {"ended", ended}}; }

  Error missing(const std::string& how) const {
    Error error(Code::kubernetes_not_ready,
                fmt::format("kubectl logs: no line held \"{}\" {}", until_, how), {},
                {{"lines", result("").at("lines")}});
    return error.with_effect(EffectDone::none);
  }

  bool has_end() const { return !until_.empty(); }

 private:
  std::string until_;
  std::deque<std::string> lines_;
};

/// nullopt: it was still printing when the time was over.
Task<std::optional<bool>> follow(Call& call, tool::Command command) {
  try {
    co_await tool::run(call, program(), std::move(command));
    co_return false;
  } catch (const LineFound&) {
    co_return true;
  } catch (const Error& error) {
    if (error.code != Code::process_timed_out) {
      throw;
    }
  }
  co_return std::nullopt;
}

Task<Json> logs(Call& call) {
  const bool follows = call.flag("follow");
  if (call.has("until_line") && !follows) {
    refuse(Code::option_missing, "kubectl logs: until_line needs follow = true");
  }
  Lines lines(call.text_or("until_line", ""));
  tool::Command command =
      command_of(call, {.name = "logs", .words = logs_words(call), .lasts = follows});
  command.on_line = [&lines](Stream stream, std::string_view text) { lines.take(stream, text); };
  const auto timeout = call.duration_or("timeout", std::chrono::minutes{10});
  if (!follows) {
    co_await tool::run(call, program(), std::move(command));
    co_return lines.result("end");
  }
  command.timeout = timeout;
  const std::optional<bool> found = co_await follow(call, std::move(command));
  if (lines.has_end() && !found.value_or(false)) {
    throw lines.missing(found ? "until its containers ended"
                              : "within " + format_duration(timeout));
  }
  co_return lines.result(!found ? "timeout" : *found ? "line" : "end");
}

}  // namespace

Function logs_function() {
  return {.name = "logs",
          .effect = Effect::read,
          .summary =
              "Reads what containers printed, into the step's log too; or follows it until "
              "they end, a line is there, or the time is over.",
          .options = with_namespace(
              {{.name = "object",
                .type = Type::string,
                .help = "\"pod/web-1\", or one pod of \"deployment/web\" or \"job/migrate\"",
                .positional = true},
               kSelectorOption,
               {.name = "container", .type = Type::string, .help = "default: the pod's first"},
               {.name = "all_containers", .type = Type::boolean, .help = "of the pods"},
               {.name = "tail",
                .type = Type::integer,
                .help = "of each container, the last so many lines; -1: all",
                .fallback = 200},
               {.name = "since", .type = Type::duration, .help = "only what is newer"},
               {.name = "previous",
                .type = Type::boolean,
                .help = "of the container before its last restart"},
               {.name = "timestamps", .type = Type::boolean, .help = "a time before each line"},
               {.name = "follow", .type = Type::boolean, .help = "goes on as they print"},
               {.name = "until_line",
                .type = Type::string,
                .help = "with follow: text that the last line holds; an error if it never comes"},
               {.name = "timeout",
                .type = Type::duration,
                .help = "with follow: how long",
                .fallback = "10m"}}),
          .returns =
              "{ lines, ended }: the last 1000 lines at most; ended is \"end\" (nothing more "
              "comes), \"line\" or \"timeout\"",
          .errors = with_errors(
              {Code::kubernetes_not_found, Code::kubernetes_not_ready, Code::kubernetes_invalid}),
          .example =
              "local kubectl = require \"kubectl\"\n"
              "local cluster = kubectl.cluster { context = \"admin\", namespace = \"web\" }\n"
              "step(\"wait until it says hello\", function()\n"
              "  return cluster:logs { \"deployment/web\",  -- kubectl.logs\n"
              "    follow = true, until_line = \"hello\", timeout = \"2m\" }.ended\n"
              "end)",
          .run = logs};
}

}  // namespace runbook::kubectl
