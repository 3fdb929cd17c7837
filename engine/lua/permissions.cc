#include "engine/lua/permissions.h"

#include <fmt/core.h>
#include <fnmatch.h>

#include <algorithm>

namespace runbook::lua {
namespace {

bool matches(const std::vector<std::string>& allowed, const std::string& what) {
  return std::any_of(allowed.begin(), allowed.end(), [&](const std::string& pattern) {
    return ::fnmatch(pattern.c_str(), what.c_str(), 0) == 0;
  });
}

std::string host_of(const std::string& url) {
  const std::size_t scheme = url.find("://");
  const std::size_t begin = scheme == std::string::npos ? 0 : scheme + 3;
  std::string authority = url.substr(begin, url.find_first_of("/?#", begin) - begin);
  const std::size_t user = authority.rfind('@');
  authority.erase(0, user == std::string::npos ? 0 : user + 1);
  const std::size_t port = authority.starts_with('[') ? authority.find("]:") : authority.find(':');
  return authority.substr(
      0, port == std::string::npos ? port : port + (authority.starts_with('[') ? 1 : 0));
}

bool is_inside(const std::filesystem::path& path, const std::filesystem::path& folder) {
  const std::filesystem::path relative = path.lexically_relative(folder);
  return !relative.empty() && *relative.begin() != "..";
}

[[noreturn]] void refuse_access(const std::string& name, std::string_view kind,
                                const std::string& what) {
  throw Error(
      Code::permission_refused, fmt::format("{} wants {} access to \"{}\"", name, kind, what),
      fmt::format("add it to recipe{{ allow = {{ {} = {{ … }} }} }} if it is meant to be there",
                  kind))
      .with_effect(EffectDone::none);
}

}  // namespace

void check_net(const Permissions& permissions, const std::string& name, const std::string& url) {
  if (permissions.limited && !matches(permissions.net, host_of(url))) {
    refuse_access(name, "net", host_of(url));
  }
}

void check_tools(const Permissions& permissions, const std::string& name,
                 const std::vector<ToolProgram>& tools, const Function& function,
                 const Json& options) {
  if (!permissions.limited) {
    return;
  }
  for (const ToolProgram& tool : tools) {
    if (!matches(permissions.run, std::string(tool.name))) {
      refuse_access(name, "run", std::string(tool.name));
    }
  }
  for (const Option& option : function.options) {
    const auto value = options.find(std::string(option.name));
    if (option.type == Type::url && value != options.end()) {
      check_net(permissions, name, *value);
    }
  }
}

void check_permissions(const Permissions& permissions, const std::string& name,
                       const Function& function, const Json& options,
                       const std::filesystem::path& root) {
  if (!permissions.limited) {
    return;
  }
  const Effect effect =
      function.effect_of != nullptr ? function.effect_of(options) : function.effect;
  for (const Option& option : function.options) {
    const auto value = options.find(std::string(option.name));
    if (value == options.end()) {
      continue;
    }
    if (option.rest && option.type == Type::strings && !value->empty()) {
      const std::string program =
          std::filesystem::path(value->front().get<std::string>()).filename();
      if (!matches(permissions.run, program)) {
        refuse_access(name, "run", program);
      }
    } else if (option.type == Type::url) {
      check_net(permissions, name, *value);
    } else if (option.type == Type::path &&
               (effect == Effect::idempotent || effect == Effect::once)) {
      const bool allowed = std::any_of(
          permissions.write.begin(), permissions.write.end(), [&](const std::string& folder) {
            return is_inside(value->get<std::string>(), (root / folder).lexically_normal());
          });
      if (!allowed) {
        refuse_access(name, "write", *value);
      }
    }
  }
}

}  // namespace runbook::lua
