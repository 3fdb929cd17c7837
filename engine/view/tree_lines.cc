// Everything is laid out at its fullest first (each step with a line of detail), then ever more
// tightly until it fits: details beside the names, then of each loop only its oldest and newest
// items.

#include "engine/view/tree_lines.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <unordered_map>

#include "engine/base/duration.h"
#include "engine/base/path.h"
#include "engine/view/text_width.h"

namespace runbook {

namespace {

/// A step that runs, or a prefix of some.
struct Node {
  std::string_view path;
  const LiveStep* step = nullptr;
  std::vector<std::unique_ptr<Node>> children;
  std::size_t running = 0;  ///< steps below it
};

/// A step's parents begin before it, so they are there.
Node make_tree(const TreeSteps& steps) {
  Node root;
  std::unordered_map<std::string_view, Node*> nodes;
  std::map<Sequence, const std::pair<const std::string, LiveStep>*> in_order;
  for (const auto& running : steps.running()) {
    in_order.emplace(running.second.begun, &running);
  }
  for (const auto& [sequence, running] : in_order) {
    const std::string_view path = running->first;
    Node* parent = &root;
    for (std::size_t end = 0; end != std::string_view::npos;) {
      end = path.find('/', end == 0 ? 0 : end + 1);
      const std::string_view prefix = path.substr(0, end);
      ++parent->running;
      Node*& node = nodes[prefix];
      if (node == nullptr) {
        node = parent->children.emplace_back(std::make_unique<Node>()).get();
        node->path = prefix;
      }
      parent = node;
    }
    parent->step = &running->second;
  }
  return root;
}

std::string whole_seconds(Timestamp milliseconds) {
  const std::chrono::milliseconds time(std::max<Timestamp>(milliseconds, 0));
  return time < std::chrono::minutes(1) ? fmt::format("{}s", time.count() / 1000)
                                        : format_duration(time);
}

std::size_t name_columns(std::size_t columns) {
  return std::clamp<std::size_t>(columns * 2 / 5, 16, 44);
}

constexpr std::size_t kTimeColumns = 7;
constexpr std::size_t kBarColumns = 4;  ///< before what stands below its step
constexpr std::size_t kNarrow = 60;

/// Of a terminal of so many rows; small ones are used more fully.
std::size_t most_lines(std::size_t rows) {
  return std::max(rows * 2 / 3, std::min<std::size_t>(std::max<std::size_t>(rows, 6) - 3, 9));
}

class Layout {
 public:
  Layout(const TreeSteps& steps, const TreeFrame& frame, const Style& style)
      : steps_(steps), frame_(frame), style_(style) {}

  /// False if it takes more than `limit` lines.
  bool fits(const Node& root, std::size_t limit, bool details_below, std::size_t children) {
    lines.clear();
    limit_ = limit;
    details_below_ = details_below;
    children_ = children;
    show_children(root, 0);
    return lines.size() <= limit;
  }

  std::vector<StyledLine> lines;

 private:
  void show_children(const Node& node, std::size_t depth) {
    const std::size_t all = node.children.size();
    const std::size_t newest = all > children_ ? children_ / 3 : 0;
    const std::size_t oldest = all > children_ ? children_ - newest : all;
    for (std::size_t i = 0; i < oldest && lines.size() <= limit_; ++i) {
      show(*node.children[i], depth);
    }
    if (oldest + newest < all) {
      StyledLine more;
      more.add(std::string(depth * 2, ' '));
      more.add(
          fmt::format("{} and {} more running", style_.unicode ? "⋮" : ":", all - oldest - newest),
          Color::dim);
      lines.push_back(std::move(more));
    }
    for (std::size_t i = all - newest; i < all && lines.size() <= limit_; ++i) {
      show(*node.children[i], depth);
    }
  }

  void show(const Node& node, std::size_t depth) {
    StyledLine line;
    line.add(std::string(depth * 2, ' '));
    const State state = node.step != nullptr && node.step->waits ? State::waiting : State::running;
    line.add(state_symbol(state, style_), state_color(state)).add(" ");
    const std::size_t name = name_columns(frame_.size.columns);
    const std::string label =
        screen_text(depth == 0 ? node.path : last_segment(node.path), style_.unicode);
    line.add(cut_middle(label, name + 2 - std::min(line.columns(), name), style_.unicode));
    const std::string detail = node.step == nullptr ? "" : detail_of(*node.step, depth);
    const bool below = details_below_ && !detail.empty();
    std::string beside = beside_of(node);
    if (!below && !detail.empty()) {
      beside += (beside.empty() ? "" : std::string(separator(style_))) + detail;
    }
    // Where there is no room for both, what is waited for counts for more than how long.
    const bool has_time = node.step != nullptr && !(is_narrow() && !below && node.step->waits);
    if (has_time) {
      line.to_column(name + 4);
      line.add(fmt::format("{:>{}}", whole_seconds(frame_.now - node.step->started), kTimeColumns),
               Color::dim);
    } else if (!is_narrow()) {
      line.to_column(name + 4);
    }
    if (!beside.empty()) {
      line.add("  ").add(beside, Color::dim);
    }
    lines.push_back(std::move(line));
    if (below) {
      StyledLine second;
      second.add(std::string(depth * 2, ' ')).add(style_.unicode ? "│   " : "|   ", Color::dim);
      lines.push_back(std::move(second.add(detail, node.step->waits ? Color::wait : Color::dim)));
    }
    show_children(node, depth + 1);
  }

  bool is_narrow() const { return frame_.size.columns < kNarrow; }

  /// The attempt, and how far those under it are.
  std::string beside_of(const Node& node) const {
    std::string text;
    if (node.step != nullptr && node.step->attempt > 1) {
      text = fmt::format("attempt {}", node.step->attempt);
    }
    const std::string counts = counts_text(steps_.progress(node.path), node.running, style_);
    if (!node.children.empty() && !counts.empty()) {
      text += (text.empty() ? "" : std::string(separator(style_))) + counts;
    }
    return text;
  }

  /// Below its step, when a wait ends is to be seen however long the reason is.
  std::string detail_of(const LiveStep& step, std::size_t depth) const {
    if (!step.waits) {
      return screen_text(step.output, style_.unicode);
    }
    std::string ending;
    if (step.until != 0) {
      const Timestamp left = step.until - frame_.now;
      ending = fmt::format("{}{} {}", step.detail.empty() ? "" : separator(style_), step.ending,
                           left <= 0 ? "now" : "in " + whole_seconds(left));
    }
    const std::string text = screen_text(step.detail, style_.unicode);
    if (!details_below_) {
      return text + ending;
    }
    const std::size_t taken =
        depth * 2 + kBarColumns + text_columns(ending) + 1;  // the last is kept free
    return cut_end(text, frame_.size.columns - std::min(frame_.size.columns, taken),
                   style_.unicode) +
           ending;
  }

  const TreeSteps& steps_;
  const TreeFrame& frame_;
  const Style& style_;
  std::size_t limit_ = 0;
  bool details_below_ = true;
  std::size_t children_ = 0;
};

}  // namespace

std::string counts_text(const Progress& progress, std::size_t running, const Style& style) {
  std::string text;
  const auto add = [&](std::size_t count, std::string_view word) {
    if (count != 0) {
      text += fmt::format("{}{} {}", text.empty() ? "" : separator(style), count, word);
    }
  };
  add(progress.done, "done");
  add(progress.failed, "failed");
  add(progress.skipped, "skipped");
  add(running, "running");
  return text;
}

std::vector<StyledLine> tree_lines(const TreeSteps& steps, const TreeFrame& frame,
                                   const Style& style) {
  const Node root = make_tree(steps);
  if (root.running == 0) {
    return {};
  }
  const std::size_t height = frame.size.rows - std::min(frame.taken, frame.size.rows);
  const std::size_t limit = most_lines(height) - 2;
  Layout layout(steps, frame, style);
  bool fits = layout.fits(root, limit, true, limit);
  for (std::size_t children = limit; !fits && children > 0; --children) {
    fits = layout.fits(root, limit, false, children);
  }
  std::vector<StyledLine> lines = std::move(layout.lines);
  if (lines.size() > limit) {
    lines.resize(limit);
  }
  StyledLine foot;
  if (frame.size.columns >= kNarrow) {
    foot.to_column(name_columns(frame.size.columns) + 4);
  }
  foot.add(fmt::format("{:>{}}", whole_seconds(frame.now - frame.began), kTimeColumns), Color::dim);
  foot.add("  ").add(counts_text(steps.progress(""), root.running, style), Color::dim);
  lines.push_back(std::move(foot));
  return lines;
}

namespace {

/// Moves the cursor on instead of writing spaces: a terminal takes 10 ns a byte, and this was half
/// of them.
void pass_over(std::string& line, std::size_t columns, bool fits) {
  if (fits && columns > 4) {
    line += "\x1b[";
    line += fmt::format_int(columns).c_str();
    line += 'C';
  } else {
    line.append(columns, ' ');
  }
}

}  // namespace

// There may be many thousands of them in a second: no StyledLine.
std::string ended_line(State state, std::string_view path, std::string_view duration,
                       std::string_view remark, const Style& style, std::size_t columns) {
  const std::string_view symbol = state_symbol(state, style);
  const std::string name = screen_text(path, style.unicode);
  const std::size_t used = text_columns(symbol) + 1 + text_columns(name);
  const std::size_t column = std::max(name_columns(columns) + 4, used + 1);
  std::string line;
  line.reserve(name.size() + 96);
  paint_onto(line, symbol, state_color(state), style);
  line.append(" ").append(name);
  pass_over(line, column - used, column < columns);
  line.append(kTimeColumns - std::min(kTimeColumns, duration.size()), ' ');
  paint_onto(line, duration, Color::dim, style);
  const std::size_t end = column + std::max(kTimeColumns, duration.size()) + 3;
  if (!remark.empty() && end < columns) {
    line += "  ";
    paint_onto(line, cut_end(screen_text(remark, style.unicode), columns - end, style.unicode),
               state == State::failed ? Color::bad : Color::dim, style);
  }
  return line += '\n';
}

}  // namespace runbook
