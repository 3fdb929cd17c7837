#include "engine/step/effect.h"

namespace runbook {

std::string_view effect_name(Effect effect) {
  switch (effect) {
    case Effect::pure:
      return "pure";
    case Effect::read:
      return "read";
    case Effect::idempotent:
      return "idempotent";
    case Effect::once:
      return "once";
  }
  return "once";
}

}  // namespace runbook
