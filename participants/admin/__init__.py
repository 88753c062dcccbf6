from participants.admin import (
    accounts,
    institutions,
    leaving,
    letters,
    office,
    officials,
    paused_addresses,
    places,
    retention,
    rules,
    sending_stops,
)

__all__ = [
    "accounts",
    "institutions",
    "leaving",
    "letters",
    "office",
    "officials",
    "paused_addresses",
    "places",
    "retention",
    "rules",
    "sending_stops",
]
