"""Reads a page aloud: its visible words come here, the sound stays in memory for a minute and nowhere else.

The page leaves out what belongs to the person (`data-private`), so that nobody behind hears a name or a number.
"""

from __future__ import annotations

import secrets
import threading
import time

from flask import Response as FlaskResponse
from flask import request, url_for

from kiosk.core.errors import BadInput, NotFound
from kiosk.http.body import json_answer
from kiosk.voice.espeak_engine import NoVoice
from kiosk.voice.reading_aloud import VOICES, spoken
from kiosk.web.office import office
from kiosk.web.resident.mount import blueprint
from kiosk.web.resident.speech import speaker
from kiosk.web.resident.visit import visit

TEXT_LIMIT = 3_000
_MOST_CLIPS = 3
_KEPT_FOR_S = 60.0

_clips: dict[str, tuple[bytes, float]] = {}
_clips_lock = threading.Lock()


@blueprint.post("/suara")
def read_page() -> tuple[bytes, int, dict[str, str]]:
    text, language = request.form.get("text", ""), visit().language
    if not 0 < len(text) <= TEXT_LIMIT:
        raise BadInput("Tidak ada yang bisa dibacakan di halaman ini.")
    if language not in VOICES:
        raise NoVoice(speaker(language)("reading_language"))
    sound = office().reader.speak(spoken(text, language), VOICES[language])
    return json_answer({"clip": url_for("resident.clip", name=_keep(sound))})


@blueprint.get("/suara/<name>.wav")
def clip(name: str) -> FlaskResponse:
    with _clips_lock:
        found = _clips.get(name)
    if found is None:
        raise NotFound("Suara itu sudah dihapus.")
    return FlaskResponse(found[0], content_type="audio/wav")


def _keep(sound: bytes) -> str:
    name, now_s = secrets.token_urlsafe(12), time.monotonic()
    with _clips_lock:
        for old in [key for key, (_, at_s) in _clips.items() if now_s - at_s > _KEPT_FOR_S]:
            del _clips[old]
        while len(_clips) >= _MOST_CLIPS:
            del _clips[next(iter(_clips))]
        _clips[name] = (sound, now_s)
    return name
