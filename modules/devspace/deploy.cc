// devspace deploy, done once: what was cut off is judged by the releases that helm wrote down.
//
// Not by more than that: a deploy whose releases all stand is done only where its pipeline has
// nothing to do after them. Otherwise it runs again, skips what stands, and does the rest.

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "modules/devspace/config.h"
#include "modules/devspace/functions.h"
#include "modules/devspace/output.h"
#include "modules/devspace/project.h"
#include "modules/devspace/releases.h"

namespace runbook::devspace {

namespace {

std::string flag_of(const std::string& name, const Json& value) {
  if (value == Json(true)) {
    return "--" + name;
  }
  if (value.is_string() || value.is_number() || value.is_boolean()) {
    return fmt::format("--{}={}", name,
                       value.is_string() ? value.get<std::string>() : value.dump());
  }
  refuse(Code::option_invalid, fmt::format("flags: {} is neither text, number nor boolean", name));
}

std::vector<std::string> deploy_arguments(const Call& call) {
  std::vector<std::string> arguments{"deploy"};
  if (call.has("pipeline")) {
    arguments = {"run-pipeline", call.text("pipeline")};
  }
  if (call.has("override_image_tag")) {
    arguments.push_back("--override-image-tag=" + call.text("override_image_tag"));
  }
  if (call.flag("clean")) {
    arguments.emplace_back("--clean");
  }
  const Json flags = call.options().value("flags", Json::object());
  for (const auto& [name, value] : flags.items()) {
    arguments.push_back(flag_of(name, value));
  }
  return arguments;
}

Json to_json(const std::vector<HelmRelease>& releases) {
  Json list = Json::array();
  for (const HelmRelease& release : releases) {
    list.push_back({{"namespace", release.space},
                    {"name", release.name},
                    {"revision", release.revision},
                    {"status", release.status}});
  }
  return list;
}

Json to_json(const std::vector<ExpectedRelease>& expected) {
  Json list = Json::array();
  for (const ExpectedRelease& release : expected) {
    list.push_back(
        {{"deployment", release.deployment}, {"namespace", release.space}, {"name", release.name}});
  }
  return list;
}

std::vector<std::string> spaces_of(const std::string& space,
                                   const std::vector<ExpectedRelease>& expected) {
  std::set<std::string> spaces{space};
  for (const ExpectedRelease& release : expected) {
    spaces.insert(release.space);
  }
  return {spaces.begin(), spaces.end()};
}

std::string working_words(const std::string& release, int pid) {
  return fmt::format("helm upgrade of {} still runs (pid {})", release, pid);
}

// helm refuses it, after devspace has built and pushed images.
void refuse_pending(Call& call, const std::vector<HelmRelease>& releases) {
  for (const HelmRelease& release : releases) {
    if (release.is_pending()) {
      Error error = pending_error(call, release);
      if (const auto pid = helm_at_work(call.host().run_id, release.name)) {
        error.message += "; " + working_words(release.name, *pid);
      }
      throw error.with_transient();
    }
  }
}

Task<Intent> prepare_deploy(Call& call) {
  require_cluster(call);
  deploy_arguments(call);  // refuses what is wrong with the flags
  const std::string space = call.text("namespace");
  std::vector<std::string> question{"print"};
  const tool::Ran printed = co_await ask_devspace(call, std::move(question));
  const Json config = printed_config(printed.out).at("config");
  const std::vector<ExpectedRelease> expected = expected_releases(config, space);
  const std::vector<std::string> spaces = spaces_of(space, expected);
  const std::vector<HelmRelease> before = co_await newest_releases(call, spaces);
  refuse_pending(call, before);
  Json intent{
      {"text", fmt::format("devspace deploy to {}, context {}", space, call.text("context"))},
      {"namespaces", spaces},
      {"before", to_json(before)},
      {"expected", to_json(expected)},
      {"ends_with_releases", ends_with_releases(config, call.text_or("pipeline", "deploy"))}};
  co_return Intent{std::move(intent), {}};
}

Task<Json> run_deploy(Call& call) {
  std::vector<std::string> arguments = deploy_arguments(call);
  const tool::Ran ran = co_await run_devspace(call, std::move(arguments));
  co_return Json{{"namespace", call.text("namespace")},
                 {"deployments", deployments_told(ran.out)},
                 {"ms", ran.duration.count()}};
}

/// The revision that the release had before; 0 if there was none.
std::int64_t revision_before(const Json& intent, const HelmRelease& release) {
  for (const Json& known : intent.at("before")) {
    if (known.at("namespace") == release.space && known.at("name") == release.name) {
      return known.at("revision").get<std::int64_t>();
    }
  }
  return 0;
}

/// As run_deploy() would have told them; null unless all that were expected have one new revision
/// that is deployed, and nothing comes after them. Two new ones are not this deploy alone: an
/// upgrade that failed and was rolled back leaves the old one deployed.
Json all_deployed(const Json& intent, const std::vector<HelmRelease>& moved) {
  if (intent.at("ends_with_releases") != true) {
    return nullptr;
  }
  Json deployments = Json::object();
  for (const Json& expected : intent.at("expected")) {
    const auto found = std::ranges::find_if(moved, [&](const HelmRelease& release) {
      return expected.at("namespace") == release.space && expected.at("name") == release.name &&
             release.status == "deployed" &&
             release.revision == revision_before(intent, release) + 1;
    });
    if (found == moved.end()) {
      return nullptr;
    }
    deployments[expected.at("deployment").get<std::string>()] = {
        {"outcome", "deployed"}, {"with", "helm"}, {"revision", found->revision}};
  }
  return deployments;
}

/// A helm that was ended with its devspace says so, and may be run again.
bool was_cancelled(const std::string& description) {
  return description.find("context canceled") != std::string::npos ||
         description.find("has been cancelled") != std::string::npos;
}

/// What helm wrote down as failed; nullopt if it was only ended.
Task<std::optional<Outcome>> judge_failed(Call& call, HelmRelease release) {
  const std::string why = co_await description_of(call, release);
  if (was_cancelled(why)) {
    co_return std::nullopt;
  }
  const std::string kubectl = typed_kubectl(call, release.space);
  co_return Outcome::failed(
      Error(Code::devspace_failed,
            fmt::format("helm release {} of namespace {} failed (revision {}){}{}", release.name,
                        release.space, release.revision, why.empty() ? "" : ": ", why),
            fmt::format("see: {} get pods; {} get events; then runbook resume deploys again",
                        kubectl, kubectl))
          .with_effect(EffectDone::none));
}

/// The releases that the deploy may have touched, and those it was to make.
std::set<std::string> names_of(const Json& intent, const std::vector<HelmRelease>& releases) {
  std::set<std::string> names;
  for (const Json& expected : intent.at("expected")) {
    names.insert(expected.at("name").get<std::string>());
  }
  for (const HelmRelease& release : releases) {
    names.insert(release.name);
  }
  return names;
}

// A pending release that nobody of ours works on is a failure, not a question: what has happened is
// known, another deploy would be refused, and what helps is one command and a resume.
Task<Outcome> probe_deploy(Call& call) {
  const Json intent = call.intents().back();
  const std::vector<HelmRelease> now =
      co_await newest_releases(call, intent.at("namespaces").get<std::vector<std::string>>());
  const std::set<std::string> names = names_of(intent, now);
  for (const std::string& name : names) {
    if (const auto pid = helm_at_work(call.host().run_id, name)) {
      co_return Outcome::in_progress(working_words(name, *pid));
    }
  }
  std::vector<HelmRelease> moved;
  for (const HelmRelease& release : now) {
    if (release.is_pending()) {
      co_return Outcome::failed(pending_error(call, release));
    }
    if (release.revision > revision_before(intent, release)) {
      moved.push_back(release);
    }
  }
  for (const HelmRelease& release : moved) {
    std::optional<Outcome> failed;
    if (release.status == "failed") {
      failed = co_await judge_failed(call, release);
    }
    if (failed) {
      co_return *failed;
    }
  }
  Json deployments = all_deployed(intent, moved);
  if (deployments.is_null()) {
    co_return Outcome::not_done();
  }
  co_return Outcome::done(
      Json{{"namespace", call.text("namespace")}, {"deployments", std::move(deployments)}});
}

std::vector<Option> deploy_options() {
  return project_options(
      {{.name = "override_image_tag",
        .type = Type::string,
        .help = "for a pipeline with the flag --override-image-tag"},
       {.name = "clean", .type = Type::boolean, .help = "for a pipeline with the flag --clean"},
       {.name = "flags",
        .type = Type::table,
        .help = "further flags, of devspace or of the pipeline: { [\"skip-build\"] = true }"},
       {.name = "pipeline",
        .type = Type::string,
        .help = "another pipeline than deploy (devspace run-pipeline)"}});
}

}  // namespace

std::vector<Function> deploy_functions() {
  Function deploy{.name = "deploy",
                  .effect = Effect::once,
                  .summary =
                      "Runs the project's deploy pipeline. A cut-off one is judged by the "
                      "releases that helm wrote down; one that is stuck half-way is refused "
                      "with the ways on.",
                  .options = deploy_options(),
                  .returns =
                      "{ namespace, deployments = { NAME = { outcome, with, revision } }, "
                      "ms }: outcome \"deployed\" or \"skipped\" (nothing had changed), with "
                      "\"helm\" or \"kubectl\"; no ms where it was settled after an "
                      "interruption",
                  .errors = project_errors({Code::devspace_pending}),
                  .example =
                      "local devspace = require \"devspace\"\n"
                      "local project = devspace.project {\n"
                      "  cwd = \"crib\", context = \"staging\", namespace = \"crib-a\" }\n"
                      "step(\"deploy\", function()\n"
                      "  return project:deploy { profiles = { \"keystone\" },\n"
                      "    override_image_tag = \"v1.2.3\" }  -- devspace.deploy\n"
                      "end)",
                  .run = run_deploy,
                  .prepare = prepare_deploy,
                  .probe = probe_deploy};
  return {std::move(deploy)};
}

}  // namespace runbook::devspace
