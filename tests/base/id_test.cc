#include "engine/base/id.h"

#include <algorithm>
#include <array>
#include <set>

#include "engine/base/path.h"
#include "tests/catch.h"

using namespace runbook;

TEST_CASE("A run id is four hex digits and two words", "[id]") {
  std::set<std::string> seen;
  for (int i = 0; i < 200; ++i) {
    const std::string id = new_run_id();
    INFO(id);
    REQUIRE(id.size() >= 4 + 1 + 2 + 1 + 2);
    CHECK(id.substr(0, 4).find_first_not_of("0123456789abcdef") == std::string::npos);
    CHECK(std::ranges::count(id, '-') == 2);
    CHECK(path_slug(id) == id);
    seen.insert(id);
  }
  CHECK(seen.size() > 195);
}

TEST_CASE("A UUID is of version 4", "[id]") {
  const std::string uuid = new_uuid();
  REQUIRE(uuid.size() == 36);
  CHECK(uuid[14] == '4');
  CHECK(std::string("89ab").find(uuid[19]) != std::string::npos);
  CHECK(uuid[8] == '-');
  CHECK(uuid != new_uuid());
}

TEST_CASE("Random bytes fill all that was asked for", "[id]") {
  std::array<std::uint8_t, 4096> bytes{};
  random_bytes(bytes);
  std::set<int> values(bytes.begin(), bytes.end());
  CHECK(values.size() > 200);
  CHECK(std::any_of(bytes.end() - 16, bytes.end(), [](auto byte) { return byte != 0; }));
  random_bytes({});
}

TEST_CASE("A random unit is at least 0, less than 1 and spread out", "[id]") {
  double sum = 0;
  for (int i = 0; i < 1000; ++i) {
    const double unit = random_unit();
    REQUIRE((unit >= 0 && unit < 1));
    sum += unit;
  }
  CHECK((sum > 400 && sum < 600));
}
