#include "modules/eth/quantity.h"

#include <fmt/format.h>

#include "engine/base/error.h"

namespace runbook {

Bigint parse_quantity(const Json& value) {
  if (value.is_number_unsigned()) {
    return Bigint::parse(value.dump());
  }
  if (value.is_number_integer()) {
    return value.get<std::int64_t>();
  }
  if (value.is_string()) {
    return Bigint::parse(value.get<std::string>());
  }
  throw Error(Code::bigint_invalid,
              value.is_number_float()
                  ? fmt::format("{} is no whole number up to 2^53; give its digits as text, or a "
                                "bigint",
                                value.dump())
                  : fmt::format("a {} is no whole number", value.type_name()))
      .with_effect(EffectDone::none);
}

}  // namespace runbook
