#include "modules/kubectl/events.h"

#include <algorithm>
#include <array>
#include <string>

namespace runbook::kubectl {

namespace {

/// Older writers of events and newer ones fill in different fields.
Json first_of(const Json& event, const std::array<Json::json_pointer, 5>& places) {
  for (const Json::json_pointer& place : places) {
    if (event.contains(place) && !event.at(place).is_null()) {
      return event.at(place);
    }
  }
  return nullptr;
}

Json row_of(const Json& event) {
  static const std::array<Json::json_pointer, 5> kTimes{
      Json::json_pointer("/series/lastObservedTime"), Json::json_pointer("/lastTimestamp"),
      Json::json_pointer("/eventTime"), Json::json_pointer("/firstTimestamp"),
      Json::json_pointer("/metadata/creationTimestamp")};
  const Json object = event.value("involvedObject", Json::object());
  const Json series = event.value("series", Json());
  const Json count =
      series.is_object() ? series.value("count", Json()) : event.value("count", Json());
  return {{"time", first_of(event, kTimes)},
          {"type", event.value("type", "")},
          {"reason", event.value("reason", "")},
          {"object", object.value("kind", "") + "/" + object.value("name", "")},
          {"message", event.value("message", "")},
          {"count", count.is_number_integer() ? count : Json(1)}};
}

}  // namespace

Json event_rows(const Json& events) {
  Json rows = Json::array();
  for (const Json& event : events) {
    rows.push_back(row_of(event));
  }
  std::stable_sort(rows.begin(), rows.end(), [](const Json& one, const Json& other) {
    return one.at("time").dump() < other.at("time").dump();  // RFC 3339, all in UTC
  });
  return rows;
}

}  // namespace runbook::kubectl
