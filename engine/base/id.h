#pragma once
// Identifiers and the only source of randomness.

#include <cstdint>
#include <span>
#include <string>

namespace runbook {

/// A run id: four hex digits and two words, "7f3a-lucky-heron". Random; the store refuses a clash
/// and another is drawn.
std::string new_run_id();
/// A random (version 4) UUID in lower case.
std::string new_uuid();
/// Fills from the operating system's generator. Throws Error(Code::internal) if it fails.
void random_bytes(std::span<std::uint8_t> out);
/// Uniform in [0, 1), from random_bytes.
double random_unit();

}  // namespace runbook
