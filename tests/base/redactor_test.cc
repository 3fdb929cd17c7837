#include <algorithm>

#include "engine/base/hash.h"
#include "engine/base/id.h"
#include "engine/base/secret.h"
#include "tests/base/expect_error.h"

using namespace runbook;

namespace {

/// What comes out of a stream that got `text` in pieces of `size` bytes.
std::string in_pieces(const Redactor& redactor, std::string_view text, std::size_t size) {
  Redactor::Stream stream(redactor);
  std::string out;
  for (std::size_t at = 0; at < text.size(); at += size) {
    out += stream.write(text.substr(at, size));
  }
  return out + stream.finish();
}

constexpr std::string_view kValue = "p@ss w/rd'\"$<é>\\&+1";

}  // namespace

TEST_CASE("A redactor without secrets changes nothing", "[redactor]") {
  const Redactor redactor;
  CHECK(redactor.empty());
  CHECK(redactor.redact("any text") == "any text");
  Redactor::Stream stream(redactor);
  CHECK(stream.write("any text") == "any text");
  CHECK(stream.finish().empty());
}

TEST_CASE("A secret is masked by name wherever it stands", "[redactor]") {
  Redactor redactor;
  redactor.add("key", "hunter22");
  CHECK(redactor.redact("hunter22") == "[secret key]");
  CHECK(redactor.redact("a hunter22, b=hunter22;") == "a [secret key], b=[secret key];");
  CHECK(redactor.redact("hunter22hunter22") == "[secret key][secret key]");
  CHECK(redactor.redact("hunter2") == "hunter2");
}

TEST_CASE("A secret is masked in every encoding a tool may print it in", "[redactor]") {
  Redactor redactor;
  redactor.add("k", kValue);
  const std::string value(kValue);
  const std::vector<std::pair<std::string, std::string>> printed = {
      {"raw", value},
      {"base64", to_base64(value)},
      {"base64 after one byte", to_base64("x" + value)},
      {"base64 after two bytes", to_base64("xy" + value)},
      {"base64 of user and password", to_base64("user:" + value)},
      {"base64url", to_base64url(value)},
      {"hex", to_hex(value)},
      {"hex with 0x", "0x" + to_hex(value)},
      {"percent", "p%40ss%20w%2Frd%27%22%24%3C%C3%A9%3E%5C%26%2B1"},
      {"percent in lower case", "p%40ss%20w%2frd%27%22%24%3c%c3%a9%3e%5c%26%2b1"},
      {"a form", "p%40ss+w%2Frd%27%22%24%3C%C3%A9%3E%5C%26%2B1"},
      {"encodeURIComponent", "p%40ss%20w%2Frd'%22%24%3C%C3%A9%3E%5C%26%2B1"},
      {"JSON", Json(value).dump()},
      {"JSON in ASCII", Json(value).dump(-1, ' ', true)},
      {"JSON in JSON", Json(Json(value).dump()).dump()},
      {"JSON as Go writes it", R"("p@ss w/rd'\"$\u003cé\u003e\\\u0026+1")"},
      {"JSON as PHP writes it", R"("p@ss w\/rd'\"$<é>\\&+1")"},
      {"single quotes of a shell", R"('p@ss w/rd'\''"$<é>\&+1')"},
      {"single quotes of Python's shlex", R"('p@ss w/rd'"'"'"$<é>\&+1')"},
      {"double quotes of a shell", R"("p@ss w/rd'\"\$<é>\\&+1")"},
      {"printf %q", R"(p@ss\ w/rd\'\"\$\<é\>\\\&+1)"}};
  for (const auto& [what, text] : printed) {
    INFO(what << ": " << text << " -> " << redactor.redact(text));
    CHECK_THAT(redactor.redact(text), ContainsSubstring("[secret k]"));
    // At most the two quotes, the user's name and the padding remain.
    CHECK(redactor.redact(text).size() <= std::string("[secret k]").size() + 8);
  }
}

TEST_CASE("Base64 leaves nothing of a secret at any alignment", "[redactor]") {
  const std::string value = "0123456789abcdefXYZ";
  Redactor redactor;
  redactor.add("k", value);
  for (std::size_t before = 0; before < 6; ++before) {
    for (std::size_t after = 0; after < 4; ++after) {
      const std::string left =
          redactor.redact(to_base64(std::string(before, '.') + value + std::string(after, '.')));
      INFO(left);
      const auto begin = left.find("[secret k]");
      REQUIRE(begin != std::string::npos);
      CHECK(begin <= (before * 8 + 5) / 6 + 1);
      CHECK(left.size() - begin - 10 <= (after * 8 + 5) / 6 + 3);
    }
  }
}

TEST_CASE("A key in hex is masked in either case, with and without 0x", "[redactor]") {
  const std::string digits = "4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318";
  Redactor redactor;
  redactor.add("key", "0x" + digits);
  std::string upper = digits;
  std::ranges::transform(upper, upper.begin(), [](char c) { return c >= 'a' ? char(c - 32) : c; });
  CHECK(redactor.redact("0x" + digits) == "[secret key]");
  CHECK(redactor.redact(digits) == "[secret key]");
  CHECK(redactor.redact(upper) == "[secret key]");
  CHECK(redactor.redact("0x" + upper) == "[secret key]");
}

TEST_CASE("Each line of a secret of several lines is masked, but no short one", "[redactor]") {
  Redactor redactor;
  redactor.add("pem", "-----BEGIN KEY-----\r\n  c2VjcmV0LWxpbmU\n}\nlast-line\n");
  CHECK(redactor.redact("x c2VjcmV0LWxpbmU y") == "x [secret pem] y");
  CHECK(redactor.redact("last-line") == "[secret pem]");
  CHECK(redactor.redact("{ }") == "{ }");
}

TEST_CASE("A long secret is masked in base64 that is wrapped", "[redactor]") {
  std::string value;
  for (int i = 0; i < 40; ++i) {
    value += new_uuid();
  }
  Redactor redactor;
  redactor.add("k", value);
  const std::string whole = to_base64(value);
  for (const std::size_t width : {64U, 76U}) {
    std::string wrapped;
    for (std::size_t at = 0; at < whole.size(); at += width) {
      wrapped += whole.substr(at, width) + "\n";
    }
    const std::string left = redactor.redact(wrapped);
    INFO(left);
    CHECK(std::ranges::count(left, '[') == std::ranges::count(left, '\n'));
    CHECK(left.size() < 11 * static_cast<std::size_t>(std::ranges::count(left, '\n')) + 8);
  }
}

TEST_CASE("Secrets that overlap leave nothing of either", "[redactor]") {
  Redactor redactor;
  redactor.add("a", "abcdefgh");
  redactor.add("b", "efghijklm");
  redactor.add("c", "cdefgh");
  CHECK(redactor.redact("<abcdefghijklm>") == "<[secret b]>");
  CHECK(redactor.redact("<cdefghijklm>") == "<[secret b]>");
  CHECK(redactor.redact("<abcdefgh>") == "<[secret a]>");
  CHECK(redactor.redact("<cdefgh>") == "<[secret c]>");
}

TEST_CASE("A secret split across writes never shows, at any split", "[redactor]") {
  Redactor redactor;
  redactor.add("k", kValue);
  redactor.add("aaaaaa", "aaaaaa");
  redactor.add("abcabcabd", "abcabcabd");
  const std::string text = "x" + std::string(kValue) + " " + to_base64("u:" + std::string(kValue)) +
                           "|aaaaaaaaaaaaaaaaaaaa|abcabcabcabd|abcabcab|p@ss w/rd|";
  const std::string whole = redactor.redact(text);
  CHECK_THAT(whole, !ContainsSubstring(std::string(kValue)) && ContainsSubstring("p@ss w/rd|"));
  for (std::size_t size = 1; size <= text.size(); ++size) {
    INFO(size);
    // The pieces of one mask that grows may be named once only, so the text is the same.
    CHECK(in_pieces(redactor, text, size) == whole);
  }
}

TEST_CASE("Random streams come out as if they had come at once", "[redactor]") {
  for (int round = 0; round < 300; ++round) {
    Redactor redactor;
    std::string text;
    const auto letters = [](std::size_t size) {
      std::string made;
      for (std::size_t i = 0; i < size; ++i) {
        made += random_unit() < 0.7 ? 'a' : 'b';
      }
      return made;
    };
    // One name: which of two overlapping secrets names a mask may depend on the borders.
    redactor.add("k", letters(6));
    redactor.add("k", letters(9));
    text = letters(80);
    const std::string whole = redactor.redact(text);
    for (const std::size_t size : {1U, 2U, 3U, 7U, 11U}) {
      REQUIRE(in_pieces(redactor, text, size) == whole);
    }
  }
}

TEST_CASE("A stream holds back no more than may still become a secret", "[redactor]") {
  Redactor redactor;
  redactor.add("k", "hunter22");
  Redactor::Stream stream(redactor);
  CHECK(stream.write("text hun") == "text ");
  CHECK(stream.write("ger") == "hunger");
  CHECK(stream.write("hunter2") == "");
  CHECK(stream.finish() == "hunter2");
  CHECK(stream.write("fast") == "fast");
  for (int i = 0; i < 1000; ++i) {
    stream.write("hunter22");
  }
  CHECK(stream.write(" end").size() <= 20);
}

TEST_CASE("A secret added while a stream is open is masked in what follows", "[redactor]") {
  Redactor redactor;
  redactor.add("first", "hunter22");
  Redactor::Stream stream(redactor);
  CHECK(stream.write("hunt").empty());
  redactor.add("second", "secret-two");
  CHECK(stream.write("er22 secret-two.") == "[secret first] [secret second].");
}

TEST_CASE("Values are redacted in depth, keys included", "[redactor]") {
  Redactor redactor;
  redactor.add("k", "hunter22");
  const Json value = {{"hunter22", 1}, {"list", Json::array({"a hunter22", nullptr, 2.5})}};
  CHECK(redactor.redact(value) ==
        Json{{"[secret k]", 1}, {"list", Json::array({"a [secret k]", nullptr, 2.5})}});
}

TEST_CASE("A secret too short to be masked is refused by name", "[redactor]") {
  Redactor redactor;
  const Error error = expect_error(Code::secret_too_short, [&] { redactor.add("pin", "12345"); });
  CHECK_THAT(error.message, ContainsSubstring("pin") && !ContainsSubstring("12345"));
  CHECK(redactor.empty());
  redactor.add("pin", "123456");
  CHECK(redactor.redact("123456") == "[secret pin]");
}

TEST_CASE("A text that was cut is kept up to where a secret may be missing its end", "[redactor]") {
  Redactor redactor;
  CHECK(redactor.whole_length("a hunt") == 6);
  redactor.add("key", "hunter22");
  redactor.add("other", "ter22-and-more");
  CHECK(redactor.whole_length("nothing here") == 12);
  CHECK(redactor.whole_length("a hunt") == 2);
  CHECK(redactor.whole_length("hunter22 hunt") == 9);
  CHECK(redactor.whole_length("a hunter22-an") == 2);  // nor inside one that is whole
  CHECK(redactor.whole_length("a hunter22.") == 11);
}
