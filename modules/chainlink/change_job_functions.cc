// create_job, replace_job, delete_job: declared and called. A job is known by its externalJobID,
// which every spec that is posted has; so whether one was made can be looked up.

#include <fmt/format.h>

#include "modules/chainlink/functions.h"
#include "modules/chainlink/job_spec.h"
#include "modules/chainlink/jobs.h"
#include "modules/chainlink/settle.h"

namespace runbook::chainlink {

namespace {

std::string quoted_name(const JobSpec& spec) {
  return spec.name.empty() ? "without a name" : fmt::format("\"{}\"", spec.name);
}

Error taken_by(const Node& node, const Resource& job, const std::string& what) {
  const Json said = job_of(node, job);
  return Error(Code::chainlink_name_taken,
               fmt::format(
                   "{} has another job of this {}: job {}, \"{}\" of type {}", node.name(), what,
                   job.id,
                   said.value("name", Json()).is_string() ? said.at("name").get<std::string>() : "",
                   said.at("type").get<std::string>()),
               {}, {{"id", job.id}, {"external_id", said.at("external_id")}})
      .with_effect(EffectDone::none);
}

Intent intent_of(Call& call, const Node& node, const JobSpec& spec, const char* verb) {
  Json intent = {
      {"external_id", spec.external_id},
      {"name", spec.name},
      {"begun", call.host().loop.clock().now()},
      {"text", fmt::format("{} the job {} on {}", verb, quoted_name(spec), node.name())}};
  return {std::move(intent), {}};
}

// What an earlier attempt of this very call has made is for `run` to find.
Task<Intent> prepare_create(Call& call) {
  const JobSpec spec = read_job_spec(call);
  Node node(call);
  const std::optional<Resource> other = co_await find_job(node, spec.external_id);
  if (other && !call.was_begun_before()) {
    throw taken_by(node, *other, "externalJobID");
  }
  co_return intent_of(call, node, spec, "create");
}

/// Whether there is a job of this externalJobID; if not, whose the name is.
Task<Outcome> look_for_job(Call& call, std::string external_id, std::string name) {
  Node node(call);
  const std::optional<Resource> own = co_await find_job(node, std::move(external_id));
  if (own) {
    co_return Outcome::done(job_of(node, *own));
  }
  if (!name.empty()) {
    const std::optional<Resource> other = co_await find_job_named(node, std::move(name));
    if (other) {
      co_return Outcome::failed(taken_by(node, *other, "name"));
    }
  }
  co_return Outcome::not_done();
}

Task<Json> create_job(Call& call) {
  const JobSpec spec = read_job_spec(call);
  Node node(call);
  std::optional<Error> failure;
  try {
    Json body = {{"toml", spec.toml}};
    const Json document = co_await node.send("POST", kJobs, std::move(body));
    co_return job_of(node, resource_of(node, document));
  } catch (const Error& error) {
    failure = error;
  }
  Look look = [&call, spec] { return look_for_job(call, spec.external_id, spec.name); };
  co_return co_await settle(call, *failure, std::move(look));
}

Task<Outcome> probe_create(Call& call) {
  const Json intent = call.intents().back();
  Look look = [&call, intent] {
    return look_for_job(call, intent.at("external_id"), intent.at("name"));
  };
  co_return co_await look();
}

// PUT deletes and then makes, so what it interrupts may leave no job at all.
Task<Intent> prepare_replace(Call& call) {
  const JobSpec spec = read_job_spec(call);
  Node node(call);
  std::string id = digits_option(call, "id");
  const std::optional<Resource> old = co_await find_job(node, id);
  if (!old && !call.was_begun_before()) {
    refuse(Code::chainlink_not_found, fmt::format("{} has no job {}", node.name(), id));
  }
  const std::optional<Resource> other = co_await find_job(node, spec.external_id);
  if (other && other->id != id) {
    throw taken_by(node, *other, "externalJobID");
  }
  Intent intent = intent_of(call, node, spec, "replace");
  intent.data["before"] = old ? Json(digest_of(*old)) : Json();
  co_return intent;
}

Task<Outcome> look_for_replaced(Call& call, Json intent) {
  std::string external_id = intent.at("external_id");
  Node node(call);
  const std::optional<Resource> found = co_await find_job(node, std::move(external_id));
  const bool is_new = found && intent.at("before") != digest_of(*found);
  co_return is_new ? Outcome::done(job_of(node, *found)) : Outcome::not_done();
}

Task<Json> put_or_post(Node& node, std::string id, Json body) {
  std::optional<Error> failure;
  try {
    std::string path = job_path(id);
    co_return co_await node.send("PUT", std::move(path), body);
  } catch (const Error& error) {
    failure = error;
  }
  if (failure->code != Code::chainlink_not_found) {
    throw *failure;
  }
  // The job was there when this call began; what deleted it has made no other.
  co_return co_await node.send("POST", kJobs, body);
}

Task<Json> replace_job(Call& call) {
  const JobSpec spec = read_job_spec(call);
  Node node(call);
  std::optional<Error> failure;
  try {
    std::string id = digits_option(call, "id");
    Json body = {{"toml", spec.toml}};
    const Json document = co_await put_or_post(node, std::move(id), std::move(body));
    co_return job_of(node, resource_of(node, document));
  } catch (const Error& error) {
    failure = error;
  }
  Look look = [&call] { return look_for_replaced(call, call.intent()); };
  co_return co_await settle(call, *failure, std::move(look));
}

Task<Outcome> probe_replace(Call& call) {
  const Json intent = call.intents().back();
  Look look = [&call, intent] { return look_for_replaced(call, intent); };
  co_return co_await settle_recorded(call, intent.at("begun"), std::move(look));
}

Task<Json> delete_job(Call& call) {
  Node node(call);
  const std::optional<Resource> job = co_await find_selected(node);
  if (!job) {
    co_return Json{{"deleted", false}};
  }
  std::string path = job_path(job->id);
  const bool deleted = co_await node.remove(std::move(path));
  Json result = job_of(node, *job);
  result.erase("errors");
  result["deleted"] = deleted;
  co_return result;
}

/// The same job on the same node, however one logs in.
Json job_identity(Call& call) {
  Json same = Json::object();
  for (const char* key : {"url", "id", "toml", "external_id"}) {
    same[key] = call.options().value(key, Json());
  }
  return same;
}

std::vector<Option> spec_options(std::vector<Option> more) {
  more.push_back({.name = "toml",
                  .required = Required::yes,
                  .help = "the job spec; one without externalJobID gets one after its name"});
  more.push_back({.name = "external_id",
                  .help = "the externalJobID it gets, a UUID; if absent, one made of the run, the "
                          "node and the spec"});
  return with_connection(std::move(more));
}

Function create_job_declared() {
  return {.name = "create_job",
          .effect = Effect::once,  // names are unique, and a job without a name is made twice
          .summary =
              "Creates a job, once. An answer that leaves it open is not believed: the job "
              "is looked up by its externalJobID and its name.",
          .options = spec_options({}),
          .returns = "{ id, name, type, external_id, contract_id, …, errors }, as jobs",
          .errors = with_connection_errors(
              {Code::chainlink_name_taken, Code::chainlink_key_missing, Code::chainlink_not_found}),
          .example = RB_CHAINLINK_NODE
          "local job = step(\"create the bootstrap job\", function()\n"
          "  return node:create_job { toml = [[\n"
          "type = \"bootstrap\"\n"
          "schemaVersion = 1\n"
          "name = \"Keystone boot\"\n"
          "contractID = \"0xB29934624cAe3765E33115A9530a13f5aEC7fa8A\"\n"
          "relay = \"evm\"\n"
          "\n"
          "[relayConfig]\n"
          "chainID = \"11155111\"\n"
          "]] }\n"
          "end)\n"
          "output { id = job.id, external_id = job.external_id }",
          .identity = job_identity,
          .run = create_job,
          .prepare = prepare_create,
          .probe = probe_create};
}

Function replace_job_declared() {
  return {.name = "replace_job",
          .effect = Effect::once,  // the node deletes the old job and then makes the new one
          .summary =
              "Puts another spec in the place of a job, once. The node deletes the old job "
              "first: where that was all it did, the new one is created.",
          .options = spec_options({{.name = "id",
                                    .type = Type::data,
                                    .required = Required::yes,
                                    .help = "the node's own number of the job"}}),
          .returns = "{ id, name, type, external_id, contract_id, …, errors }, as jobs",
          .errors = with_connection_errors(
              {Code::chainlink_name_taken, Code::chainlink_key_missing, Code::chainlink_not_found}),
          .example = RB_CHAINLINK_NODE
          "step(\"point the job at another contract\", function()\n"
          "  local job = node:job { name = \"Keystone boot\" }\n"
          "  return job and node:replace_job { id = job.id, toml = [[\n"
          "type = \"bootstrap\"\n"
          "schemaVersion = 1\n"
          "name = \"Keystone boot\"\n"
          "contractID = \"0x5FbDB2315678afecb367f032d93F642f64180aa3\"\n"
          "relay = \"evm\"\n"
          "\n"
          "[relayConfig]\n"
          "chainID = \"11155111\"\n"
          "]] }\n"
          "end)",
          .identity = job_identity,
          .run = replace_job,
          .prepare = prepare_replace,
          .probe = probe_replace};
}

Function delete_job_declared() {
  return {.name = "delete_job",
          .effect = Effect::idempotent,  // what is gone is gone
          .summary = "Deletes a job; one that is not there is deleted already.",
          .options = with_connection(selecting_options()),
          .returns = "{ deleted, id, name, type, external_id, … }; deleted = false: there was none",
          .errors = with_connection_errors({}),
          .example = RB_CHAINLINK_NODE
          "step(\"delete the job\", function()\n"
          "  return node:delete_job { name = \"Keystone boot\" }\n"
          "end)",
          .run = delete_job};
}

}  // namespace

std::vector<Function> change_job_functions() {
  return {create_job_declared(), replace_job_declared(), delete_job_declared()};
}

}  // namespace runbook::chainlink
