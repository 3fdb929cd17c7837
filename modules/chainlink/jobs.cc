#include "modules/chainlink/jobs.h"

#include <fmt/format.h>

#include "engine/base/hash.h"
#include "modules/chainlink/job_spec.h"

namespace runbook::chainlink {

namespace {

/// The part of the attributes that belongs to the job's type; null if there is none.
Json own_spec(const Resource& job) {
  for (const auto& [name, value] : job.attributes.items()) {
    if (name.ends_with("Spec") && name != "pipelineSpec" && value.is_object()) {
      return value;
    }
  }
  return nullptr;
}

Json errors_of(const Node& node, const Resource& job) {
  Json errors = Json::array();
  const Json said = job.attributes.value("errors", Json());
  for (const Json& error : said.is_array() ? said : Json::array()) {
    if (!error.is_object()) {
      throw node.strange_answer("an error of a job is no object");
    }
    errors.push_back({{"description", text_or_null(node, error, "description")},
                      {"occurrences", error.value("occurrences", Json())}});
  }
  return errors;
}

}  // namespace

Json job_of(const Node& node, const Resource& job) {
  Json result = {{"id", job.id},
                 {"name", text_or_null(node, job.attributes, "name")},
                 {"type", text_of(node, job.attributes, "type")},
                 {"external_id", text_of(node, job.attributes, "externalJobID")},
                 {"errors", errors_of(node, job)}};
  const Json spec = own_spec(job);
  const auto add = [&](const char* ours, const char* theirs) {
    if (spec.is_object() && spec.contains(theirs)) {
      result[ours] = text_or_null(node, spec, theirs);
    }
  };
  add("contract_id", "contractID");
  add("workflow_id", "workflowId");
  add("workflow_owner", "workflowOwner");
  add("workflow_name", "workflowName");
  return result;
}

Json whole_job_of(const Node& node, const Resource& job) {
  Json result = job_of(node, job);
  result["schema_version"] = job.attributes.value("schemaVersion", Json());
  result["spec"] = own_spec(job);
  result["pipeline"] = job.attributes.value("pipelineSpec", Json());
  return result;
}

std::string digest_of(const Resource& job) {
  Json lasting = job.attributes;
  lasting.erase("errors");
  return to_hex(sha256(job.id + lasting.dump(-1, ' ', false, Json::error_handler_t::replace)));
}

std::string job_path(const std::string& id) {
  return fmt::format("{}/{}", kJobs, id);
}

Task<std::optional<Resource>> find_job(Node& node, std::string id) {
  std::string path = job_path(id);
  const std::optional<Json> document = co_await node.find(std::move(path));
  std::optional<Resource> found;
  if (document) {
    found = resource_of(node, *document);
  }
  co_return found;
}

Task<std::optional<Resource>> find_job_named(Node& node, std::string name) {
  std::vector<Resource> jobs = co_await all_pages(node, kJobs);
  std::optional<Resource> found;
  for (Resource& job : jobs) {
    if (text_or_null(node, job.attributes, "name") == name) {
      found = std::move(job);
    }
  }
  co_return found;
}

std::vector<Option> selecting_options() {
  return {{.name = "id", .type = Type::data, .help = "the node's own number of the job"},
          {.name = "external_id", .help = "or: its externalJobID"},
          {.name = "name", .help = "or: its name"}};
}

void check_selection(const Call& call) {
  const int given = int{call.has("id")} + int{call.has("external_id")} + int{call.has("name")};
  if (given != 1) {
    refuse(Code::option_invalid, "say which job: one of id, external_id and name");
  }
  if (call.has("name") && call.text("name").empty()) {
    refuse(Code::option_invalid, "name is empty, and jobs without a name are many");
  }
  if (call.has("external_id") && !is_job_uuid(call.text("external_id"))) {
    refuse(Code::option_invalid,
           fmt::format("external_id \"{}\" is no UUID in lower case", call.text("external_id")));
  }
}

Task<std::optional<Resource>> find_selected(Node& node) {
  const Call& call = node.call();
  check_selection(call);
  if (call.has("name")) {
    std::string name = call.text("name");
    co_return co_await find_job_named(node, std::move(name));
  }
  std::string id = call.has("id") ? digits_option(call, "id") : call.text("external_id");
  co_return co_await find_job(node, std::move(id));
}

}  // namespace runbook::chainlink
