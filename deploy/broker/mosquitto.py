"""Mosquitto's settings and permissions, generated from a plan. Pure.

Decision: generated and not hand-kept, because its defaults fail quietly: a list of permissions that a listener does not
use allows everything, and a broker that keeps sessions on disk brings back messages that everybody has long
acknowledged. Mosquitto 2.0 (Debian 12 and 13).

Permissions follow from the name in the certificate, which Mosquitto puts for `%u`, so they don't change when a kiosk is
enrolled or revoked. The shard in a topic is any: ingest drops a message whose shard is not its device's. Mosquitto
grants every subscription and judges at each delivery instead; a foreign filter gets nothing.

Not here: users and passwords (there are none), bridges, listeners without TLS, starting it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from kiosk.core.errors import BadInput
from sync.broker import RECEIVE_LIMIT_BYTES
from sync.certificates import is_worker_name
from sync.wire.topics import CENTRAL_STATE, PREFIX

_CONNECTIONS_OF_A_DEVICE = 2  # alarm and bulk
# What the plans of both its connections may have under way: 4 alarms, 3 batches, a hello and presence (sync.plan).
_MESSAGES_OF_A_DEVICE = 10


class BrokerPlan(msgspec.Struct, frozen=True):
    """Where the files lie, who reads for the central, and how many kiosks there may be.

    `folder` holds `ca.pem`, `crl.pem`, `server.pem`, `server.key` and what is generated. `workers` are the names
    in the ingest workers' certificates. `address` empty: every address. `user`: whom Mosquitto becomes when root
    starts it; the files must be readable by it. Raises BadInput for what would not stand in Mosquitto's file as meant.
    """

    folder: Path
    workers: tuple[str, ...]
    devices_most: Annotated[int, Meta(ge=1, le=100_000)] = 1000
    port: Annotated[int, Meta(ge=1, le=65_535)] = 8883
    address: str = ""
    user: str = "mosquitto"

    def __post_init__(self) -> None:
        if not self.folder.is_absolute():
            raise BadInput(f"folder {self.folder}: tulis lengkap dari /, karena Mosquitto mulai di folder lain")
        for text in (str(self.folder), self.address, self.user):
            if not text.isprintable() or any(letter.isspace() for letter in text):
                raise BadInput(f"{text!r}: tidak boleh berisi spasi atau baris baru")
        for worker in self.workers:
            if not is_worker_name(worker):
                raise BadInput(f"{worker!r} bukan nama pekerja penerimaan: huruf kecil, angka dan -, misalnya penerima")

    @property
    def connections_most(self) -> int:
        """Twice what the kiosks hold, for a dead connection is held for 1.5 keepalives; and room for workers."""
        return 2 * _CONNECTIONS_OF_A_DEVICE * self.devices_most + 100


def settings(plan: BrokerPlan) -> str:
    """The text of `mosquitto.conf`."""
    listener = f"{plan.port} {plan.address}".rstrip()
    return f"""\
# Dibuat oleh `kentongan central broker-config`; ubah di sana, bukan di sini.
# Setelah acl, crl.pem, server.pem atau server.key berubah: kirim SIGHUP (systemctl reload mosquitto).
per_listener_settings true
user {plan.user}

# Broker hanya kawat: bukti sampai adalah jawaban pusat. Sesi yang disimpan hanya menghidupkan pesan lama.
persistence false
persistent_client_expiration 1h

# Empat jawaban berurutan saling menunggu paketnya tanpa ini: 5 kali lebih lambat.
set_tcp_nodelay true

max_packet_size {RECEIVE_LIMIT_BYTES}
# Jendela ke setiap pembaca; lebih besar tidak lebih cepat (diukur 20 sampai 100, lalu turun).
max_inflight_messages 100
# Yang menunggu satu pembaca: semua yang boleh dikirim {plan.devices_most} kiosk sekaligus. Lebih dari itu dibuang dan
# dikirim ulang oleh kiosk, karena pusat belum mengakuinya; batas bita menjaga memori mesin ini.
max_queued_messages {_MESSAGES_OF_A_DEVICE * plan.devices_most}
max_queued_bytes {256 * 1024 * 1024}
max_keepalive 120
sys_interval 0

# Bukan stdout: yang itu ditahan dulu bila bukan terminal, dan hilang bila proses mati.
log_dest stderr
log_type error
log_type warning
log_type notice
log_type information
connection_messages true

listener {listener}
# Batas berkas terbuka harus lebih besar dari ini: LimitNOFILE di kentongan.conf.
max_connections {plan.connections_most}
max_topic_alias 0
allow_anonymous false
allow_zero_length_clientid false
require_certificate true
use_identity_as_username true
tls_version tlsv1.2
cafile {plan.folder}/ca.pem
crlfile {plan.folder}/crl.pem
certfile {plan.folder}/server.pem
keyfile {plan.folder}/server.key
acl_file {plan.folder}/acl
"""


def unit_drop_in(plan: BrokerPlan) -> str:
    """A drop-in for Debian's `mosquitto.service`: these settings instead of its own, and files for all connections."""
    return f"""\
# Dibuat oleh `kentongan central broker-config`; tempatnya /etc/systemd/system/mosquitto.service.d/.
[Service]
ExecStart=
ExecStart=/usr/sbin/mosquitto -c {plan.folder}/mosquitto.conf
LimitNOFILE={plan.connections_most + 100}
"""


def permissions(plan: BrokerPlan) -> str:
    """The text of `acl`: what is not allowed here is refused."""
    workers = "".join(
        f"""
user {worker}
topic read {PREFIX}/+/+/up/#
topic write {PREFIX}/+/+/down/#
topic readwrite {CENTRAL_STATE}
"""
        for worker in plan.workers
    )
    return f"""\
# Dibuat oleh `kentongan central broker-config`. %u adalah nama di dalam sertifikat.
pattern write {PREFIX}/+/%u/up/#
pattern read {PREFIX}/+/%u/down/#
pattern read {CENTRAL_STATE}
{workers}"""
