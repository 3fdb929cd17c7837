#pragma once
// Step paths: the identity of a step. A path is a list of segments joined by '/'; a segment never
// holds a raw '/', so the joined text is the list. Paths are compared as text and never decoded.

#include <string>
#include <string_view>
#include <vector>

namespace runbook {

/// Checks a step or group name: 1–200 bytes of valid UTF-8, no control characters, no surrounding
/// space, no '/'. Throws Error(Code::step_name_invalid) saying which rule was broken.
std::string name_segment(std::string_view name);
/// Checks an `each` key (anything printable) and escapes / % * ? as %2F %25 %2A %3F. Same errors.
std::string key_segment(std::string_view key);

/// "a/b" + "c" → "a/b/c"; "" + "c" → "c".
std::string join_path(std::string_view parent, std::string_view segment);
/// "a/b/c" → "a/b"; "a" → "".
std::string_view parent_path(std::string_view path);
/// "a/b/c" → "c".
std::string_view last_segment(std::string_view path);
/// The segments of a path; empty for "".
std::vector<std::string_view> path_segments(std::string_view path);
/// True if `path` is `ancestor` or lies under it. Every path lies under "".
bool is_under(std::string_view path, std::string_view ancestor);
/// "fund the team/0xAbc" → "fund-the-team-0xabc", at most 60 bytes: for log file names.
std::string path_slug(std::string_view path);

}  // namespace runbook
