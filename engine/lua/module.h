#pragma once
// What a module includes: the declaration of a primitive, and the call it is given. One declaration
// serves argument checking, effect rules, documentation, `explain` and completion. A primitive
// never sees a lua_State.

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <typeindex>
#include <vector>

#include "engine/base/duration.h"
#include "engine/base/error.h"
#include "engine/io/loop.h"
#include "engine/io/process.h"
#include "engine/io/tool_program.h"
#include "engine/step/effect.h"
#include "engine/store/store.h"

namespace runbook {

class HttpClient;
class SecretVault;
class Services;

/// Types of options. After checking, `Call::options` holds: path → absolute text; duration → its
/// text, valid; integer → a whole number; list → array; table → object; strings → array of strings;
/// data → anything recordable; bytes → any string.
enum class Type {
  string,
  bytes,
  integer,
  number,
  boolean,
  path,
  duration,
  url,
  secret,
  list,
  strings,
  table,
  data
};
std::string_view type_name(Type type);

enum class Required { no, yes };

struct Option {
  std::string_view name;
  Type type = Type::string;
  Required required = Required::no;
  std::string_view help;
  /// Takes part in calls by position: fs.write(path, content) fills the options marked `positional`
  /// in order.
  bool positional = false;
  /// Collects the list part of the single table argument: process.run { "git", "push", cwd = … }.
  bool rest = false;
  Json fallback = nullptr;  ///< filled in when absent and not null
};

/// The option that lets a call produce secrets (design §3.5): `keep = "name"` or `keep = { name =
/// "/pointer/into/value" }`, with `*` and `-` as kept_secrets.h says. The adapter does the work; a
/// module that sees `call.keeps()` does not log the call's streams.
inline const Option kKeepOption{.name = "keep",
                                .type = Type::data,
                                .help =
                                    "name of a secret that holds all of stdout (or the body), or { "
                                    "name = \"/json/pointer into value\" }"};

/// What modules keep for a session: one object of a type, made when it is first asked for. Loop
/// thread only.
class SessionObjects {
 public:
  template <typename T>
  T& get() {
    std::shared_ptr<void>& object = objects_[typeid(T)];
    if (object == nullptr) {
      object = std::make_shared<T>();
    }
    return *static_cast<T*>(object.get());
  }

 private:
  std::map<std::type_index, std::shared_ptr<void>> objects_;
};

/// The engine's hands, shared by all primitives of a session.
struct Host {
  Loop& loop;
  Processes& processes;
  HttpClient& http;
  Services* services;                ///< null where no run is driven
  std::filesystem::path root;        ///< project root: relative paths start here
  std::filesystem::path run_folder;  ///< .runbook/runs/<id>
  std::string run_id;
  const SecretVault* secrets = nullptr;  ///< of the run; null in tests of modules
  SessionObjects objects{};

  template <typename T>
  T& of_session() {
    return objects.get<T>();
  }
};

/// One call of a primitive. Lives until the primitive has returned.
class Call {
 public:
  Call(Host& host, Json options, CancelPtr cancel)
      : host_(host), options_(std::move(options)), cancel_(std::move(cancel)) {}
  virtual ~Call() = default;
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  Host& host() { return host_; }
  /// Checked, defaults filled in, secrets as values (pure primitives: as placeholders unless
  /// `reveals`).
  const Json& options() const { return options_; }
  const CancelPtr& cancel() const { return cancel_; }

  bool has(std::string_view name) const;          ///< present and not null
  std::string text(std::string_view name) const;  ///< REQUIRES has(name), a string
  std::string text_or(std::string_view name, std::string_view fallback) const;
  bool flag(std::string_view name) const;  ///< false when absent
  std::int64_t integer_or(std::string_view name, std::int64_t fallback) const;
  std::chrono::milliseconds duration_or(std::string_view name,
                                        std::chrono::milliseconds fallback) const;
  bool keeps() const { return has("keep"); }
  /// True if the value of a secret stands in `text`: it must not get into an argv.
  bool holds_secret(std::string_view text) const;
  /// Of a text whose end was cut off: as much of it as has no part of a secret.
  std::size_t whole_length(std::string_view beginning) const;
  /// True if an earlier attempt of the step began this very call (once only).
  virtual bool was_begun_before() const { return false; }

  /// Throws Error(permission_refused), effect none, where recipe{ allow = { net = } } has not this
  /// host. Options of Type::url are checked before the call; this is for where it is led to.
  virtual void check_net(const std::string& url) const = 0;
  /// A line of a child's output or a remark, into the step's log (redacted). `stream` is out or
  /// err.
  virtual void log(Stream stream, std::string_view line) = 0;

  /// Says why it is not done yet, and when it gives up (0: nobody knows), for the views and
  /// `status`; shown until the next one, or until `waits({}, 0)` says that it goes on. An event:
  /// where nothing changed, it is not said again.
  virtual void waits(const std::string& /*why*/, Timestamp /*until*/) {}

  // once only
  const Json& intent() const { return intents_.back(); }  ///< REQUIRES: in run
  const std::vector<Json>& intents() const {
    return intents_;
  }  ///< in run and probe: the first, then amendments
  /// Adds an alternative to the intent, durable when it returns; gives back what is leased.
  virtual Task<void> amend(Json intent) = 0;

  /// Open intents of the whole store whose resource begins with `resource_prefix`.
  virtual Task<std::vector<OpenIntent>> open_intents(std::string resource_prefix) = 0;
  /// Holds the store-wide lease `name` until this call ends (of a prepare: until what it returned
  /// is durable), renewing it; waits up to `timeout` for other calls and runs, then
  /// Error(Code::lock_held) naming the run.
  virtual Task<void> lease(std::string name, std::chrono::milliseconds timeout) = 0;

  /// Before its end: others may have what it needs them for no longer.
  virtual void give_back_leases() {}

  virtual Task<std::optional<Json>> state_get(std::string key) = 0;
  virtual Task<std::vector<StateEntry>> state_list(std::string prefix) = 0;
  virtual void state_put(std::string key,
                         Json value) = 0;  ///< an event; durable before the next effect

 protected:
  std::vector<Json> intents_;

 private:
  Host& host_;
  Json options_;
  CancelPtr cancel_;
};

/// A primitive. Exactly one of `compute` (pure, at once) and `run` (everything else) is set. A
/// `once` primitive may have `prepare` (default: no intent data) and `probe` (default: none, so an
/// interruption is `unknown`).
struct Function {
  std::string_view name;
  Effect effect = Effect::pure;
  /// Instead of a constant: a pure function of the checked options (process.run: reads =,
  /// idempotent =).
  Effect (*effect_of)(const Json& options) = nullptr;
  std::string_view summary;
  std::vector<Option> options;
  std::string_view returns;
  std::vector<Code> errors;
  std::string_view
      example;  ///< Lua, a few lines; run by a test where it needs nothing but loopback
  bool reveals =
      false;  ///< pure, and looks at text itself: gets secret values, returns a secret again
  bool result_public = false;  ///< … unless its result gives nothing away (hashes)
  /// Its result is in stored form (engine/lua/values.h): {"$bigint": digits} comes back as a
  /// bigint, and a key that begins with $ has another.
  bool tagged = false;
  /// once: what the call's fingerprint is taken of, where its options have more than what makes it
  /// this very call (the URL of a node, a limit on fees). May read local files.
  Json (*identity)(Call& call) = nullptr;
  bool takes_tagged = false;  ///< so are its options; else a bigint arrives as its digits
  Json (*compute)(Call& call) = nullptr;
  Task<Json> (*run)(Call& call) = nullptr;
  Task<Intent> (*prepare)(Call& call) = nullptr;
  Task<Outcome> (*probe)(Call& call) = nullptr;
};

struct Module {
  std::string_view
      name;  ///< what `require` takes, and the prefix in the journal: "process" → "process.run"
  std::string_view summary;
  std::vector<Function> functions;
  /// Lua beside the module (modules/<name>/<name>.lua), embedded: gets the raw functions as `...`,
  /// a table, and returns what `require` gives. It may only rearrange options. Empty = the raw
  /// functions themselves.
  std::string_view lua{};
  /// Command line tools that its primitives run.
  std::vector<ToolProgram> tools{};
};

}  // namespace runbook
