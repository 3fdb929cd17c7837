#pragma once
// What is printed when a session stops because a person has to decide: whether something happened,
// or what a gate or a question asks.

#include <string>

#include "engine/view/failure_card.h"

namespace runbook {

/// What was intended, the evidence, the choices and what each does.
std::string unknown_card(const CardFacts& facts, const Style& style);
/// What is asked, of whom and until when, and how to answer from anywhere.
std::string waiting_card(const CardFacts& facts, const Style& style);

}  // namespace runbook
