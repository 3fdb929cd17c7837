#include "tests/modules/chainlink/node_api.h"

#include <algorithm>

namespace runbook::test {

std::string path_of(const std::string& target) {
  return target.substr(0, target.find('?'));
}

std::string query_of(const std::string& target, const std::string& name) {
  const std::size_t begin = target.find('?');
  const std::string query = begin == std::string::npos ? "" : "&" + target.substr(begin + 1);
  const std::size_t at = query.find("&" + name + "=");
  if (at == std::string::npos) {
    return "";
  }
  const std::string value = query.substr(at + name.size() + 2);
  return value.substr(0, value.find('&'));
}

std::string part_after(const std::string& path, const std::string& prefix) {
  return path.starts_with(prefix) ? path.substr(prefix.size()) : "";
}

bool is_number(const std::string& text) {
  return !text.empty() && text.size() < 10 &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

Json resource(const char* type, const std::string& id, Json attributes) {
  return {{"type", type}, {"id", id}, {"attributes", std::move(attributes)}};
}

NodeAnswer node_error(int status, const std::string& detail) {
  return {status, {{"errors", {{{"detail", detail}}}}}};
}

NodeAnswer node_document(Json data) {
  return {200, {{"data", std::move(data)}}};
}

}  // namespace runbook::test
