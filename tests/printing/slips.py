"""A ticket as a kelurahan would print it, and one with the longest names that we know of."""

from __future__ import annotations

import msgspec

from kiosk.printing.layout import TicketSlip

USUAL = TicketSlip(
    site_name="Kelurahan Gunung Pangilun",
    agency="Kecamatan Padang Utara, Kota Padang",
    number="A-017",
    service_name="Surat Keterangan Usaha",
    issued_at="Senin, 3 Maret 2025 09.14 WIB",
    wait="Perkiraan 10–20 menit",
    people_ahead=3,
    fee="Biaya resmi: Rp0 — laporkan pungutan liar",
    requirements=(
        "KTP-el asli dan fotokopi",
        "Kartu Keluarga",
        "Surat pengantar RT/RW yang sudah ditandatangani dan dicap",
        "Foto tempat usaha",
    ),
    track_url="https://kentongan.padang.go.id/lacak/7KQM-2HXV",
    track_code="7KQM-2HXV",
)
LONG = msgspec.structs.replace(
    USUAL,
    site_name="Mal Pelayanan Publik Kabupaten Pangkajene dan Kepulauan",
    agency="Polda Sulawesi Selatan — Polres Pangkajene dan Kepulauan, Satuan Intelijen dan Keamanan",
    number="SKCK-1017",
    service_name="Penerbitan Surat Keterangan Catatan Kepolisian bagi Pemohon Baru dan Perpanjangan",
    people_ahead=0,
    fee="Biaya resmi: Rp30.000 — bayar di bank, bukan di loket",
    copy=2,
)
