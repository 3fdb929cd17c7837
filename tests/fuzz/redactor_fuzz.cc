// Redaction: the same bytes are masked however they are cut into chunks, and no secret remains.
// Input: one byte of chunk size, then two secrets and a text, separated by newlines.
#include <string>

#include "engine/base/error.h"
#include "engine/base/secret.h"
#include "engine/base/secret_forms.h"
#include "tests/fuzz/target.h"

namespace {

std::string take_line(std::string& text) {
  const auto end = text.find('\n');
  const std::string line = text.substr(0, end);
  text.erase(0, end == std::string::npos ? end : end + 1);
  return line;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  if (size < 2 || size > 4096) {
    return 0;
  }
  const std::size_t chunk = data[0] % 32U + 1U;
  std::string text(data + 1, data + size);
  runbook::Redactor redactor;
  for (int i = 0; i < 2; ++i) {
    const std::string secret = take_line(text);
    if (secret.size() < runbook::kShortestSecret) {
      return 0;
    }
    redactor.add("k", secret);
    check(redactor.redact(secret) == "[secret k]");
  }
  const std::string whole = redactor.redact(text);
  runbook::Redactor::Stream stream(redactor);
  std::string streamed;
  for (std::size_t at = 0; at < text.size(); at += chunk) {
    streamed += stream.write(std::string_view(text).substr(at, chunk));
  }
  check(streamed + stream.finish() == whole);
  return 0;
}
