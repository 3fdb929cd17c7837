#pragma once
// Reading JSON:API documents: a node's answers are input like any other, so each type is checked.

#include <string>
#include <string_view>
#include <vector>

#include "modules/chainlink/node.h"

namespace runbook::chainlink {

/// { type, id, attributes } of a document.
struct Resource {
  std::string id;
  Json attributes;
};

/// All of these throw Node::strange_answer, saying what is wrong.
Resource resource_of(const Node& node, const Json& document);
std::vector<Resource> resources_of(const Node& node, const Json& document);  ///< null: none
/// All pages of a list.
Task<std::vector<Resource>> all_pages(Node& node, std::string path);

/// A text among attributes; `text_or_null` gives null for one that is absent or null.
std::string text_of(const Node& node, const Json& attributes, const char* name);
Json text_or_null(const Node& node, const Json& attributes, const char* name);
/// {"$bigint": digits}, or null: for amounts in results that are in stored form.
Json amount_or_null(const Node& node, const Json& attributes, const char* name);
/// Without `prefix`, if it begins so.
std::string without_prefix(std::string_view text, std::string_view prefix);

}  // namespace runbook::chainlink
