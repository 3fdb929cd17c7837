#include "tests/modules/chainlink/node_jobs.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include <toml++/toml.h>

#include "engine/base/hash.h"
#include "engine/base/id.h"
#include "tests/modules/chainlink/node_api.h"

namespace runbook::test {

namespace {

using Keys = std::vector<const char*>;

/// The attributes that every job has, null unless its type says otherwise.
constexpr const char* kSpecs[] = {"directRequestSpec",
                                  "fluxMonitorSpec",
                                  "cronSpec",
                                  "offChainReportingOracleSpec",
                                  "offChainReporting2OracleSpec",
                                  "keeperSpec",
                                  "vrfSpec",
                                  "webhookSpec",
                                  "blockhashStoreSpec",
                                  "blockHeaderFeederSpec",
                                  "bootstrapSpec",
                                  "gatewaySpec",
                                  "workflowSpec",
                                  "standardCapabilitiesSpec"};

SpecCheck refused(int status, const std::string& detail) {
  return {false, node_error(status, detail), {}};
}

std::string check_keys(const Json& spec, const Keys& required, const Keys& forbidden,
                       const char* peer) {
  for (const char* key : forbidden) {
    if (spec.contains(key)) {
      return fmt::format("unrecognised key for {} peer: {}", peer, key);
    }
  }
  for (const char* key : required) {
    if (!spec.contains(key)) {
      return fmt::format("missing required key {}", key);
    }
  }
  return "";
}

bool holds(const Json& keys, const char* attribute, const Json& value) {
  return std::ranges::any_of(keys, [&](const Json& key) {
    return key.at(attribute == nullptr ? "id" : "attributes") == value ||
           (attribute != nullptr && key.at("attributes").value(attribute, Json()) == value);
  });
}

std::string check_oracle(const Json& spec, const Json& settings, const Json& held) {
  std::string reason = check_keys(
      spec,
      {"type", "schemaVersion", "contractID", "relay", "relayConfig", "pluginType", "pluginConfig"},
      {"isBootstrapPeer", "juelsPerFeeCoinSource"}, "ocr2");
  if (!reason.empty()) {
    return reason;
  }
  const std::vector<std::string> plugins = {"median", "mercury", "plugin", "llo", "functions"};
  const std::string plugin = spec.at("pluginType");
  if (std::ranges::count(plugins, plugin) == 0) {
    return "invalid pluginType " + plugin;
  }
  const Json command = spec.at("pluginConfig").value("command", Json());
  if (command.is_string() && std::ranges::count(settings.at("binaries"), command) == 0) {
    return fmt::format("failed to find binary  \"{}\"", command.get<std::string>());
  }
  const Json bundle = spec.value("ocrKeyBundleID", Json());
  if (!bundle.is_null() && !holds(held.at("ocr2_keys"), nullptr, bundle)) {
    return "CreateJobFailed: no such key bundle exists";
  }
  const Json transmitter = spec.value("transmitterID", Json());
  if (plugin == "plugin" && !transmitter.is_null() &&
      !holds(held.at("eth_keys"), "address", transmitter)) {
    return "CreateJobFailed: no such transmitter key exists";
  }
  return "";
}

std::string check_workflow(const Json& spec) {
  if (!spec.contains("workflowId")) {
    return check_keys(spec, {"workflow", "workflowOwner"}, {}, "workflow");
  }
  const auto size = [&](const char* key) { return spec.value(key, std::string()).size(); };
  return size("workflowId") != 64      ? "incorrect length for id"
         : size("workflowOwner") != 40 ? "incorrect length for owner"
         : size("workflowName") != 10  ? "incorrect length for name"
                                       : "";
}

Json chosen(const Json& spec, const Keys& names) {
  Json some = Json::object();
  for (const char* name : names) {
    some[name] = spec.value(name, Json());
  }
  some["createdAt"] = kNodeTime;
  some["updatedAt"] = kNodeTime;
  return some;
}

Json workflow_of(const Json& spec) {
  Json workflow = chosen(spec, {"workflow", "workflowId", "workflowOwner", "workflowName"});
  if (workflow.at("workflowId").is_null()) {
    workflow["workflowId"] = to_hex(sha256(workflow.at("workflow").dump()));
  }
  return workflow;
}

Json attributes_of(const Json& spec, const std::string& type) {
  Json attributes = {{"name", spec.value("name", "")},
                     {"type", type},
                     {"schemaVersion", 1},
                     {"gasLimit", nullptr},
                     {"forwardingAllowed", false},
                     {"maxTaskDuration", "0s"},
                     {"externalJobID", spec.value("externalJobID", new_uuid())},
                     {"errors", Json::array()}};
  for (const char* name : kSpecs) {
    attributes[name] = nullptr;
  }
  if (type == "offchainreporting2") {
    attributes["offChainReporting2OracleSpec"] =
        chosen(spec, {"contractID", "relay", "relayConfig", "p2pv2Bootstrappers", "ocrKeyBundleID",
                      "transmitterID", "observationTimeout", "blockchainTimeout",
                      "contractConfigTrackerPollInterval", "contractConfigConfirmations",
                      "collectTelemetry"});
  } else if (type == "bootstrap") {
    attributes["bootstrapSpec"] =
        chosen(spec, {"contractID", "relay", "relayConfig", "blockchainTimeout",
                      "contractConfigTrackerSubscribeInterval", "contractConfigTrackerPollInterval",
                      "contractConfigConfirmations"});
  } else if (type == "workflow") {
    attributes["workflowSpec"] = workflow_of(spec);
  }
  return attributes;
}

std::string taken(const Json& attributes, const Json& held, const std::string& replaced) {
  for (const Json& job : held.at("jobs")) {
    const Json& other = job.at("attributes");
    if (job.at("id") == replaced) {
      continue;
    }
    if (attributes.at("name") != "" && other.at("name") == attributes.at("name")) {
      return "idx_jobs_name";
    }
    if (other.at("externalJobID") == attributes.at("externalJobID")) {
      return "external_job_id_uniq";
    }
  }
  return "";
}

}  // namespace

SpecCheck check_spec(const std::string& toml, const std::string& id, const Json& settings,
                     const Json& held, const std::string& replaced) {
  Json spec;
  try {
    std::ostringstream text;
    text << toml::json_formatter{toml::parse(toml)};
    spec = Json::parse(text.str());
  } catch (const toml::parse_error& error) {
    return refused(422, fmt::format("failed to parse TOML: {}", error.description()));
  }
  const std::string type = spec.value("type", "");
  const std::vector<std::string> types = {
      "offchainreporting2", "bootstrap", "workflow", "cron", "webhook", "standardcapabilities"};
  if (std::ranges::count(types, type) == 0 || spec.value("schemaVersion", 0) != 1) {
    return refused(422, "failed to parse TOML: unknown job type or schema version");
  }
  if (type == "offchainreporting2" && settings.at("ocr2") == false) {
    return refused(501, "The Offchain Reporting 2 feature is disabled by configuration");
  }
  const std::string reason =
      type == "offchainreporting2" ? check_oracle(spec, settings, held)
      : type == "bootstrap"
          ? check_keys(spec, {"type", "schemaVersion", "contractID", "relay", "relayConfig"},
                       {"isBootstrapPeer", "juelsPerFeeCoinSource", "observationSource"},
                       "bootstrap")
      : type == "workflow" ? check_workflow(spec)
                           : "";
  if (!reason.empty()) {
    return refused(400, reason);
  }
  Json attributes = attributes_of(spec, type);
  if (const std::string index = taken(attributes, held, replaced); !index.empty()) {
    return refused(500, fmt::format("CreateJobFailed: failed to insert job {}: ERROR: duplicate "
                                    "key value violates unique constraint \"{}\" (SQLSTATE 23505)",
                                    id, index));
  }
  return {true, {}, std::move(attributes)};
}

}  // namespace runbook::test
