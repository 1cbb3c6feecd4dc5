"""Errors, grouped by what the caller does about them. Data errors are values (Refused, Note), never exceptions.

LeadstreamError
|-- Unavailable        infrastructure is down: retry in place, answer 503, never drop
|   |-- StoreDown
|   `-- LogDown
|-- Misconfigured      stop at start and tell the operator what to mend
`-- BadInput           a person's input cannot be used: tell him what to do (exit 2, 4xx)
    `-- Mistakes       the same, of several places at once
"""

from __future__ import annotations


class LeadstreamError(Exception):
    """Base of all our errors. Messages say what to do next and hold no personal data."""


class Unavailable(LeadstreamError):
    """A dependency does not answer. Whoever holds a lead keeps it and tries again."""


class StoreDown(Unavailable):
    """The store does not answer, or answers with an error that is not ours."""


class LogDown(Unavailable):
    """The log did not confirm."""


class Misconfigured(LeadstreamError):
    """Configuration cannot be used. ``faults`` lists every mistake as (path, what is wrong and what to write)."""

    def __init__(self, faults: list[tuple[str, str]]) -> None:
        self.faults = faults
        super().__init__("\n".join(f"{path}: {what}" for path, what in faults))


class BadInput(LeadstreamError):
    """Input of a person that cannot be used as it is. ``code`` is closed and machine-readable."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)


class Mistakes(BadInput):
    """Several places of one input are wrong; none of it was used. ``found`` lists every one as (place, what to write)."""

    def __init__(self, found: list[tuple[str, str]]) -> None:
        self.found = found
        super().__init__("mistakes", "; ".join(f"{place}: {what}" for place, what in found))
