#include "engine/base/error.h"
#include "engine/io/http_url.h"
#include "tests/catch.h"

using runbook::Code;
using runbook::EffectDone;
using runbook::Error;
using runbook::HttpOrigin;
using runbook::parse_origin;

TEST_CASE("An origin is scheme, host and port", "[url]") {
  CHECK(parse_origin("https://Node.Example/key?x=1") == HttpOrigin{"https", "node.example", 443});
  CHECK(parse_origin("HTTP://a:b@node.example:8545/") == HttpOrigin{"http", "node.example", 8545});
  CHECK(parse_origin("http://[::1]:80") == HttpOrigin{"http", "::1", 80});
  CHECK(parse_origin("http://node.example?q=a/b@c") == HttpOrigin{"http", "node.example", 80});
}

TEST_CASE("What is shown of a URL holds no path, query or user-info", "[url]") {
  CHECK(parse_origin("https://user:secret@node.example/v2/apikey?token=x").shown() ==
        "https://node.example/…");
  CHECK(parse_origin("http://[::1]:8545/abc").shown() == "http://[::1]:8545/…");
}

TEST_CASE("A text that is no URL is refused without being repeated", "[url]") {
  const char* text = GENERATE(
      "", "node.example", "ftp://secretive/", "http://", "http:///secretive",
      "http://secretive host/", "http://x/\nsecretive", "http://x:99999/", "http://x:8a/",
      "http://secretive:0/", "http://a@b@secretive/", "http://[::1", "http://[::1]secretive",
      "http://x\\secretive/", "http://x<secretive>/", "file:///secretive", "http:/secretive");
  CAPTURE(text);
  try {
    parse_origin(text);
    FAIL("it was accepted");
  } catch (const Error& error) {
    CHECK(error.code == Code::url_invalid);
    CHECK(error.effect == EffectDone::none);
    CHECK_FALSE(error.transient);
    CHECK(error.message.find("secretive") == std::string::npos);
  }
}

TEST_CASE("Loopback addresses are recognised", "[url]") {
  CHECK(parse_origin("http://localhost:8545").is_loopback());
  CHECK(parse_origin("http://anvil.localhost").is_loopback());
  CHECK(parse_origin("http://127.1.2.3").is_loopback());
  CHECK(parse_origin("http://[::1]/").is_loopback());
  CHECK_FALSE(parse_origin("http://127.example.org").is_loopback());
  CHECK_FALSE(parse_origin("http://localhost.example.org").is_loopback());
}

TEST_CASE("Percent encoding leaves only unreserved characters", "[url]") {
  CHECK(runbook::percent_encode("aZ09-._~") == "aZ09-._~");
  CHECK(runbook::percent_encode("a b/&=ä") == "a%20b%2F%26%3D%C3%A4");
}
