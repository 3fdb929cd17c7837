#include "modules/devspace/release_record.h"

#include <zlib.h>

#include "engine/base/error.h"
#include "engine/base/hash.h"
#include "engine/base/json.h"
#include "engine/base/shown_text.h"

namespace runbook::devspace {

namespace {

constexpr std::size_t kMostBytes = std::size_t{64} << 20;

/// Empty if it is not gzip, or more than kMostBytes.
std::string decompressed(const std::string& bytes) {
  constexpr int kGzip = 16 + MAX_WBITS;
  z_stream stream{};
  if (inflateInit2(&stream, kGzip) != Z_OK) {
    return {};
  }
  std::string input = bytes;
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  std::string text, buffer(std::size_t{64} << 10, '\0');
  int status = Z_OK;
  while (status == Z_OK && text.size() < kMostBytes) {
    stream.next_out = reinterpret_cast<Bytef*>(buffer.data());
    stream.avail_out = static_cast<uInt>(buffer.size());
    status = inflate(&stream, Z_NO_FLUSH);
    text.append(buffer, 0, buffer.size() - stream.avail_out);
  }
  inflateEnd(&stream);
  return status == Z_STREAM_END ? text : std::string();
}

}  // namespace

std::string recorded_description(const std::string& data) {
  std::string text;
  try {
    text = decompressed(from_base64(from_base64(data)));
  } catch (const Error& error) {
    RB_CHECK(error.code == Code::encoding_invalid);
    return {};
  }
  const Json release = Json::parse(text, nullptr, false);
  const Json::json_pointer where("/info/description");
  return release.is_object() && release.contains(where) && release.at(where).is_string()
             ? one_line(release.at(where).get<std::string>(), 300)
             : std::string();
}

}  // namespace runbook::devspace
