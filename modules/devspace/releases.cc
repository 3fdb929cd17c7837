#include "modules/devspace/releases.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <map>

#include "engine/base/shown_text.h"
#include "engine/io/process_table.h"
#include "modules/devspace/project.h"
#include "modules/devspace/release_record.h"

namespace runbook::devspace {

namespace {

constexpr const char* kFields =
    R"(--output=jsonpath={range .items[*]}{.metadata.labels.name}{"\t"}{.metadata.labels.version})"
    R"({"\t"}{.metadata.labels.status}{"\n"}{end})";

/// The text up to the next `end`, which is taken off with it.
std::string_view taken(std::string_view& text, char end) {
  const std::string_view field = text.substr(0, text.find(end));
  text.remove_prefix(std::min(text.size(), field.size() + 1));
  return field;
}

bool is_helm(const std::string& program) {
  return std::filesystem::path(program).filename() == "helm";
}

/// Its program or, of a script, its interpreter's first argument is helm.
bool works_on(const std::vector<std::string>& arguments, const std::string& release) {
  const auto program = arguments.begin() + std::min<std::ptrdiff_t>(2, std::ssize(arguments));
  return std::any_of(arguments.begin(), program, is_helm) &&
         std::ranges::find(arguments, release) != arguments.end();
}

}  // namespace

std::string HelmRelease::secret() const {
  return fmt::format("sh.helm.release.v1.{}.v{}", name, revision);
}

std::vector<HelmRelease> releases_told(const std::string& out, const std::string& space) {
  std::map<std::string, HelmRelease> newest;
  for (std::string_view rest = out; !rest.empty();) {
    std::string_view line = taken(rest, '\n');
    HelmRelease release{.space = space, .name = std::string(taken(line, '\t'))};
    const std::string_view digits = taken(line, '\t');
    std::from_chars(digits.data(), digits.data() + digits.size(), release.revision);
    release.status = line;
    HelmRelease& known = newest[release.name];
    if (!release.name.empty() && release.revision > known.revision) {
      known = std::move(release);
    }
  }
  newest.erase("");
  std::vector<HelmRelease> releases;
  for (auto& [name, release] : newest) {
    releases.push_back(std::move(release));
  }
  return releases;
}

Task<std::vector<HelmRelease>> newest_releases(Call& call, std::vector<std::string> spaces) {
  std::vector<HelmRelease> releases;
  for (const std::string& space : spaces) {
    std::vector<std::string> question{"get", "secrets", "--namespace=" + space,
                                      "--selector=owner=helm", kFields};
    const tool::Ran ran = co_await ask_kubectl(call, std::move(question));
    const std::vector<HelmRelease> found = releases_told(ran.out, space);
    releases.insert(releases.end(), found.begin(), found.end());
  }
  co_return releases;
}

Task<std::string> description_of(Call& call, HelmRelease release) {
  std::vector<std::string> question{"get", "secret", release.secret(),
                                    "--namespace=" + release.space,
                                    "--output=jsonpath={.data.release}"};
  const tool::Ran ran = co_await ask_kubectl(call, std::move(question));
  co_return recorded_description(ran.out);
}

std::optional<int> helm_at_work(const std::string& run, const std::string& release) {
  for (const ProcessEntry& entry : list_processes()) {
    if (entry.is_alive() && environment_of(entry.pid, "RUNBOOK_RUN_ID") == run &&
        works_on(arguments_of(entry.pid), release)) {
      return entry.pid;
    }
  }
  return std::nullopt;
}

Error pending_error(const Call& call, const HelmRelease& release) {
  const char* undo = release.revision > 1 ? "rollback {} goes back to the revision before"
                                          : "uninstall {} removes what it had made";
  const std::string helm = fmt::format("{} {}", typed_helm(call, release.space),
                                       fmt::format(fmt::runtime(undo), shell_word(release.name)));
  return Error(
             Code::devspace_pending,
             fmt::format(
                 "helm release {} of namespace {} is {} (revision {}): whoever deploys it is still "
                 "at work elsewhere, or was cut off",
                 release.name, release.space, release.status, release.revision),
             fmt::format(
                 "somebody deploys: wait. Nobody does: {} delete secret {} forgets the revision "
                 "that was cut off, or {}. Then runbook resume",
                 typed_kubectl(call, release.space), release.secret(), helm),
             {{"release", release.name},
              {"namespace", release.space},
              {"revision", release.revision},
              {"status", release.status}})
      .with_effect(EffectDone::none);
}

}  // namespace runbook::devspace
