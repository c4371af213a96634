"""The rules of CAP 1.2 that a document can be held against without its schema: order, how often, values, forms.

Written from the standard's data dictionary (OASIS CAP 1.2, section 3.2), not from our own code.
"""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, fromstring

SPACE = "{urn:oasis:names:tc:emergency:cap:1.2}"
ONE, MAYBE, ANY, SOME = (1, 1), (0, 1), (0, 99), (1, 99)
TEXT = re.compile(r".*\S.*", re.DOTALL)
NAME = re.compile(r"[^\s,<&]+")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d")
CIRCLE = re.compile(r"-?\d{1,2}\.\d+,-?\d{1,3}\.\d+ \d+(\.\d+)?")
_MESSAGE = f"{NAME.pattern},{NAME.pattern},{TIME.pattern}"
REFERENCES = re.compile(f"{_MESSAGE}( {_MESSAGE})*")
Rule = tuple[str, tuple[int, int], object]


def one_of(*words: str) -> re.Pattern[str]:
    return re.compile("|".join(words))


PAIR: list[Rule] = [("valueName", ONE, TEXT), ("value", ONE, TEXT)]
AREA: list[Rule] = [
    ("areaDesc", ONE, TEXT),
    ("polygon", ANY, TEXT),
    ("circle", ANY, CIRCLE),
    ("geocode", ANY, PAIR),
    ("altitude", MAYBE, TEXT),
    ("ceiling", MAYBE, TEXT),
]
CATEGORY = one_of(
    *["Geo", "Met", "Safety", "Security", "Rescue", "Fire", "Health", "Env", "Transport", "Infra", "CBRNE", "Other"]
)
RESPONSE = one_of(*["Shelter", "Evacuate", "Prepare", "Execute", "Avoid", "Monitor", "Assess", "AllClear", "None"])
INFO: list[Rule] = [
    ("language", MAYBE, re.compile("[a-z]{2}(-[A-Z]{2})?")),
    ("category", SOME, CATEGORY),
    ("event", ONE, TEXT),
    ("responseType", ANY, RESPONSE),
    ("urgency", ONE, one_of("Immediate", "Expected", "Future", "Past", "Unknown")),
    ("severity", ONE, one_of("Extreme", "Severe", "Moderate", "Minor", "Unknown")),
    ("certainty", ONE, one_of("Observed", "Likely", "Possible", "Unlikely", "Unknown")),
    ("audience", MAYBE, TEXT),
    ("eventCode", ANY, PAIR),
    ("effective", MAYBE, TIME),
    ("onset", MAYBE, TIME),
    ("expires", MAYBE, TIME),
    ("senderName", MAYBE, TEXT),
    ("headline", MAYBE, TEXT),
    ("description", MAYBE, TEXT),
    ("instruction", MAYBE, TEXT),
    ("web", MAYBE, TEXT),
    ("contact", MAYBE, TEXT),
    ("parameter", ANY, PAIR),
    ("area", ANY, AREA),
]
ALERT: list[Rule] = [
    ("identifier", ONE, NAME),
    ("sender", ONE, NAME),
    ("sent", ONE, TIME),
    ("status", ONE, one_of("Actual", "Exercise", "System", "Test", "Draft")),
    ("msgType", ONE, one_of("Alert", "Update", "Cancel", "Ack", "Error")),
    ("source", MAYBE, TEXT),
    ("scope", ONE, one_of("Public", "Restricted", "Private")),
    ("restriction", MAYBE, TEXT),
    ("addresses", MAYBE, TEXT),
    ("code", ANY, TEXT),
    ("note", MAYBE, TEXT),
    ("references", MAYBE, REFERENCES),
    ("incidents", MAYBE, TEXT),
    ("info", ANY, INFO),
]


def checked(document: bytes) -> Element:
    """The document's root; fails the test where a rule is broken."""
    root = fromstring(document)
    assert root.tag == f"{SPACE}alert"
    _check(root, ALERT)
    said = {child.tag.removeprefix(SPACE): child.text or "" for child in root}
    if said["scope"] == "Private":
        assert said.get("addresses"), "Private needs addresses"
    assert ("references" in said) is (said["msgType"] != "Alert")
    return root


def _check(parent: Element, rules: list[Rule]) -> None:
    names = [name for name, _, _ in rules]
    places = [names.index(child.tag.removeprefix(SPACE)) for child in parent]
    assert places == sorted(places), f"order inside {parent.tag}"
    for name, (least, most), form in rules:
        found = parent.findall(f"{SPACE}{name}")
        assert least <= len(found) <= most, f"{len(found)} of {name}"
        for element in found:
            if isinstance(form, list):
                _check(element, form)
            else:
                assert isinstance(form, re.Pattern)
                assert form.fullmatch(element.text or ""), f"{name}: {element.text!r}"


def text_of(root: Element, path: str) -> str:
    """The text at `path`, such as `info/certainty`; empty when there is none."""
    return root.findtext("/".join(f"{SPACE}{part}" for part in path.split("/"))) or ""
