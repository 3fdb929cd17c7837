#pragma once
// Values both ways between Lua and JSON, with exact rules (design §3 promise 3, §10).
//
//   Lua                                  JSON
//   nil, null sentinel                   null  (nil only at the top: a table has no nil fields)
//   whole number up to 2^53              integer
//   other finite number                  float (beyond 2^53 too: it comes back as the same number)
//   integer beyond 2^53                ← its digits as a string
//   string, valid UTF-8                  string
//   table with keys 1…n, array marker    array
//   table with string keys, {}           object
//   bigint                               {"$bigint": "digits"} stored, "digits" plain
// Everything else is Error(Code::value_not_data) naming the field: "result.nodes[3].name is a
// function".

#include <string>
#include <string_view>

#include "engine/base/json.h"

struct lua_State;

namespace runbook::lua {

/// `stored`: tags ({"$bigint"}, {"$secret"}) are read and written, and a key of the recipe's that
/// begins with `$` is written `$$`. `plain`: what other programs send and get: keys as they are, no
/// tags, a bigint as its digits.
enum class Form { stored, plain };

void push(lua_State* L, const Json& value, Form form = Form::stored);
/// Straight from the text, without a DOM. Error(Code::journal_corrupt) if it is not JSON (nothing
/// is left on the stack).
void push_text(lua_State* L, std::string_view json, Form form = Form::stored);
/// `what` begins the path in messages ("result", "process.run"). Size is the caller's to check.
Json to_json(lua_State* L, int index, std::string_view what, Form form = Form::stored);

/// The stored form of a plain value: keys that begin with `$` get another.
Json escape_keys(const Json& plain);
/// The plain value of a stored one without tags.
Json unescape_keys(const Json& stored);

void push_null(lua_State* L);
/// True for the null sentinel and for nil.
bool is_null(lua_State* L, int index);
/// Gives the table at `index` the array marker, so that an empty one is [].
void mark_array(lua_State* L, int index);
bool is_array(lua_State* L, int index);  ///< by marker

/// Pushes a read-only view of the table at `index` (the parameters): reads, pairs, next and to_json
/// go through, assignment is an error naming `what` and the field.
void push_read_only(lua_State* L, int index, const char* what);

/// Pushes what the table at `index` is a read-only view of; false (nothing pushed) if it is none.
bool push_viewed(lua_State* L, int index);

/// "nil", "a number", "a function" … for messages.
std::string_view kind_of(lua_State* L, int index);
/// Throws Error(Code::option_invalid) naming `what` if the argument is no function.
void require_function(lua_State* L, int index, std::string_view what);

}  // namespace runbook::lua
