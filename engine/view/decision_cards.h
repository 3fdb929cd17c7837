#pragma once
// What is printed when a session stops because a person has to decide: whether something happened,
// or what a gate or a question asks.

#include <cstddef>
#include <string>
#include <vector>

#include "engine/view/failure_card.h"

namespace runbook {

/// What was intended, the evidence, the choices and what each does.
std::string unknown_card(const CardFacts& facts, const Style& style);
/// What is asked, of whom and until when, and how to answer from anywhere.
std::string waiting_card(const CardFacts& facts, const Style& style);
/// What a question shows: a line for each of its values, which are cut at `limit` bytes.
std::vector<std::string> shown_lines(const Json& shown, std::size_t limit);

}  // namespace runbook
