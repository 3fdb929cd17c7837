#pragma once
// What each fuzz target is: a function that must hold for any bytes, and how it says that something
// does not.

#include <cstddef>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size);

inline void check(bool holds) {
  if (!holds) {
    std::abort();
  }
}
