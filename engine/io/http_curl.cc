#include "engine/io/http_curl.h"

#include <dlfcn.h>

#include <string>

#include "engine/base/error.h"
#include "engine/io/http_version.h"

namespace runbook {

namespace {

constexpr const char* kLibrary = "libcurl.so.4";
constexpr unsigned kOldest = 0x075500;  // 7.85.0: CURLOPT_PROTOCOLS_STR

[[noreturn]] void unavailable(const std::string& why) {
  Error error(Code::http_unavailable, "HTTP needs libcurl: " + why);
  throw error.with_effect(EffectDone::none);
}

template <typename Function>
void find(void* library, const char* name, Function& function) {
  void* symbol = dlsym(library, name);
  if (symbol == nullptr) {
    unavailable(std::string(kLibrary) + " has no " + name);
  }
  function = reinterpret_cast<Function>(symbol);
}

CurlApi open_api() {
  // Local: its OpenSSL must not be bound to the one inside this program, nor the other way round.
  void* library = dlopen(kLibrary, RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    const char* why = dlerror();
    unavailable(why != nullptr ? why : kLibrary);
  }
  CurlApi api{};
  find(library, "curl_global_init", api.global_init);
  find(library, "curl_version_info", api.version_info);
  find(library, "curl_free", api.free);
  find(library, "curl_slist_append", api.slist_append);
  find(library, "curl_slist_free_all", api.slist_free_all);
  find(library, "curl_easy_init", api.easy_init);
  find(library, "curl_easy_cleanup", api.easy_cleanup);
  find(library, "curl_easy_reset", api.easy_reset);
  find(library, "curl_easy_strerror", api.easy_strerror);
  find(library, "curl_easy_setopt", api.easy_setopt);
  find(library, "curl_easy_getinfo", api.easy_getinfo);
  find(library, "curl_multi_init", api.multi_init);
  find(library, "curl_multi_cleanup", api.multi_cleanup);
  find(library, "curl_multi_add_handle", api.multi_add_handle);
  find(library, "curl_multi_remove_handle", api.multi_remove_handle);
  find(library, "curl_multi_socket_action", api.multi_socket_action);
  find(library, "curl_multi_info_read", api.multi_info_read);
  find(library, "curl_multi_setopt", api.multi_setopt);
  find(library, "curl_url", api.url);
  find(library, "curl_url_cleanup", api.url_cleanup);
  find(library, "curl_url_set", api.url_set);
  find(library, "curl_url_get", api.url_get);
  const curl_version_info_data* version = api.version_info(CURLVERSION_NOW);
  if (version->version_num < kOldest) {
    unavailable(std::string("version 7.85 or newer, not ") + version->version);
  }
  if (api.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
    unavailable("it could not be initialised");
  }
  return api;
}

}  // namespace

const CurlApi& curl_api() {
  // Never closed: libcurl's threads and atexit handlers would outlive their code.
  static const CurlApi api = open_api();
  return api;
}

std::string libcurl_version() {
  return std::string("libcurl ") + curl_api().version_info(CURLVERSION_NOW)->version;
}

}  // namespace runbook
