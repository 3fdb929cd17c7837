#include "engine/base/identity.h"

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

namespace runbook {

namespace {

std::vector<gid_t> group_ids(const passwd* user) {
  int count = user == nullptr ? ::getgroups(0, nullptr) : 0;
  if (user != nullptr) {
    ::getgrouplist(user->pw_name, user->pw_gid, nullptr, &count);
  }
  std::vector<gid_t> groups(static_cast<std::size_t>(count));
  if (user != nullptr) {
    ::getgrouplist(user->pw_name, user->pw_gid, groups.data(), &count);
  } else {
    count = ::getgroups(count, groups.data());
    groups.push_back(::getegid());
  }
  return groups;
}

/// Null if the user database does not know us.
const passwd* account() {
  const char* caller = ::getuid() == 0 ? std::getenv("SUDO_USER") : nullptr;
  const passwd* user = caller == nullptr ? nullptr : ::getpwnam(caller);
  return user != nullptr ? user : ::getpwuid(::getuid());
}

}  // namespace

std::string user_name() {
  const passwd* user = account();
  return user != nullptr ? user->pw_name : "uid " + std::to_string(::getuid());
}

std::string host_name() {
  std::array<char, 256> name{};
  ::gethostname(name.data(), name.size() - 1);
  return name.data();
}

std::string actor_name() {
  return user_name() + "@" + host_name();
}

std::vector<std::string> group_names() {
  std::vector<std::string> names;
  for (const gid_t group : group_ids(account())) {
    if (const struct group* entry = ::getgrgid(group)) {
      names.emplace_back(entry->gr_name);
    }
  }
  return names;
}

}  // namespace runbook
