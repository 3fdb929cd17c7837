// The JSON ABI of compilers: [{ type, name, inputs: [{ name, type, components?, indexed? }], … }].
#include <fmt/format.h>

#include "engine/base/error.h"
#include "engine/base/shown_text.h"
#include "modules/eth/abi_entry.h"

namespace runbook {

namespace {

[[noreturn]] void refuse_abi(std::string message) {
  throw Error(Code::abi_invalid, std::move(message),
              "give the list that a compiler writes under \"abi\", or signatures as text")
      .with_effect(EffectDone::none);
}

std::string text_of(const Json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || found->is_null()) {
    return {};
  }
  if (!found->is_string()) {
    refuse_abi(fmt::format("the ABI's \"{}\" is not text: {}", key,
                           one_line(found->dump(-1, ' ', false, Json::error_handler_t::replace))));
  }
  return found->get<std::string>();
}

bool flag_of(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && *found == Json(true);
}

AbiType read_parameters(const Json& owner, const char* key, unsigned depth);

AbiType read_parameter(const Json& parameter, unsigned depth) {
  if (!parameter.is_object()) {
    refuse_abi("a parameter of the ABI is not an object");
  }
  const std::string text = text_of(parameter, "type");
  const std::size_t brackets = std::min(text.find('['), text.size());
  const std::string base = text.substr(0, brackets);
  AbiType type =
      base == "tuple" ? read_parameters(parameter, "components", depth + 1) : elementary_type(base);
  if (base == "tuple" && type.parts.empty()) {
    refuse_abi("a tuple of the ABI has no components");
  }
  type = with_dimensions(std::move(type), std::string_view(text).substr(brackets));
  type.name = text_of(parameter, "name");
  type.indexed = flag_of(parameter, "indexed");
  return type;
}

AbiType read_parameters(const Json& owner, const char* key, unsigned depth) {
  if (depth > kMostAbiDepth) {
    refuse_abi(fmt::format("tuples of the ABI lie more than {} deep", kMostAbiDepth));
  }
  std::vector<AbiType> found;
  const auto list = owner.find(key);
  if (list != owner.end() && !list->is_array() && !list->empty()) {
    refuse_abi(fmt::format("the ABI's \"{}\" is not a list", key));
  }
  if (list != owner.end()) {
    for (const Json& parameter : *list) {
      found.push_back(read_parameter(parameter, depth));
    }
  }
  return tuple_of(std::move(found));
}

AbiEntry read_entry(const Json& object, AbiEntry::Kind kind) {
  AbiEntry entry{.kind = kind, .name = text_of(object, "name")};
  if (kind == AbiEntry::Kind::constructor) {
    entry.name = kind_text(kind);
  }
  if (entry.name.empty()) {
    refuse_abi(fmt::format("a {} of the ABI has no name", kind_text(kind)));
  }
  try {
    entry.inputs = read_parameters(object, "inputs", 0);
    entry.outputs = read_parameters(object, "outputs", 0);
  } catch (const Error& error) {
    throw Error(
        Code::abi_invalid,
        fmt::format("{} {} of the ABI: {}", kind_text(kind), one_line(entry.name), error.message),
        error.hint)
        .with_effect(EffectDone::none);
  }
  entry.anonymous = flag_of(object, "anonymous");
  return entry;
}

void read_into(Abi& abi, const Json& item, AbiEntry::Kind of_signatures) {
  if (item.is_string()) {
    abi.push_back(parse_signature(item.get<std::string>(), of_signatures));
    return;
  }
  if (!item.is_object()) {
    refuse_abi("an entry of the ABI is neither an object nor a signature");
  }
  const std::string type = text_of(item, "type");
  if (type == "fallback" || type == "receive") {
    return;  // nothing to encode
  }
  using enum AbiEntry::Kind;
  for (const AbiEntry::Kind kind : {function, event, error, constructor}) {
    if (type == kind_text(kind) || (type.empty() && kind == function)) {
      abi.push_back(read_entry(item, kind));
      return;
    }
  }
  refuse_abi(fmt::format("the ABI has an entry of type \"{}\"", one_line(type)));
}

}  // namespace

Abi read_abi(const Json& abi, AbiEntry::Kind kind) {
  const Json* list = &abi;
  if (abi.is_object() && abi.contains("abi")) {
    list = &abi.at("abi");
  }
  if (!list->is_array() && !(list->is_object() && list->empty())) {
    refuse_abi(fmt::format(
        "the ABI is {}, not a list of entries",
        abi.is_object() ? "a table without a list \"abi\"" : fmt::format("a {}", abi.type_name())));
  }
  Abi entries;
  for (const Json& item : *list) {
    read_into(entries, item, kind);
  }
  return entries;
}

}  // namespace runbook
