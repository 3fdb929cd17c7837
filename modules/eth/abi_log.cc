#include "modules/eth/abi_log.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/error.h"
#include "modules/eth/abi_decode.h"
#include "modules/eth/abi_word.h"

namespace runbook {

namespace {

std::size_t topics_of(const AbiEntry& event) {
  const auto indexed = std::ranges::count_if(event.inputs.parts, &AbiType::indexed);
  return static_cast<std::size_t>(indexed) + (event.anonymous ? 0 : 1);
}

AbiWord to_word(const std::string& topic) {
  AbiWord word{};
  std::copy(topic.begin(), topic.end(), word.begin());
  return word;
}

bool is_of(const AbiEntry& event, const LogParts& log) {
  return topics_of(event) == log.topics.size() &&
         (event.anonymous || signature_hash(event) == to_word(log.topics[0]));
}

bool is_named(const AbiEntry& event, std::string_view wanted) {
  return wanted.find('(') == std::string_view::npos
             ? event.name == wanted
             : signature_text(event) ==
                   signature_text(parse_signature(wanted, AbiEntry::Kind::event));
}

Json indexed_value(const AbiType& type, const std::string& topic) {
  if (type.dynamic || !type.parts.empty()) {
    return "0x" + to_hex(topic);
  }
  return value_of(type, to_word(topic));
}

}  // namespace

const AbiEntry& event_of(const Abi& abi, std::string_view wanted, const LogParts& log) {
  for (const AbiEntry& event : abi) {
    const bool candidate = event.kind == AbiEntry::Kind::event &&
                           (wanted.empty() ? !event.anonymous : is_named(event, wanted));
    if (candidate && is_of(event, log)) {
      return event;
    }
  }
  const std::string topics =
      log.topics.empty()
          ? "without topics"
          : fmt::format("of {} topics, the first 0x{},", log.topics.size(), to_hex(log.topics[0]));
  throw Error(Code::abi_entry_unclear,
              fmt::format("a log {} is of no event{}", topics,
                          wanted.empty() ? " of the ABI" : fmt::format(" {}", wanted)))
      .with_effect(EffectDone::none);
}

Json decode_log(const AbiEntry& event, const LogParts& log) {
  const std::string subject = signature_text(event);
  std::vector<AbiType> in_data;
  std::ranges::copy_if(event.inputs.parts, std::back_inserter(in_data),
                       [](const AbiType& type) { return !type.indexed; });
  Json values = abi_decode(tuple_of(std::move(in_data)), log.data, subject);
  Json arguments = Json::array();
  std::size_t topic = event.anonymous ? 0 : 1;
  std::size_t value = 0;
  for (const AbiType& type : event.inputs.parts) {
    if (!type.indexed) {
      arguments.push_back(std::move(values[value++]));
      continue;
    }
    try {
      arguments.push_back(indexed_value(type, log.topics[topic]));
    } catch (const Error& error) {
      throw Error(Code::abi_data_invalid, fmt::format("{}: topic {} ({}): {}", subject, topic + 1,
                                                      type_text(type), error.message))
          .with_effect(EffectDone::none);
    }
    ++topic;
  }
  return named_values(event.inputs, std::move(arguments));
}

}  // namespace runbook
