#pragma once
// Builds a Lua value from the pieces of JSON: a DOM or, without one, the parser's events. Internal
// to engine/lua.

#include <string>
#include <string_view>
#include <vector>

#include "engine/base/json.h"
#include "engine/lua/values.h"

namespace runbook::lua {

/// nlohmann's SAX interface (json_sax_t) on the Lua stack. One value; it is on top at the end.
class ValueBuilder {
 public:
  /// `into` > 0: the outermost object's fields go into the table at this absolute index.
  ValueBuilder(lua_State* L, Form form, int into = 0);

  void walk(const Json& value);
  /// Puts the stack back and throws if the text is not JSON.
  void parse(std::string_view text);

  bool null();
  bool boolean(bool value);
  bool number_integer(std::int64_t value);
  bool number_unsigned(std::uint64_t value);
  bool number_float(double value, const std::string& text);
  bool string(std::string_view value);
  bool binary(const Json::binary_t& value);
  bool start_object(std::size_t size);
  bool key(std::string_view name);
  bool end_object();
  bool start_array(std::size_t size);
  bool end_array();
  bool parse_error(std::size_t position, const std::string& token,
                   const nlohmann::detail::exception& error);

 private:
  enum class Kind { object, array, bigint, secret };
  struct Frame {
    Kind kind;
    int count = 0;
    std::string text;  ///< what a tag holds
  };
  void open(Kind kind, std::size_t size);
  void push_stored_bigint(const std::string& text);
  void add();  ///< puts the value on top into what is open
  [[noreturn]] void refuse(const std::string& why);

  lua_State* L_;
  Form form_;
  int into_;
  int base_;
  std::vector<Frame> open_;
};

}  // namespace runbook::lua
