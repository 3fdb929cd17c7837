#include "modules/kubectl/goal.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "engine/base/shown_text.h"
#include "modules/kubectl/workload.h"

namespace runbook::kubectl {

namespace {

std::string named(const Json& object, const std::string& why) {
  return fmt::format("{}/{}: {}", kind_name_of(object), text_at(object, "/metadata/name"), why);
}

/// What keeps something that is being deleted from being gone.
std::string why_still_there(const Json& object) {
  if (text_at(object, "/metadata/deletionTimestamp").empty()) {
    return "nobody has deleted it";
  }
  std::string text = "it is being deleted";
  for (const char* pointer : {"/metadata/finalizers", "/spec/finalizers"}) {
    for (const Json& finalizer : at_path(object, pointer)) {
      text += fmt::format("; finalizer {}", finalizer.get<std::string>());
    }
  }
  for (const Json& condition : at_path(object, "/status/conditions")) {
    if (text_at(condition, "/status") == "True") {
      text += "; " + one_line(text_at(condition, "/message"), 300);
    }
  }
  return text;
}

}  // namespace

Together GoalSeeker::judge(Json objects) {
  if (goal_.is_absence) {
    return judge_absence(std::move(objects));
  }
  Together together;
  std::size_t there = 0;
  for (Json& object : objects) {
    if (!text_at(object, "/metadata/deletionTimestamp").empty()) {
      continue;
    }
    Progress progress = of_object(object);
    there += progress.is_done ? 1 : 0;
    if (!progress.is_done && (together.missing.is_null() || progress.is_over)) {
      together.missing = object;
      together.progress = std::move(progress);
    }
    together.objects.push_back(std::move(object));
  }
  const std::size_t all = together.objects.size();
  together.progress.is_done = all > 0 && there == all;
  if (all == 0) {
    together.progress.why = "there is none yet";
  } else if (all > 1 && there < all) {
    together.progress.why =
        fmt::format("{} of {} are; {}", there, all, named(together.missing, together.progress.why));
  }
  return together;
}

Together GoalSeeker::judge_absence(Json objects) {
  if (!leaving_) {
    leaving_.emplace();
    for (const Json& object : objects) {
      leaving_->insert(text_at(object, "/metadata/uid"));
    }
  }
  const auto still = std::ranges::find_if(objects, [&](const Json& object) {
    return leaving_->contains(text_at(object, "/metadata/uid"));
  });
  if (still == objects.end()) {
    return {.progress = {.is_done = true}};
  }
  return {.progress = {.why = named(*still, why_still_there(*still))}};
}

Progress GoalSeeker::of_object(const Json& object) const {
  if (!goal_.path) {
    return goal_.look(object);
  }
  const std::string value = text_at(object, "/value");
  const bool is_there = goal_.path->value ? value == *goal_.path->value : !value.empty();
  return {.is_done = is_there,
          .why = fmt::format("{} is \"{}\"", goal_.path->expression, value),
          .value = value};
}

}  // namespace runbook::kubectl
