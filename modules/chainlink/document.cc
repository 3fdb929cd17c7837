#include "modules/chainlink/document.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace runbook::chainlink {

namespace {

constexpr int kPageSize = 100;
/// A node that says for ever that there is more.
constexpr int kMostPages = 1'000;
constexpr std::size_t kMostDigits = 78;

Resource read_resource(const Node& node, const Json& data) {
  const Json id = data.is_object() ? data.value("id", Json()) : Json();
  const Json attributes = data.is_object() ? data.value("attributes", Json()) : Json();
  const bool has_id = id.is_string() || id.is_number_integer();
  if (!has_id || !attributes.is_object()) {
    throw node.strange_answer("an item has no id or no attributes");
  }
  return {id.is_string() ? id.get<std::string>() : id.dump(), attributes};
}

bool has_next(const Json& document) {
  const Json links = document.value("links", Json());
  const Json next = links.is_object() ? links.value("next", Json()) : Json();
  return next.is_string() && next != "";
}

}  // namespace

Resource resource_of(const Node& node, const Json& document) {
  if (!document.is_object() || !document.contains("data")) {
    throw node.strange_answer("the document has no data");
  }
  return read_resource(node, document.at("data"));
}

std::vector<Resource> resources_of(const Node& node, const Json& document) {
  const bool has_data = document.is_object() && document.contains("data");
  if (!has_data || !(document.at("data").is_array() || document.at("data").is_null())) {
    throw node.strange_answer("the data of the document is no list");
  }
  std::vector<Resource> resources;
  for (const Json& data : document.at("data")) {
    resources.push_back(read_resource(node, data));
  }
  return resources;
}

Task<std::vector<Resource>> all_pages(Node& node, std::string path) {
  std::vector<Resource> all;
  std::set<std::string> known;  // what is made meanwhile shifts the pages
  for (int page = 1; page <= kMostPages; ++page) {
    std::string one = fmt::format("{}?size={}&page={}", path, kPageSize, page);
    const Json document = co_await node.get(std::move(one));
    std::vector<Resource> found = resources_of(node, document);
    for (Resource& resource : found) {
      if (known.insert(resource.id).second) {
        all.push_back(std::move(resource));
      }
    }
    if (found.empty() || !has_next(document)) {
      co_return all;
    }
  }
  throw node.strange_answer(fmt::format("the pages of {} do not end", path));
}

std::string text_of(const Node& node, const Json& attributes, const char* name) {
  const Json text = text_or_null(node, attributes, name);
  if (text.is_null()) {
    throw node.strange_answer(fmt::format("an item has no {}", name));
  }
  return text.get<std::string>();
}

Json text_or_null(const Node& node, const Json& attributes, const char* name) {
  const auto found = attributes.find(name);
  if (found == attributes.end() || found->is_null()) {
    return nullptr;
  }
  if (!found->is_string()) {
    throw node.strange_answer(fmt::format("{} of an item is no text", name));
  }
  return *found;
}

Json amount_or_null(const Node& node, const Json& attributes, const char* name) {
  const Json text = text_or_null(node, attributes, name);
  if (text.is_null()) {
    return nullptr;
  }
  const std::string digits = text.get<std::string>();
  const bool is_amount = !digits.empty() && digits.size() <= kMostDigits &&
                         std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; });
  if (!is_amount) {
    throw node.strange_answer(fmt::format("{} of an item is no amount", name));
  }
  return {{"$bigint", digits}};
}

std::string without_prefix(std::string_view text, std::string_view prefix) {
  return std::string(text.starts_with(prefix) ? text.substr(prefix.size()) : text);
}

}  // namespace runbook::chainlink
