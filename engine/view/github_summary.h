#pragma once
// What GitHub shows on the page of a job about a session: Markdown, in the file that
// $GITHUB_STEP_SUMMARY names.

#include <string>
#include <string_view>

#include "engine/view/view.h"

namespace runbook {

/// How a run of `recipe` ended; `card` is what was printed about it: lines, or nothing. Of a
/// session that never began `run` is empty.
std::string github_summary(std::string_view recipe, std::string_view run, const Ending& ending,
                           std::string_view card);
/// Appends to the file, for other steps write there too, masked as `err` masks. What went wrong as
/// a sentence; empty if nothing did.
std::string append_github_summary(const std::string& file, std::string_view summary,
                                  const TextStream& err);

}  // namespace runbook
