#include "modules/eth/log_filter.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "engine/base/error.h"
#include "engine/base/hash.h"
#include "engine/base/suggestion.h"
#include "modules/eth/abi_encode.h"
#include "modules/eth/abi_log.h"
#include "modules/eth/address.h"
#include "modules/eth/chain_options.h"
#include "modules/eth/contract_call.h"
#include "modules/eth/receipt.h"

namespace runbook {

namespace {

Json addresses(const Json& address) {
  if (!address.is_array()) {
    return "0x" + to_hex(address_option({{"address", address}}, "address"));
  }
  Json all = Json::array();
  for (const Json& one : address) {
    all.push_back(addresses(one));
  }
  return all;
}

/// What a log has of an indexed argument: the word of a value, the hash of a string or of bytes.
std::string topic_of(const AbiType& type, const Json& value, const std::string& subject) {
  if (type.is_array() || type.kind == AbiKind::tuple) {
    refuse(Code::option_invalid,
           fmt::format("{}: a log has but a hash of {}; filter the results instead", subject,
                       type.name));
  }
  const AbiType alone = tuple_of({type});
  const std::string encoded = abi_encode(alone, Json::array({value}), subject);
  if (!type.dynamic) {
    return "0x" + to_hex(encoded);
  }
  const Bigint length = Bigint::parse("0x" + to_hex(encoded.substr(kWordBytes, kWordBytes)));
  const auto size = static_cast<std::size_t>(std::stoull(length.text()));
  return "0x" + to_hex(keccak256(encoded.substr(2 * kWordBytes, size)));
}

/// One value, or a list of which any will do.
Json topic_choice(const AbiType& type, const Json& value, const std::string& subject) {
  if (!value.is_array()) {
    return topic_of(type, value, subject);
  }
  Json any = Json::array();
  for (const Json& one : value) {
    any.push_back(topic_of(type, one, subject));
  }
  return any;
}

Json topics_of(const AbiEntry& event, const Json& where) {
  const std::string subject = signature_text(event);
  Json topics = Json::array();
  if (!event.anonymous) {
    topics.push_back("0x" + to_hex(signature_hash(event)));
  }
  std::vector<std::string> names;
  for (const AbiType& input : event.inputs.parts) {
    if (!input.indexed) {
      continue;
    }
    names.push_back(input.name);
    const Json value = where.value(input.name, Json());
    topics.push_back(value.is_null() ? Json() : topic_choice(input, value, subject));
  }
  for (const auto& [name, value] : where.items()) {
    if (std::ranges::find(names, name) == names.end()) {
      refuse(Code::option_invalid, fmt::format("where: {} has no indexed argument \"{}\"{}",
                                               subject, name, did_you_mean(name, names)));
    }
  }
  while (!topics.empty() && topics.back().is_null()) {
    topics.erase(topics.size() - 1);
  }
  return topics;
}

}  // namespace

LogFilter log_filter(const Json& options, ArtifactFiles& files) {
  const Json event = options.value("event", Json());
  const Json where = options.value("where", Json::object());
  LogFilter found{.filter = Json::object(),
                  .abi = given_abi(options, files, AbiEntry::Kind::event),
                  .wanted = event.is_string() ? event.get<std::string>() : std::string()};
  if (options.value("abi", Json()).is_null() && !found.wanted.empty()) {
    found.abi = {parse_signature(found.wanted, AbiEntry::Kind::event)};
  }
  if (const Json address = options.value("address", Json()); !address.is_null()) {
    found.filter["address"] = addresses(address);
  }
  if (!found.wanted.empty()) {
    const AbiEntry& entry = find_entry(found.abi, AbiEntry::Kind::event, found.wanted);
    found.wanted = signature_text(entry);
    if (const Json topics = topics_of(entry, where); !topics.empty()) {
      found.filter["topics"] = topics;
    }
  } else if (!where.empty()) {
    refuse(Code::option_invalid, "where needs an event, whose indexed arguments it names");
  }
  return found;
}

Json decoded_log(const LogFilter& filter, const Json& log) {
  Json result = log_result(log);
  LogParts parts{.topics = {}, .data = from_hex(result.at("data").get<std::string>())};
  for (const Json& topic : result.at("topics")) {
    parts.topics.push_back(from_hex(topic.get<std::string>()));
  }
  // Another contract may have an event of the same signature with other arguments indexed, and the
  // ABI need not know all events: such a log stays as it is.
  try {
    const AbiEntry& event = event_of(filter.abi, filter.wanted, parts);
    result["arguments"] = decode_log(event, parts);
    result["name"] = event.name;
    result["signature"] = signature_text(event);
  } catch (const Error& error) {
    if (error.code != Code::abi_entry_unclear && error.code != Code::abi_data_invalid) {
      throw;
    }
  }
  return result;
}

}  // namespace runbook
