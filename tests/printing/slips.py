"""Slips as a kelurahan would print them, and one with the longest names that we know of."""

from __future__ import annotations

import msgspec

from kiosk.core.printer_settings import Medium
from kiosk.printing.layout import TicketSlip
from kiosk.printing.receipt import Receipt
from kiosk.printing.slip import Slip

WIDE, NARROW = Medium(576), Medium(384)
USUAL = TicketSlip(
    site_name="Kelurahan Gunung Pangilun",
    agency="Kecamatan Padang Utara, Kota Padang",
    number="A-017",
    service_name="Surat Keterangan Usaha",
    issued_at="Senin, 3 Maret 2025, pukul 09.14",
    wait="Sekitar 10–20 menit",
    people_ahead=3,
    fee="Biaya resmi: Rp0 — laporkan pungutan liar",
    requirements=(
        "KTP-el asli dan fotokopi",
        "Kartu Keluarga",
        "Surat pengantar RT/RW yang sudah ditandatangani dan dicap",
        "Foto tempat usaha",
    ),
    track_url="https://kentongan.padang.go.id/lacak/7KQ-M2H-XV4",
    track_code="7KQ-M2H-XV4",
)
LONG = msgspec.structs.replace(
    USUAL,
    site_name="Mal Pelayanan Publik Kabupaten Pangkajene dan Kepulauan",
    agency="Polda Sulawesi Selatan — Polres Pangkajene dan Kepulauan, Satuan Intelijen dan Keamanan",
    number="SKCK-1017",
    service_name="Penerbitan Surat Keterangan Catatan Kepolisian bagi Pemohon Baru dan Perpanjangan",
    people_ahead=0,
    fee="Biaya resmi: Rp30.000 — bayar di bank, bukan di loket",
)
REQUEST = Receipt(
    kind="request",
    site_name=USUAL.site_name,
    agency=USUAL.agency,
    subject="Surat Keterangan Usaha",
    received_at="Senin, 3 Maret 2025, pukul 09.14",
    promise="Selesai paling lambat Rabu, 5 Maret 2025",
    track_url=USUAL.track_url,
    track_code=USUAL.track_code,
    fee=USUAL.fee,
    bring=("KTP-el asli", "Surat pengantar RT/RW asli"),
)
COMPLAINT = Receipt(
    kind="complaint",
    site_name=USUAL.site_name,
    agency=USUAL.agency,
    subject="Lampu jalan mati",
    received_at="Senin, 3 Maret 2025, pukul 09.14",
    promise="Dijawab paling lambat Selasa, 4 Maret 2025, pukul 09.14",
    track_url=USUAL.track_url,
    track_code=USUAL.track_code,
    anonymous=True,
)
SLIPS: dict[str, Slip] = {"usual": USUAL, "long": LONG, "request": REQUEST, "complaint": COMPLAINT}
