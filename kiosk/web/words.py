"""What officers and the hall read for the short names that the store keeps."""

from __future__ import annotations

PAUSE_WORDS = {
    "istirahat": "istirahat",
    "ibadah": "ibadah",
    "rapat": "rapat",
    "gangguan-sistem": "gangguan sistem",
    "mengambil-berkas": "mengambil berkas",
}
RESULT_WORDS = {
    "selesai": "Selesai",
    "berkas-kurang": "Berkas belum lengkap",
    "dirujuk": "Dirujuk ke tempat lain",
    "dibatalkan-warga": "Dibatalkan warga",
}
ROLE_WORDS = {"officer": "Petugas loket", "supervisor": "Pengawas", "technician": "Teknisi"}
