#include "engine/service/service_files.h"

#include "engine/base/file.h"
#include "engine/base/json.h"
#include "engine/io/process_table.h"

namespace runbook {

namespace {

constexpr int kVersion = 1;

Json optional_number(const std::optional<int>& number) {
  return number ? Json(*number) : Json();
}

std::optional<int> to_optional(const Json& value) {
  return value.is_null() ? std::nullopt : std::optional<int>(value.get<int>());
}

}  // namespace

ServiceFiles ServiceFiles::in(const std::filesystem::path& folder, const std::string& name) {
  return {folder / (name + ".spec"), folder / (name + ".lock"), folder / (name + ".status"),
          folder / (name + ".log")};
}

void write_order(const std::filesystem::path& path, const ServiceOrder& order) {
  const ServiceSpec& spec = order.spec;
  const Json json{{"v", kVersion},           {"name", spec.name},
                  {"argv", spec.argv},       {"cwd", spec.cwd},
                  {"env", spec.env},         {"port", spec.port},
                  {"restart", spec.restart}, {"grace_ms", spec.grace.count()},
                  {"run", order.run_id},     {"secrets", order.secrets}};
  write_file_atomically(path, dump_json(json));
}

ServiceOrder take_order(const std::filesystem::path& path) {
  const Json json = parse_json(read_file(path), path.string());
  std::filesystem::remove(path);
  ServiceOrder order;
  order.spec.name = json.at("name").get<std::string>();
  order.spec.argv = json.at("argv").get<std::vector<std::string>>();
  order.spec.cwd = json.at("cwd").get<std::string>();
  order.spec.env = json.at("env").get<std::vector<std::pair<std::string, std::string>>>();
  order.spec.port = json.at("port").get<int>();
  order.spec.restart = json.at("restart").get<std::string>();
  order.spec.grace = std::chrono::milliseconds(json.at("grace_ms").get<std::int64_t>());
  order.run_id = json.at("run").get<std::string>();
  order.secrets = json.at("secrets").get<std::vector<std::pair<std::string, std::string>>>();
  return order;
}

void write_record(const std::filesystem::path& path, const ServiceRecord& record) {
  const Json json{{"v", kVersion},
                  {"pid", record.pid},
                  {"start_time", record.start_time},
                  {"boot", record.boot},
                  {"since", record.since},
                  {"exit", optional_number(record.exit)},
                  {"signal", optional_number(record.signal)}};
  write_file_atomically(path, dump_json(json));
}

std::optional<ServiceRecord> read_record(const std::filesystem::path& path) {
  if (!std::filesystem::exists(path)) {
    return std::nullopt;
  }
  const Json json = parse_json(read_file(path), path.string());
  ServiceRecord record;
  record.pid = json.at("pid").get<int>();
  record.start_time = json.at("start_time").get<std::string>();
  record.boot = json.at("boot").get<std::string>();
  record.since = json.at("since").get<Timestamp>();
  record.exit = to_optional(json.at("exit"));
  record.signal = to_optional(json.at("signal"));
  return record;
}

bool is_alive(const ServiceRecord& record) {
  if (record.has_ended() || record.boot != boot_id()) {
    return false;
  }
  const std::optional<ProcessEntry> process = find_process(record.pid);
  return process && process->is_alive() && std::to_string(process->start_time) == record.start_time;
}

}  // namespace runbook
