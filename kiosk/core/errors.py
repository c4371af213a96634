"""Every error that crosses a boundary of ours, in one tree.

A message tells the reader what is wrong and what to do; `code` names the kind for machines and becomes the `type` of
a problem+json answer, `http_status` its status. Leaves also inherit the builtin that a caller would expect.
"""

from __future__ import annotations


class KentonganError(Exception):
    """Root of the tree; never raised itself."""

    code = "error"
    http_status = 500


class BadInput(KentonganError, ValueError):
    """Somebody outside sent something that cannot be taken; nothing was changed."""

    code = "bad-input"
    http_status = 400


class TooLarge(BadInput):
    """The input is over the limit of its boundary; it was not read to the end."""

    code = "too-large"
    http_status = 413


class BadToml(BadInput):
    """A TOML file that cannot be used: says which file, key and line, and why."""

    code = "bad-toml"

    def __init__(self, path: str, key: str, line: int | None, why: str) -> None:
        self.path, self.key, self.line, self.why = path, key, line, why
        place = f", baris {line}" if line is not None else ""
        named = f", kunci {key}" if key else ""
        super().__init__(f"berkas {path}{place}{named}: {why}")


class NotFound(BadInput, LookupError):
    """The thing asked for does not exist here."""

    code = "not-found"
    http_status = 404


class Conflict(KentonganError):
    """The request was understood but somebody or something else came first; nothing was changed."""

    code = "conflict"
    http_status = 409


class NotAllowed(KentonganError, PermissionError):
    """Whoever asked may not do this."""

    code = "not-allowed"
    http_status = 403


class BadTransition(Conflict):
    """A state machine has no such step from where it stands."""

    code = "bad-transition"

    def __init__(self, thing: str, state: str, action: str) -> None:
        self.thing, self.state, self.action = thing, state, action
        super().__init__(f"{thing} berstatus {state}: tidak dapat {action}")


class BadMessage(BadInput):
    """Bytes from the broker that are no message of ours."""

    code = "bad-message"


class BadSignature(BadMessage):
    """A well-formed message that was not signed by whom it names."""

    code = "bad-signature"


class StoreError(KentonganError):
    """The database cannot be used as it is: missing, newer than this release, or full."""

    code = "store"
    http_status = 503


class PrinterError(KentonganError, OSError):
    """The printer could not be reached or did not take the bytes."""

    code = "printer"
    http_status = 503


class PrinterUnreachable(PrinterError):
    """The printer could not even be opened: no byte left."""

    code = "printer-unreachable"


class BoxError(KentonganError, OSError):
    """The line to the button box is gone; the bridge opens it again."""

    code = "box"
    http_status = 503
