"""A report as lines of words and figures, in Indonesian: the one source of page, CSV and PDF, so that they agree."""

from __future__ import annotations

import msgspec

from kiosk.catalogue.values import Catalogue
from kiosk.core.clock import local_time
from kiosk.store.report import DayReport, Spread

_SERVICE_HEAD = ("Layanan", "Nomor", "Dilayani", "Tak hadir", "Tunggu", "9 dari 10", "Di loket")


class Table(msgspec.Struct, frozen=True):
    """One table; the first column is words, the others are figures."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def tables(report: DayReport, catalogue: Catalogue, utc_offset_h: int) -> list[Table]:
    def clock(wall_ms: int | None) -> str:
        return "–" if wall_ms is None else f"{local_time(wall_ms, utc_offset_h):%H.%M}"

    kept = report.promise
    summary = (
        ("Dibuka pukul", clock(report.opened_ms)),
        ("Ditutup pukul", clock(report.closed_ms)),
        ("Nomor diambil", str(report.drawn)),
        ("Dibawa dari hari sebelumnya", str(report.carried_in)),
        ("Selesai dilayani", str(report.served)),
        ("Tidak hadir", str(report.missed)),
        ("Diakhiri tanpa dilayani", str(report.ended)),
        ("Dibawa ke hari berikutnya", str(report.carried_out)),
        ("Masih terbuka", str(report.still_open)),
        ("Dengan prioritas", str(report.priority)),
        ("Layanan tambahan dalam kunjungan", str(report.further_services)),
        ("Menunggu, nilai tengah", minutes(report.waits.median_min)),
        ("Menunggu, 9 dari 10 paling lama", minutes(report.waits.most_min)),
        ("Dilayani, nilai tengah", minutes(report.visits.median_min)),
        ("Perkiraan tunggu yang tepat", _share(kept.kept, kept.count)),
        ("Perkiraan meleset rata-rata", minutes(kept.miss_min)),
    )
    services = tuple(
        (
            catalogue.service(one.service).name.id,
            *(str(one.drawn), str(one.served), str(one.missed)),
            *_of(one.waits),
            minutes(one.visits.median_min),
        )
        for one in report.services
    )
    counters = tuple((f"Loket {one.counter}", str(one.served), *_of(one.visits)) for one in report.counters)
    hours = tuple((f"{hour:02d}.00–{hour:02d}.59", str(count)) for hour, count in report.by_hour)
    return [
        Table("Ringkasan", ("", ""), summary),
        Table(
            "Per layanan", ("Layanan", "Nomor", "Dilayani", "Tidak hadir", "Tunggu", "9 dari 10", "Layanan"), services
        ),
        Table("Per loket", ("Loket", "Dilayani", "Nilai tengah", "9 dari 10"), counters),
        Table("Nomor diambil per jam", ("Jam", "Nomor"), hours),
    ]


def minutes(value: float | None) -> str:
    return "–" if value is None else f"{value:.0f} mnt" if value >= 9.5 else f"{value:.1f} mnt".replace(".", ",")


def _of(spread: Spread) -> tuple[str, str]:
    return minutes(spread.median_min), minutes(spread.most_min)


def _share(part: int, whole: int) -> str:
    return f"{part} dari {whole} ({100 * part / whole:.0f}%)" if whole else "–"
