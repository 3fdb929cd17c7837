#pragma once
// The payload fields of each event, once: writing, reading and the JSON-lines form are made from
// this list. Names are on disk: do not change them. State, kind and body are columns, not fields.

#include <string_view>
#include <tuple>

#include "engine/journal/event.h"

namespace runbook {

template <typename Owner, typename Member>
struct Field {
  std::string_view name;
  Member Owner::*member;
};
template <typename Owner, typename Member>
Field(const char*, Member Owner::*) -> Field<Owner, Member>;

template <typename E>
inline constexpr auto kFields = std::tuple<>();

template <>
inline constexpr auto kFields<event::RunCreated> = std::tuple(
    Field{"recipe", &event::RunCreated::recipe}, Field{"name", &event::RunCreated::name},
    Field{"root", &event::RunCreated::root}, Field{"parameters", &event::RunCreated::parameters},
    Field{"sources", &event::RunCreated::sources}, Field{"limits", &event::RunCreated::limits},
    Field{"secrets", &event::RunCreated::secrets}, Field{"user", &event::RunCreated::user},
    Field{"host", &event::RunCreated::host});
template <>
inline constexpr auto kFields<event::SessionStarted> = std::tuple(
    Field{"resumed", &event::SessionStarted::resumed}, Field{"pid", &event::SessionStarted::pid},
    Field{"user", &event::SessionStarted::user}, Field{"host", &event::SessionStarted::host},
    Field{"boot", &event::SessionStarted::boot}, Field{"options", &event::SessionStarted::options},
    Field{"sources", &event::SessionStarted::sources});
template <>
inline constexpr auto kFields<event::SessionEnded> = std::tuple(
    Field{"exit", &event::SessionEnded::exit}, Field{"error", &event::SessionEnded::error});
template <>
inline constexpr auto kFields<event::RunRewound> = std::tuple(
    Field{"kind", &event::RunRewound::kind}, Field{"to", &event::RunRewound::to},
    Field{"reason", &event::RunRewound::reason}, Field{"actor", &event::RunRewound::actor},
    Field{"forgotten", &event::RunRewound::forgotten});
template <>
inline constexpr auto kFields<event::StepStarted> = std::tuple(
    Field{"site", &event::StepStarted::site}, Field{"inputs", &event::StepStarted::inputs},
    Field{"has_undo", &event::StepStarted::has_undo});
template <>
inline constexpr auto kFields<event::StepRetrying> = std::tuple(
    Field{"error", &event::StepRetrying::error}, Field{"delay_ms", &event::StepRetrying::delay_ms});
template <>
inline constexpr auto kFields<event::StepWaiting> =
    std::tuple(Field{"why", &event::StepWaiting::why}, Field{"until", &event::StepWaiting::until});
template <>
inline constexpr auto kFields<event::StepMarked> = std::tuple(
    Field{"value", &event::StepMarked::value}, Field{"reason", &event::StepMarked::reason},
    Field{"actor", &event::StepMarked::actor},
    Field{"renamed_from", &event::StepMarked::renamed_from});
template <>
inline constexpr auto kFields<event::StepSkipped> = std::tuple(
    Field{"reason", &event::StepSkipped::reason}, Field{"actor", &event::StepSkipped::actor},
    Field{"value", &event::StepSkipped::value});
template <>
inline constexpr auto kFields<event::CallBegun> = std::tuple(
    Field{"primitive", &event::CallBegun::primitive},
    Field{"fingerprint", &event::CallBegun::fingerprint},
    Field{"resource", &event::CallBegun::resource},
    Field{"occurrence", &event::CallBegun::occurrence},
    Field{"arguments", &event::CallBegun::arguments}, Field{"intent", &event::CallBegun::intent});
template <>
inline constexpr auto kFields<event::CallAmended> = std::tuple(
    Field{"call", &event::CallAmended::call}, Field{"intent", &event::CallAmended::intent});
template <>
inline constexpr auto kFields<event::CallEnded> = std::tuple(
    Field{"call", &event::CallEnded::call}, Field{"result", &event::CallEnded::result},
    Field{"error", &event::CallEnded::error}, Field{"settled", &event::CallEnded::settled});
template <>
inline constexpr auto kFields<event::ValueRecorded> = std::tuple(
    Field{"function", &event::ValueRecorded::function}, Field{"key", &event::ValueRecorded::key},
    Field{"value", &event::ValueRecorded::value});
template <>
inline constexpr auto kFields<event::GateOpened> = std::tuple(
    Field{"shown", &event::GateOpened::shown}, Field{"text", &event::GateOpened::text},
    Field{"digest", &event::GateOpened::digest}, Field{"fields", &event::GateOpened::fields},
    Field{"by", &event::GateOpened::by}, Field{"expires", &event::GateOpened::expires});
template <>
inline constexpr auto kFields<event::AnswerRecorded> =
    std::tuple(Field{"answer", &event::AnswerRecorded::answer},
               Field{"verdict", &event::AnswerRecorded::verdict},
               Field{"actor", &event::AnswerRecorded::actor},
               Field{"comment", &event::AnswerRecorded::comment});
template <>
inline constexpr auto kFields<event::TargetRecorded> = std::tuple(
    Field{"name", &event::TargetRecorded::name}, Field{"value", &event::TargetRecorded::value});
template <>
inline constexpr auto kFields<event::ServiceStarted> = std::tuple(
    Field{"name", &event::ServiceStarted::name}, Field{"service", &event::ServiceStarted::service});
template <>
inline constexpr auto kFields<event::ServiceEnded> = std::tuple(
    Field{"name", &event::ServiceEnded::name}, Field{"status", &event::ServiceEnded::status});
template <>
inline constexpr auto kFields<event::StatePut> =
    std::tuple(Field{"key", &event::StatePut::key}, Field{"value", &event::StatePut::value});
template <>
inline constexpr auto kFields<event::OutputSet> = std::tuple(Field{"values",
                                                                   &event::OutputSet::values});
template <>
inline constexpr auto kFields<event::AttachmentAdded> = std::tuple(
    Field{"name", &event::AttachmentAdded::name}, Field{"blob", &event::AttachmentAdded::blob},
    Field{"caption", &event::AttachmentAdded::caption},
    Field{"size", &event::AttachmentAdded::size});
template <>
inline constexpr auto kFields<event::NoteAdded> = std::tuple(Field{"text",
                                                                   &event::NoteAdded::text});
template <>
inline constexpr auto kFields<event::CancelRequested> =
    std::tuple(Field{"reason", &event::CancelRequested::reason},
               Field{"actor", &event::CancelRequested::actor});

}  // namespace runbook
