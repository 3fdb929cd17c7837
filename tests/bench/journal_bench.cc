// The journal against bare SQLite: durable steps, steps without effects, loading.

#include <fmt/core.h>

#include <chrono>
#include <filesystem>
#include <string>

#include <sqlite3.h>

#include "engine/base/error.h"
#include "engine/journal/journal.h"
#include "tests/base/temporary_folder.h"
#include "tests/bench/bench.h"

namespace runbook::bench {
namespace {

constexpr const char* kRun = "7f3a-lucky-heron";
constexpr int kSequential = 1'500;
constexpr int kParallel = 64;
constexpr int kEach = 400;
constexpr int kManySteps = 100'000;
constexpr int kRounds = 5;

double seconds_of(const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

/// The limit: rows of the size of an event, a commit each, nothing else.
double bare_commits_per_second() {
  const TemporaryFolder folder;
  sqlite3* database = nullptr;
  sqlite3_stmt* insert = nullptr;
  sqlite3_open((folder.path() / "bare.db").c_str(), &database);
  sqlite3_exec(database,
               "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
               "CREATE TABLE event (id INTEGER PRIMARY KEY, payload TEXT)",
               nullptr, nullptr, nullptr);
  sqlite3_prepare_v2(database, "INSERT INTO event (payload) VALUES (?1)", -1, &insert, nullptr);
  const std::string payload(200, 'x');
  sqlite3_bind_text(insert, 1, payload.data(), static_cast<int>(payload.size()), SQLITE_STATIC);
  const double seconds = seconds_of([&] {
    for (int i = 0; i < kSequential; ++i) {
      RB_CHECK(sqlite3_step(insert) == SQLITE_DONE);
      sqlite3_reset(insert);
    }
  });
  sqlite3_finalize(insert);
  sqlite3_close(database);
  return kSequential / seconds;
}

/// A run in a store of its own, driven by a loop as `runbook run` does.
struct Driven {
  explicit Driven(const std::filesystem::path& folder)
      : store(open_sqlite_store(folder, OpenMode::create)) {
    RunRow row;
    row.id = kRun;
    row.created = clock.now();
    store->create_run(row);
  }
  void run(const std::function<void(Loop&, Journal&)>& start) {
    Loop loop(clock);
    Journal journal(loop, *store, kRun, Journal::Writer::thread);
    loop.on_idle([&journal] { journal.flush(); });
    journal.append(event::SessionStarted{.pid = 1});
    start(loop, journal);
    loop.run();
    journal.close();
  }

  SystemClock clock;
  std::unique_ptr<Store> store;
};

/// Steps with one once effect each, that takes no time: intent, commit, effect, end.
Task<void> effects(Journal& journal, std::string name, int count) {
  for (int i = 0; i < count; ++i) {
    const std::string path = fmt::format("{} {}", name, i);
    journal.append(event::StepStarted{.kind = Kind::step, .body = 77, .site = "recipe.lua:12"},
                   path, 1);
    event::CallBegun begun{.primitive = "process.run",
                           .fingerprint = "0123456789abcdef",
                           .resource = {},
                           .occurrence = 0,
                           .arguments = {{"argv", {"true"}}},
                           .intent = nullptr};
    const Sequence call = journal.append(std::move(begun), path, 1);
    co_await journal.durable();
    journal.append(event::CallEnded{.call = call, .result = RawJson(R"({"code":0})")}, path, 1);
    journal.append(event::StepFinished{.state = State::ok, .value = RawJson(R"({"code":0})")}, path,
                   1);
  }
}

double durable_steps_per_second(int workers, int each) {
  const TemporaryFolder folder;
  Driven driven(folder.path());
  const double seconds = seconds_of([&] {
    driven.run([&](Loop& loop, Journal& journal) {
      for (int i = 0; i < workers; ++i) {
        loop.spawn(effects(journal, fmt::format("worker {}", i), each));
      }
    });
  });
  return workers * each / seconds;
}

void append_plain_steps(Journal& journal, int count) {
  for (int i = 0; i < count; ++i) {
    const std::string path = fmt::format("prepare the machines/machine {}", i);
    journal.append(event::StepStarted{.kind = Kind::step, .body = 77, .site = "recipe.lua:12"},
                   path, 1);
    journal.append(event::StepFinished{.state = State::ok,
                                       .value = RawJson(R"({"value":42,"text":"hello world"})")},
                   path, 1);
  }
}

Figure median_figure(const std::string& name, const std::string& unit, double floor, double goal,
                     const std::function<Figure()>& measure) {
  std::vector<Figure> figures;
  for (int round = 0; round < kRounds; ++round) {
    figures.push_back(measure());
  }
  const auto judged = [](const Figure& figure) {
    return figure.limit > 0 ? figure.ours / figure.limit : figure.ours;
  };
  std::sort(figures.begin(), figures.end(),
            [&](const Figure& left, const Figure& right) { return judged(left) < judged(right); });
  Figure figure = figures[figures.size() / 2];
  figure.name = name;
  figure.unit = unit;
  figure.floor = floor;
  figure.goal = goal;
  return figure;
}

}  // namespace

std::vector<Figure> bench_journal() {
  std::vector<Figure> figures;
  figures.push_back(
      median_figure("durable steps, sequential, to bare commits", "steps/s", 0.6, 0.8, [] {
        Figure figure;
        figure.limit = bare_commits_per_second();
        figure.ours = durable_steps_per_second(1, kSequential);
        return figure;
      }));
  // The issue's goal is the smaller of 10 times the sequential figure and 50,000/s, its floor the
  // same with 30,000/s.
  const double tenfold = 10 * figures.front().ours;
  const double goal = std::min(tenfold, 50'000.0);
  figures.push_back(median_figure("durable steps, 64 at once, to the goal", "steps/s",
                                  std::min(tenfold, 30'000.0) / goal, 1.0, [goal] {
                                    Figure figure;
                                    figure.limit = goal;
                                    figure.ours = durable_steps_per_second(kParallel, kEach);
                                    return figure;
                                  }));

  const TemporaryFolder folder;
  Driven driven(folder.path());
  figures.push_back({.name = "steps without effects, journal's share",
                     .ours = kManySteps / seconds_of([&] {
                               driven.run([](Loop&, Journal& journal) {
                                 append_plain_steps(journal, kManySteps);
                               });
                             }),
                     .limit = 0,
                     .unit = "steps/s",
                     .floor = 50'000,
                     .goal = 200'000});
  figures.push_back(median_figure("load of 100,000 finished steps", "ms", 300, 150, [&folder] {
    Figure figure;
    figure.ours = 1'000 * seconds_of([&folder] {
                    const auto store = open_sqlite_store(folder.path(), OpenMode::read_write);
                    RB_CHECK(read_run_state(*store, kRun).steps.size() == kManySteps);
                  });
    return figure;
  }));
  figures.push_back(median_figure("a new store, a run, a durable step", "ms", 10, 5, [] {
    const TemporaryFolder fresh;
    Figure figure;
    figure.ours =
        1'000 * seconds_of([&fresh] {
          Driven run(fresh.path() / ".runbook");
          run.run([](Loop& loop, Journal& journal) { loop.spawn(effects(journal, "only", 1)); });
        });
    return figure;
  }));
  return figures;
}

}  // namespace runbook::bench
