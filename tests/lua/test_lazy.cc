#include "tests/catch.h"
#include "tests/lua/driver.h"

using namespace runbook;
using namespace runbook::lua;

namespace {

/// What `source` returns when the global `r` is the recorded result `text`.
Result with_result(const std::string& text, const std::string& source) {
  Driver driver;
  push_lazy(driver.state.main(), RawJson(text));
  driver.state.set_global("r");
  return driver.run(source);
}

const char* const kObject = R"({"list":[1,2],"name":"x","$$tag":true})";

}  // namespace

TEST_CASE("A recorded object fills itself however it is first used", "[lua]") {
  const Json all = Json::parse(kObject);
  CHECK(with_result(kObject, "return r.name").value == "x");
  CHECK(with_result(kObject, "return r['$tag']").value == true);
  CHECK(with_result(kObject, "return #r.list").value == 2);
  CHECK(with_result(kObject, "return r.absent").value == nullptr);
  CHECK(with_result(kObject, "return rawget(r, 'name')").value == "x");
  CHECK(with_result(kObject, "return (next(r))").value == "$tag");
  CHECK(with_result(kObject, "local s = '' for k in pairs(r) do s = s .. k end return s").value ==
        "$taglistname");
  CHECK(with_result(kObject, "local n = 0 for k in next, r do n = n + 1 end return n").value == 3);
  CHECK(with_result(kObject, "return r").value == all);
  CHECK(with_result(kObject, "return { inner = r }").value == Json{{"inner", all}});
}

TEST_CASE("A recorded object is a plain table once it is filled", "[lua]") {
  Json changed = Json::parse(kObject);
  changed["extra"] = 1;
  CHECK(with_result(kObject, "r.extra = 1 return r").value == changed);
  CHECK(with_result(kObject, "r.name = nil return r.name").value == nullptr);
  CHECK(with_result(kObject, "rawset(r, 'extra', 1) return r").value == changed);
  CHECK(with_result(kObject, "return setmetatable(r, { __index = { deep = 5 } }).deep").value == 5);
  CHECK(with_result(kObject, "return getmetatable(r)").value == nullptr);
  CHECK(with_result(kObject, "return type(r) .. tostring(r)").value == "tabletable");
}

TEST_CASE("Scalars, lists and tags are there at once", "[lua]") {
  CHECK(with_result("", "return r == nil").error->code == Code::unknown_global);
  CHECK(with_result("\"text\"", "return r").value == "text");
  CHECK(with_result("[1,2]", "return #r").value == 2);
  CHECK(with_result("false", "return r").value == false);
  CHECK(with_result(R"({"$bigint":"12"})", "return tostring(r)").value == "12");
  CHECK(with_result(" { } ", "return next(r) == nil").value == true);
  const State state;
  push_lazy(state.main(), RawJson("null"));
  CHECK(lua_isnil(state.main(), -1));
}

TEST_CASE("A damaged record is an error each time it is used", "[lua]") {
  const Result result = with_result(R"({"a":1,)", R"(
    local ok, first = pcall(function() return r.name end)
    local again, second = pcall(next, r)
    return { ok, again, first.code, second.code })");
  CHECK(result.message() == "no error");
  CHECK(result.value == Json::array({false, false, "RB5004", "RB5004"}));
}
