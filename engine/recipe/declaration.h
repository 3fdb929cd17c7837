#pragma once
// Reads the tables of a recipe{} header field by field, refusing what is unknown or of another
// type. Internal to engine/recipe.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/error.h"
#include "engine/base/json.h"

namespace runbook {

/// All methods throw Error(Code::recipe_header_invalid) naming the field: "params.rpc.env must be a
/// string, not a number".
class Declaration {
 public:
  /// `where` names the table in messages ("recipe", "params.rpc"); `known` are its fields.
  Declaration(std::string where, const Json& table, std::vector<std::string_view> known);

  bool has(const char* field) const;
  const Json& at(const char* field) const { return table_.at(field); }
  std::string text(const char* field) const;  ///< "" when absent
  bool flag(const char* field, bool fallback) const;
  std::optional<double> number(const char* field) const;
  std::vector<std::string> strings(const char* field) const;  ///< empty when absent
  std::string name_of(const std::string& field) const { return where_ + "." + field; }
  [[noreturn]] void refuse(const std::string& field, const std::string& problem) const;

 private:
  std::string where_;
  const Json& table_;
};

[[noreturn]] void refuse_header(const std::string& message);

}  // namespace runbook
