"""What the numbers in `+CMS ERROR` (3GPP TS 27.005, 3.2.5; 1–127 from TS 24.011), `+CME ERROR` (TS 27.007, 9.2) and in
the status of a delivery report (TS 23.040, 9.2.3.15) mean, in the words of whoever stands before the kiosk.
"""

from __future__ import annotations

CMS_WORDS = {
    1: "nomor tujuan tidak ada",
    8: "kartu SIM diblokir operator",
    10: "kartu SIM tidak boleh mengirim SMS",
    21: "SMS ditolak jaringan (periksa pulsa dan nomor)",
    22: "memori penerima penuh",
    27: "telepon tujuan tidak aktif",
    28: "pelanggan tidak dikenal jaringan (periksa masa aktif kartu)",
    29: "layanan ditolak jaringan",
    30: "pelanggan tidak dikenal",
    38: "jaringan rusak",
    41: "gangguan sementara jaringan",
    42: "jaringan padat",
    47: "jaringan kehabisan kapasitas",
    50: "layanan SMS tidak termasuk langganan kartu ini",
    69: "jaringan tidak mendukung layanan ini",
    81: "nomor acuan SMS tidak sah",
    95: "SMS tidak sah",
    96: "SMS tidak lengkap",
    111: "kesalahan protokol jaringan",
    127: "gangguan antarjaringan",
    300: "modem rusak",
    301: "layanan SMS modem dipakai program lain",
    302: "perintah tidak diizinkan modem",
    303: "perintah tidak didukung modem",
    304: "PDU tidak diterima modem",
    305: "mode teks tidak diterima modem",
    310: "kartu SIM tidak terpasang",
    311: "kartu SIM meminta PIN",
    312: "modem terkunci pada kartu SIM lain",
    313: "kartu SIM rusak",
    314: "kartu SIM sibuk",
    315: "kartu SIM salah",
    316: "kartu SIM meminta PUK",
    320: "memori modem rusak",
    321: "tempat simpan SMS tidak ada",
    322: "memori SMS penuh",
    330: "nomor pusat SMS (SMSC) belum diisi",
    331: "tidak ada jaringan",
    332: "jaringan tidak menjawab",
    340: "tidak ada SMS yang perlu ditanda terima",
    500: "kesalahan yang tidak dijelaskan modem",
}
CME_WORDS = {
    0: "modem rusak",
    3: "perintah tidak diizinkan modem",
    4: "perintah tidak didukung modem",
    10: "kartu SIM tidak terpasang",
    11: "kartu SIM meminta PIN",
    12: "kartu SIM meminta PUK",
    13: "kartu SIM rusak",
    14: "kartu SIM sibuk",
    15: "kartu SIM salah",
    16: "PIN salah",
    20: "memori penuh",
    30: "tidak ada jaringan",
    31: "jaringan tidak menjawab",
    32: "jaringan hanya mengizinkan panggilan darurat",
    100: "kesalahan yang tidak dijelaskan modem",
}
_STATUS_WORDS = {
    0x00: "SMS sudah sampai di telepon",
    0x01: "SMS diteruskan, tetapi pusat SMS tidak tahu apakah sampai",
    0x02: "SMS diganti pusat SMS",
    0x45: "telepon tujuan tidak dapat dicapai",
    0x46: "SMS kedaluwarsa sebelum sampai",
    0x47: "SMS dihapus pengirim",
    0x48: "SMS dihapus pusat SMS",
    0x49: "SMS tidak ada lagi di pusat SMS",
}
_CAUSES = {
    0x20: "jaringan padat",
    0x21: "telepon tujuan sibuk",
    0x22: "telepon tujuan tidak menjawab",
    0x23: "layanan ditolak",
    0x24: "mutu layanan tidak tersedia",
    0x25: "telepon tujuan bermasalah",
    0x40: "kesalahan jaringan tujuan",
    0x41: "telepon tujuan tidak cocok",
    0x42: "telepon tujuan menolak",
    0x43: "nomor tujuan tidak dapat diperoleh",
    0x44: "mutu layanan tidak tersedia",
}


def error_words(kind: str, said: str) -> str:
    """What follows `+CMS ERROR:` or `+CME ERROR:` (`kind` is CMS or CME), in words; with the number, for the manual."""
    words = CMS_WORDS if kind == "CMS" else CME_WORDS
    if not (said.isascii() and said.isdigit() and len(said) <= 5):
        return said[:60] or "kesalahan tanpa nomor"
    return f"{words.get(int(said), 'kesalahan yang tidak dikenal')} ({kind} {int(said)})"


def status_words(status: int) -> str:
    """What a delivery report's status says; with its number."""
    if status in _STATUS_WORDS:
        return f"{_STATUS_WORDS[status]} (0x{status:02X})"
    if status >= 0x80 or status < 0x20:
        return f"pusat SMS mengirim status yang tidak dikenal (0x{status:02X})"
    trying = "pusat SMS masih mencoba" if is_still_trying(status) else "pusat SMS berhenti mencoba"
    cause = _CAUSES.get(status) or _CAUSES.get(status & 0x1F | 0x20) if status >= 0x60 else _CAUSES.get(status)
    return f"{trying}{f', {cause}' if cause else ''} (0x{status:02X})"


def is_still_trying(status: int) -> bool:
    """Whether the centre goes on by itself: such a message is waiting, never failed."""
    return 0x20 <= status <= 0x3F


def is_given_up(status: int) -> bool:
    """Whether the centre has stopped (permanent 0x40–0x5F, temporary but given up 0x60–0x7F), or replaced it."""
    return 0x40 <= status <= 0x7F or status == 0x02
