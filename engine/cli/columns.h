#pragma once
// Text in columns, as wide as the terminal.

#include <cstddef>
#include <string>
#include <string_view>

namespace runbook {

class TextStream;

/// Of the terminal that the stream is; 0 if it is none: then nothing is wrapped.
std::size_t columns_of(const TextStream& stream);

/// `first` and `text`, which is wrapped beside it, or below it where too little room is left.
std::string beside(const std::string& first, std::string_view text, std::size_t columns);

}  // namespace runbook
