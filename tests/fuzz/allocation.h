#pragma once
// What a decoder allocates, counted: a few bytes of input must not ask for gigabytes. By the hooks
// of AddressSanitizer, under which every target is built.

#include <sanitizer/allocator_interface.h>

#include <cstddef>

namespace runbook {

inline std::size_t allocated_bytes = 0;  ///< since the start; freed memory counts too

inline const int kHooks = __sanitizer_install_malloc_and_free_hooks(
    [](const volatile void* /*memory*/, std::size_t size) { allocated_bytes += size; },
    [](const volatile void* /*memory*/) {});

}  // namespace runbook
