#include "engine/view/github_summary.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "engine/base/file.h"
#include "engine/view/wording.h"

namespace runbook {

namespace {

/// More backticks than stand together anywhere in `text`: what it holds is shown as it is.
std::string fence_for(std::string_view text) {
  std::size_t longest = 2;
  std::size_t run = 0;
  for (const char c : text) {
    run = c == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return std::string(longest + 1, '`');
}

std::string as_code(std::string_view text) {
  std::string word = one_line(text);
  std::replace(word.begin(), word.end(), '`', '\'');
  return "`" + word + "`";
}

}  // namespace

std::string github_summary(std::string_view recipe, std::string_view run, const Ending& ending,
                           std::string_view card) {
  std::string text = run.empty()
                         ? fmt::format("### runbook could not begin\n\nExit {}.\n", ending.exit)
                         : fmt::format("### {}: {}\n\nRun {}, exit {}.\n", as_code(recipe),
                                       phase_name(ending.phase), as_code(run), ending.exit);
  std::string shown = plain_text(card);
  if (!shown.empty()) {
    shown.erase(0, shown.find_first_not_of('\n'));
    const std::string fence = fence_for(shown);
    text += fmt::format("\n{}text\n{}{}\n", fence, shown, fence);
  }
  return text + "\n";
}

std::string append_github_summary(const std::string& file, std::string_view summary,
                                  const TextStream& err) {
  const FileDescriptor opened(
      open(file.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0600));
  int failure = opened.valid() ? 0 : errno;
  if (failure == 0) {
    TextStream stream(opened.get());
    stream.mask_like(err);
    stream.write(summary);
    failure = stream.failure();
  }
  return failure == 0 ? ""
                      : fmt::format("the summary for GitHub was not written to {}: {}",
                                    one_line(file), std::strerror(failure));
}

}  // namespace runbook
