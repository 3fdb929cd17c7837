#include "modules/hardhat/diagnosis.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "engine/base/utf8.h"
#include "modules/tool.h"

namespace runbook::hardhat {

namespace {

constexpr std::size_t kLinesOfDetail = 20;
constexpr std::string_view kHideCursor = "\x1b[?25l";  // how enquirer begins a question
constexpr std::size_t kMostOfMessage = 600;

/// "HH108: Cannot connect …" up to the stack trace; number 0 if there is none.
struct HardhatError {
  int number = 0;
  std::string text;
};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Up to where the same error begins again, with its stack.
std::string_view before_stack(std::string_view text) {
  for (const std::string_view end : {"\nHardhatError: ", "\n    at "}) {
    text = text.substr(0, text.find(end));
  }
  return text;
}

HardhatError hardhat_error(std::string_view output) {
  constexpr std::string_view kMark = "Error HH";  // "HardhatError: HH" where node itself prints it
  constexpr std::string_view kUncaught = "HardhatError: HH";
  const std::string_view found = output.find(kMark) < output.find(kUncaught) ? kMark : kUncaught;
  const std::size_t mark = output.find(found);
  if (mark == std::string_view::npos) {
    return {};
  }
  std::string_view rest = output.substr(mark + found.size());
  int number = 0;
  while (!rest.empty() && is_digit(rest.front()) && number < 10'000) {
    number = 10 * number + (rest.front() - '0');
    rest.remove_prefix(1);
  }
  rest.remove_prefix(rest.substr(0, 1) == ":" ? 1 : 0);
  return {number, std::string(trimmed(before_stack(rest)))};
}

/// The points of a list, on one line: Hardhat begins each with "  * ".
std::string points(std::string_view text) {
  std::string line;
  constexpr std::string_view kPoint = "\n  * ";
  for (std::size_t at = text.find(kPoint); at != std::string_view::npos;) {
    const std::size_t begin = at + kPoint.size();
    at = text.find(kPoint, begin);
    const std::string_view point =
        text.substr(begin, at == std::string_view::npos ? at : at - begin);
    line += (line.empty() ? "" : "; ") + std::string(trimmed(point.substr(0, point.find("\n\n"))));
  }
  return line;
}

std::string one_line(std::string_view text) {
  std::string line;
  for (const char c : text) {
    const bool is_space = c == ' ' || c == '\n' || c == '\t';
    if (!is_space) {
      line += c;
    } else if (!line.empty() && line.back() != ' ') {
      line += ' ';
    }
  }
  if (line.size() > kMostOfMessage) {
    line.resize(kMostOfMessage);
    line.resize(std::min(line.size(), invalid_utf8(line)));  // half a character at the end
    line += "…";
  }
  return line;
}

Json last_lines(const std::string& text) {
  Json lines = Json::array();
  std::size_t end = text.size();
  while (lines.size() < kLinesOfDetail && end > 0) {
    const std::size_t begin = text.rfind('\n', end - 1);
    const std::size_t from = begin == std::string::npos ? 0 : begin + 1;
    if (from < end && !text.substr(from, end - from).starts_with("    at ")) {
      lines.push_back(text.substr(from, end - from));
    }
    end = begin == std::string::npos ? 0 : begin;
  }
  std::reverse(lines.begin(), lines.end());
  return lines;
}

struct Sentence {
  Code code = Code::hardhat_failed;
  std::string message;
  std::string hint;
  bool transient = false;
};

std::string network_of(const Failure& failure) {
  return failure.network.empty() ? "the default network" : "network " + failure.network;
}

std::string point_or_text(const std::string& text) {
  const std::string found = points("\n" + text);
  return one_line(found.empty() ? text : found);
}

Sentence missing(const Failure& failure) {
  return {Code::hardhat_missing, fmt::format("{} does not have Hardhat of its own", failure.cwd),
          "npm install, in that folder"};
}

Sentence no_project(const Failure& failure) {
  return {Code::hardhat_config, fmt::format("{} has no Hardhat configuration", failure.cwd),
          "cwd = names the folder of hardhat.config"};
}

Sentence bad_config(const std::string& text) {
  return {Code::hardhat_config, "hardhat.config is refused: " + point_or_text(text),
          "an unset variable makes an invalid account: pass it, env = { NAME = … }"};
}

Sentence no_compiler(const std::string& text) {
  return {Code::hardhat_compiler, "Hardhat has no Solidity compiler: " + point_or_text(text),
          "allow the download, or let the configuration take the compiler of npm solc", true};
}

Sentence wrong_compiler(const std::string& text) {
  return {Code::hardhat_compiler, "no configured compiler fits: " + point_or_text(text),
          "add the version that the source asks for to hardhat.config"};
}

Sentence unreachable(const Failure& failure) {
  return {Code::hardhat_unreachable,
          fmt::format("no node answers for {} of Hardhat", network_of(failure)),
          "start the node, or correct the url of that network", true};
}

Sentence no_network(const Failure& failure) {
  return {Code::hardhat_network_unknown,
          fmt::format("hardhat.config has no network \"{}\"", failure.network),
          "name one that hardhat.config declares"};
}

Sentence wrong_chain(const Failure& failure, const std::string& text) {
  return {Code::hardhat_network_unknown,
          fmt::format("{} is another chain: {}", network_of(failure), one_line(text)),
          "correct chainId in hardhat.config, or the url of that network"};
}

std::optional<Sentence> by_number(const Failure& failure, const HardhatError& error) {
  switch (error.number) {
    case 1:
      return no_project(failure);
    case 12:
    case 22:
      return missing(failure);
    case 8:
    case 9:
      return bad_config(error.text);
    case 100:
      return no_network(failure);
    case 101:
      return wrong_chain(failure, error.text);
    case 108:
    case 109:
      return unreachable(failure);
    case 501:
    case 502:
    case 503:
    case 505:
      return no_compiler(error.text);
    case 606:
      return wrong_compiler(error.text);
    case 604:
      return Sentence{Code::hardhat_failed,
                      "Hardhat's node could not listen: " + one_line(error.text),
                      "see what uses its port"};
    default:
      return std::nullopt;
  }
}

// solc's own words, before Hardhat's summary.
Sentence does_not_compile(const std::string& output) {
  const std::size_t begin = output.find("Error: ");
  const std::string_view first = std::string_view(output).substr(
      begin == std::string::npos ? 0 : output.rfind('\n', begin) + 1);
  return {Code::hardhat_compile_failed,
          "the contracts do not compile: " + one_line(first.substr(0, first.find("\n  |"))),
          {}};
}

/// Messages without a number: hardhat-deploy's, and node's own.
struct Phrase {
  std::string_view text;
  Code code;
  std::string_view message;
  std::string_view hint;
};
constexpr std::array<Phrase, 5> kPhrases{{
    {"previous deployment, please check your node", Code::hardhat_deployment_missing,
     "the deployments folder is of a chain that is no more", "remove it, or stale = \"remove\""},
    {"for a different chainId", Code::chain_mismatch, "the deployments folder is of another chain",
     "keep one network name per chain, or remove the folder"},
    {"Unknown Signer for account", Code::hardhat_config,
     "a deploy script sends from an account that the network has no key for",
     "pass the variables that hardhat.config reads, env = { NAME = … }; a .env file that "
     "DOTENV_CONFIG_PATH names is read too late"},
    {"Cannot find module", Code::hardhat_config, "a package is not installed", "npm install"},
    {"EADDRINUSE", Code::hardhat_failed, "Hardhat's node could not listen: its port is taken",
     "port = \"auto\""},
}};

std::string_view line_at(std::string_view text, std::size_t at) {
  const std::size_t begin = text.rfind('\n', at);
  const std::size_t from = begin == std::string_view::npos ? 0 : begin + 1;
  return text.substr(from, text.find('\n', at) - from);
}

std::optional<Sentence> by_phrase(std::string_view output) {
  for (const Phrase& phrase : kPhrases) {
    if (const std::size_t at = output.find(phrase.text); at != std::string_view::npos) {
      return Sentence{phrase.code,
                      fmt::format("{}: {}", phrase.message, one_line(line_at(output, at))),
                      std::string(phrase.hint)};
    }
  }
  return std::nullopt;
}

Sentence otherwise(const Failure& failure, const HardhatError& error, const std::string& output) {
  if (error.number != 0) {
    return {
        Code::hardhat_failed,
        fmt::format("hardhat {}: {} (HH{})", failure.task, point_or_text(error.text), error.number),
        {}};
  }
  const std::size_t at = output.find("Error: ");
  const std::string why = at == std::string::npos
                              ? fmt::format("it exited with status {}", failure.exit)
                              : one_line(before_stack(std::string_view(output).substr(at + 7)));
  return {Code::hardhat_failed, fmt::format("hardhat {} failed: {}", failure.task, why), {}};
}

Sentence sentence_of(const Failure& failure, const std::string& output) {
  const HardhatError error = hardhat_error(output);
  if (error.number == 600) {
    return does_not_compile(output);
  }
  if (const auto known = by_number(failure, error)) {
    return *known;
  }
  if (const auto known = by_phrase(output); known && error.number == 0) {
    return *known;
  }
  return otherwise(failure, error, output);
}

}  // namespace

Error diagnose(const Failure& failure) {
  const std::string err = tool::plain_output(failure.err);
  const std::string output = tool::plain_output(failure.out) + "\n" + err;
  Sentence sentence = sentence_of(failure, output);
  Json detail{{"task", failure.task}, {"exit", failure.exit}, {"lines", last_lines(output)}};
  return Error(sentence.code, std::move(sentence.message), std::move(sentence.hint),
               std::move(detail))
      .with_transient(sentence.transient)
      .with_effect(EffectDone::none);
}

bool begins_question(std::string_view line) {
  return line.find(kHideCursor) != std::string_view::npos;
}

std::optional<std::string> asked_question(const std::string& out) {
  const std::size_t at = out.find(kHideCursor);
  if (at == std::string::npos) {
    return std::nullopt;
  }
  const std::string text = tool::plain_output(out.substr(at));
  const std::string_view question = trimmed(text);
  return std::string(trimmed(question.substr(0, question.find('\n'))));
}

}  // namespace runbook::hardhat
