#pragma once
// The tables of state.db, format 1, and the rule for other formats.

#include <string>

#include "engine/store/sqlite.h"

namespace runbook {

enum class SchemaState { current, empty };

/// Whether the file holds our tables or nothing yet. Error(Code::store_too_new) for a newer format,
/// Error(Code::store_unreadable) for a database that is not ours.
SchemaState check_schema(Database& database);
/// Makes the tables, unless another process was faster.
void create_schema(Database& database);
/// The bytes of a database file with the tables and nothing in them.
std::string empty_database();

}  // namespace runbook
