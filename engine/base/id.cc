#include "engine/base/id.h"

#include <fmt/format.h>
#include <sys/random.h>

#include <array>
#include <cerrno>

#include "engine/base/error.h"
#include "engine/base/hash.h"

namespace runbook {

namespace {

// 64 each, so that six bits choose one without bias. Short, easy to say, hard to mistake.
constexpr std::array<std::string_view, 64> kAdjectives = {
    "able",  "amber",  "bold",  "brave", "brief", "bright", "brisk", "broad", "calm",  "clean",
    "clear", "clever", "cool",  "crisp", "deep",  "dry",    "eager", "early", "easy",  "fair",
    "fast",  "fine",   "firm",  "fond",  "fresh", "full",   "glad",  "gold",  "good",  "grand",
    "great", "green",  "happy", "hardy", "keen",  "kind",   "large", "late",  "light", "lively",
    "long",  "loud",   "lucky", "merry", "mild",  "neat",   "new",   "noble", "plain", "proud",
    "quick", "quiet",  "rapid", "ready", "sharp", "silver", "smart", "snug",  "solid", "steady",
    "sunny", "swift",  "warm",  "wise"};
constexpr std::array<std::string_view, 64> kAnimals = {
    "ant",   "badger", "bat",      "bear",   "beaver", "bee",   "bison", "boar",  "camel", "cat",
    "cobra", "cod",    "crab",     "crane",  "crow",   "deer",  "dog",   "dove",  "duck",  "eagle",
    "eel",   "elk",    "falcon",   "ferret", "finch",  "fox",   "frog",  "gecko", "goat",  "goose",
    "hare",  "hawk",   "hedgehog", "heron",  "horse",  "ibex",  "jay",   "koala", "lark",  "lemur",
    "lion",  "lynx",   "mole",     "moose",  "moth",   "mouse", "newt",  "orca",  "otter", "owl",
    "panda", "perch",  "pike",     "puffin", "raven",  "robin", "seal",  "shark", "snail", "stork",
    "swan",  "tiger",  "trout",    "wolf"};

template <std::size_t Size>
std::array<std::uint8_t, Size> draw() {
  std::array<std::uint8_t, Size> bytes{};
  random_bytes(bytes);
  return bytes;
}

}  // namespace

std::string new_run_id() {
  const auto bytes = draw<4>();
  return fmt::format("{:02x}{:02x}-{}-{}", bytes[0], bytes[1], kAdjectives.at(bytes[2] % 64),
                     kAnimals.at(bytes[3] % 64));
}

std::string new_uuid() {
  auto bytes = draw<16>();
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0FU) | 0x40U);  // version 4
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3FU) | 0x80U);  // variant of RFC 4122
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) {
      text += '-';
    }
    text += fmt::format("{:02x}", bytes.at(i));
  }
  return text;
}

void random_bytes(std::span<std::uint8_t> out) {
  while (!out.empty()) {
    const ssize_t got = getrandom(out.data(), out.size(), 0);
    if (got < 0 && errno == EINTR) {
      continue;
    }
    RB_CHECK(got > 0);
    out = out.subspan(static_cast<std::size_t>(got));
  }
}

double random_unit() {
  const auto bytes = draw<8>();
  std::uint64_t bits = 0;
  for (const std::uint8_t byte : bytes) {
    bits = bits << 8U | byte;
  }
  return static_cast<double>(bits >> 11U) * 0x1.0p-53;
}

}  // namespace runbook
