#include "modules/kubectl/redaction.h"

#include <fmt/core.h>

#include <algorithm>

#include "engine/base/error.h"
#include "engine/base/hash.h"
#include "engine/base/secret_name.h"
#include "engine/base/utf8.h"

namespace runbook::kubectl {

namespace {

constexpr const char* kLastApplied = "kubectl.kubernetes.io/last-applied-configuration";

bool is_kind(const Json& object, const char* kind) {
  return object.is_object() && object.value("kind", Json()) == kind;
}

/// Anybody may write the annotation: its depth counts like that of what kubectl prints.
std::string redacted_copy(const std::string& text) {
  try {
    Json copy = parse_json(text, kLastApplied);
    return copy.is_object() ? redacted(std::move(copy)).dump() : std::string(kRedacted);
  } catch (const Error&) {
    return std::string(kRedacted);
  }
}

void redact_annotation(Json& object) {
  const Json::json_pointer at = Json::json_pointer("/metadata/annotations") / kLastApplied;
  if (object.contains(at) && object[at].is_string()) {
    object[at] = redacted_copy(object[at].get<std::string>());
  }
}

void redact_fields(Json& object, const char* field, bool all) {
  if (!object.contains(field) || !object[field].is_object()) {
    return;
  }
  for (auto& [key, value] : object[field].items()) {
    if (all || is_credential(key)) {
      value = kRedacted;
    }
  }
}

void redact(Json& object) {
  const bool is_secret = is_kind(object, "Secret");
  if (is_secret || is_kind(object, "ConfigMap")) {
    for (const char* field : {"data", "stringData", "binaryData"}) {
      redact_fields(object, field, is_secret);
    }
    redact_annotation(object);
  }
}

std::string decoded(const std::string& value, const std::string& pointer) {
  std::string text = from_base64(value);
  if (!is_utf8(text)) {
    refuse(Code::secret_missing, fmt::format("keep: what is at {} is not text", pointer));
  }
  return text;
}

/// One pointer of `keep`: from the object as it is into the one that is shown.
class Reveal {
 public:
  explicit Reveal(const std::string& pointer) : pointer_(pointer), path_(pointer) {
    for (Json::json_pointer rest = path_; !rest.empty(); rest.pop_back()) {
      tokens_.insert(tokens_.begin(), rest.back());
    }
  }
  void into(const Json& from, Json& shown, std::size_t at = 0, bool is_encoded = false) const {
    if (at == tokens_.size()) {
      if (from.is_string()) {
        shown = is_encoded ? decoded(from.get<std::string>(), pointer_) : from.get<std::string>();
      }
      return;
    }
    const std::string& token = tokens_[at];
    is_encoded = is_encoded || (is_kind(from, "Secret") && token == "data");
    if (token == "*") {
      for (const auto& [key, element] : from.items()) {
        into(element, child(shown, key), at + 1, is_encoded);
      }
    } else if (const Json* next = found(from, token)) {
      into(*next, child(shown, token), at + 1, is_encoded);
    }
  }

 private:
  static const Json* found(const Json& from, const std::string& token) {
    if (from.is_array() && token == "-") {
      return from.empty() ? nullptr : &from.back();
    }
    const Json::json_pointer where = Json::json_pointer() / token;
    return from.contains(where) ? &from.at(where) : nullptr;
  }
  static Json& child(Json& shown, const std::string& token) {
    return shown.is_array() && token == "-" ? shown.back() : shown[Json::json_pointer() / token];
  }

  std::string pointer_;
  Json::json_pointer path_;
  std::vector<std::string> tokens_;
};

}  // namespace

bool is_credential(std::string_view key) {
  std::string name(key);
  std::ranges::replace_if(
      name, [](char letter) { return letter == '-' || letter == '.'; }, '_');
  return names_secret(name);
}

Json redacted(Json object) {
  if (object.is_array()) {
    std::ranges::for_each(object, redact);
  } else {
    redact(object);
  }
  return object;
}

Json redacted_but(const Json& object, const Json& keep) {
  Json shown = redacted(object);
  for (const auto& [name, pointer] : keep.items()) {
    if (pointer.is_string() && pointer.get<std::string>().starts_with('/')) {
      Reveal(pointer.get<std::string>()).into(object, shown);
    }
  }
  return shown;
}

}  // namespace runbook::kubectl
