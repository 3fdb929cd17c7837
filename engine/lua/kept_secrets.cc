#include "engine/lua/kept_secrets.h"

#include <fmt/core.h>

#include <utility>

#include "engine/base/error.h"

namespace runbook::lua {
namespace {

struct Place {
  std::string name;
  const Json* value;
};

std::string all_output(const Json& result) {
  std::string all = result.value(result.contains("stdout") ? "stdout" : "body", std::string());
  while (!all.empty() && (all.back() == '\n' || all.back() == '\r')) {
    all.pop_back();
  }
  return all;
}

std::string with_key(std::string name, const std::string& key) {
  const std::size_t star = name.find('*');
  return star == std::string::npos ? name : name.replace(star, 1, key);
}

std::vector<Place> elements_of(const Place& place) {
  std::vector<Place> elements;
  for (const auto& [key, element] : place.value->items()) {
    const bool is_list = place.value->is_array();
    const std::string shown = is_list ? std::to_string(elements.size() + 1) : key;
    elements.push_back({with_key(place.name, shown), &element});
  }
  return elements;
}

/// What one token of a pointer finds in `place`.
std::vector<Place> found_by(const std::string& token, const Place& place) {
  const Json& value = *place.value;
  if (token == "*") {
    return elements_of(place);
  }
  if (token == "-" && value.is_array() && !value.empty()) {
    return {{place.name, &value.back()}};
  }
  const Json::json_pointer where("/" + token);  // still escaped
  if (!value.contains(where)) {
    return {{place.name, nullptr}};
  }
  return {{place.name, &value.at(where)}};
}

std::vector<Place> places_of(const std::string& name, const std::string& pointer,
                             const Json& value) {
  if (!pointer.empty() && pointer.front() != '/') {
    return {{name, nullptr}};
  }
  std::vector<Place> places = {{name, &value}};
  for (std::size_t at = 0; at < pointer.size();) {
    const std::size_t end = std::min(pointer.find('/', at + 1), pointer.size());
    const std::string token = pointer.substr(at + 1, end - at - 1);
    std::vector<Place> next;
    for (const Place& place : places) {
      for (Place& found : found_by(token, place)) {
        if (found.value == nullptr) {
          return {std::move(found)};
        }
        next.push_back(std::move(found));
      }
    }
    places = std::move(next);
    at = end;
  }
  return places;
}

}  // namespace

std::vector<KeptSecret> kept_secrets(const Json& keep, const Json& result) {
  if (keep.is_string()) {
    return {{keep.get<std::string>(), all_output(result)}};
  }
  const bool has_value = result.is_object() && result.contains("value");
  const Json& value = has_value ? result.at("value") : result;
  std::vector<KeptSecret> kept;
  for (const auto& [name, pointer] : keep.items()) {
    const std::string where = pointer.is_string() ? pointer.get<std::string>() : std::string();
    for (const Place& place : places_of(name, where, value)) {
      if (place.value == nullptr || !place.value->is_string()) {
        throw Error(
            Code::secret_missing,
            fmt::format("keep: the result has no text at {} for \"{}\"", pointer.dump(), name));
      }
      kept.push_back({place.name, place.value->get<std::string>()});
    }
  }
  return kept;
}

}  // namespace runbook::lua
