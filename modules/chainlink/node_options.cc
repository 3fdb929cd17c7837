// The options that tell which node, who asks and how long.

#include <fmt/format.h>

#include <algorithm>

#include "modules/chainlink/node.h"

namespace runbook::chainlink {

std::vector<Option> with_connection(std::vector<Option> more) {
  const std::vector<Option> connection = {
      {.name = "url",
       .type = Type::url,
       .required = Required::yes,
       .help = "of the node, such as https://node1.example"},
      {.name = "node", .help = "what messages call the node; its address if absent"},
      {.name = "email", .help = "of the node's user"},
      {.name = "password", .type = Type::secret, .help = "of the node's user"},
      {.name = "credentials",
       .type = Type::secret,
       .help = "instead of email and password: both, a line each, as a node's own file has them"},
      {.name = "api_key", .type = Type::secret, .help = "instead of email and password"},
      {.name = "api_secret", .type = Type::secret, .help = "that belongs to api_key"},
      {.name = "ca_file",
       .help = "PEM file of those who may vouch for the node, instead of the system's; relative to "
               "the project root"},
      {.name = "timeout",
       .type = Type::duration,
       .help = "for the whole call, with logging in and waiting where the node takes no more "
               "requests",
       .fallback = "1m"},
      {.name = "request_timeout",
       .type = Type::duration,
       .help = "for each request",
       .fallback = "30s"}};
  more.insert(more.end(), connection.begin(), connection.end());
  return more;
}

std::vector<Code> with_connection_errors(std::vector<Code> more) {
  const std::vector<Code> connection = {Code::chainlink_unreachable,  Code::chainlink_login,
                                        Code::chainlink_rate_limited, Code::chainlink_refused,
                                        Code::chainlink_failed,       Code::http_tls,
                                        Code::http_too_large,         Code::url_invalid,
                                        Code::option_invalid,         Code::http_unavailable};
  more.insert(more.end(), connection.begin(), connection.end());
  return more;
}

std::string digits_option(const Call& call, const char* name) {
  const Json& given = call.options().at(name);
  const std::string text = given.is_number_integer() ? given.dump()
                           : given.is_string()       ? given.get<std::string>()
                                                     : "";
  const bool is_number =
      !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  if (!is_number || text.size() > 20 || (text.size() > 1 && text.front() == '0')) {
    refuse(Code::option_invalid,
           fmt::format("option \"{}\" must be a whole number, not {}", name, given.dump()));
  }
  return text;
}

}  // namespace runbook::chainlink
