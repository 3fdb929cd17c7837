#include "engine/io/http_headers.h"

#include <fmt/core.h>

#include <algorithm>

#include "engine/base/error.h"
#include "engine/base/hash.h"

namespace runbook {

namespace {

bool is_given(const Json& options, const char* name) {
  const auto found = options.find(name);
  return found != options.end() && !found->is_null();
}

std::string header_text(const std::string& name, const Json& value) {
  if (value.is_string()) {
    return value.get<std::string>();
  }
  if (value.is_number()) {
    return value.dump();
  }
  refuse(Code::option_invalid,
         fmt::format("option \"headers\": {} must be text, a number or a list of them", name));
}

void add_named(HttpHeaders& headers, const Json& named) {
  if (!named.is_object()) {
    refuse(Code::option_invalid, "option \"headers\" must be a table of names and values");
  }
  for (const auto& [name, value] : named.items()) {
    if (!value.is_array()) {
      headers.emplace_back(name, header_text(name, value));
      continue;
    }
    for (const Json& one : value) {
      headers.emplace_back(name, header_text(name, one));
    }
  }
}

std::string basic(const Json& pair) {
  const auto text = [&pair](const char* name) {
    const auto found = pair.is_object() ? pair.find(name) : pair.end();
    if (found == pair.end() || !found->is_string()) {
      refuse(Code::option_invalid,
             "option \"basic\" must be { user = \"name\", password = secret }");
    }
    return found->get<std::string>();
  };
  const std::string user = text("user");
  const std::string password = text("password");
  if (pair.size() != 2) {
    refuse(Code::option_invalid, "option \"basic\" has nothing but user and password");
  }
  if (user.find(':') != std::string::npos) {
    refuse(Code::option_invalid, "option \"basic\": a user name cannot contain a colon");
  }
  return "Basic " + to_base64(user + ":" + password);
}

}  // namespace

bool has_header(const HttpHeaders& headers, std::string_view lower_case_name) {
  const auto is_it = [lower_case_name](const auto& header) {
    return std::equal(header.first.begin(), header.first.end(), lower_case_name.begin(),
                      lower_case_name.end(),
                      [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; });
  };
  return std::any_of(headers.begin(), headers.end(), is_it);
}

HttpHeaders read_http_headers(const Json& options) {
  HttpHeaders headers;
  if (is_given(options, "headers")) {
    add_named(headers, options.at("headers"));
  }
  const bool has_basic = is_given(options, "basic");
  const bool has_bearer = is_given(options, "bearer");
  if (int{has_basic} + int{has_bearer} + int{has_header(headers, "authorization")} > 1) {
    refuse(Code::option_invalid, "give one of \"basic\", \"bearer\" and the header Authorization");
  }
  if (has_basic) {
    headers.emplace_back("Authorization", basic(options.at("basic")));
  }
  if (has_bearer) {
    if (!options.at("bearer").is_string()) {
      refuse(Code::option_invalid, "option \"bearer\" must be text");
    }
    headers.emplace_back("Authorization", "Bearer " + options.at("bearer").get<std::string>());
  }
  return headers;
}

}  // namespace runbook
