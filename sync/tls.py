"""TLS towards the broker: one authority that is trusted, a certificate that is shown, and what a wrong clock may do.

Decision: against an authority of our own (`kentongan central ca`) the dates of the broker's certificate are not judged.
A kiosk has no clock battery: it starts at 1970 or at the date of its card, needs the network to learn the time, and
must call for help before it has. A synchronised kiosk does not judge them either: a certificate that somebody forgot to
renew would silence every panic button on the same night. What is lost is little. The authority signs nothing but
brokers and their clients, whose names and purposes are still checked; what matters is signed end to end, and a broker
whose key was stolen is shut out with a new authority (`tls_ca` may hold the old and the new one), not by a date.
Who forgot is told by `kentongan central ca list`. The broker judges the dates of *our* certificate, by its own clock.

With the machine's authorities, as a central on a public broker may use, everything is judged as usual.

Not here: lists of revoked certificates (the broker's business) and session resumption (paho cannot hold a session).
"""

from __future__ import annotations

import ssl

import msgspec

from kiosk.core.errors import KentonganError

# X509_V_FLAG_NO_CHECK_TIME of OpenSSL (x509_vfy.h, since 1.1.0): the chain, names and purposes are checked, dates are
# not. Python has no name for it and passes the bit on.
_IGNORE_DATES = 0x20_0000
# paho gives a handshake the keepalive, 30 s in which the owner thread hears nothing. Three packets of 1 KB each way
# take about 4 s at 20 kbit/s and 600 ms.
HANDSHAKE_TIMEOUT_S = 10.0


class TlsFiles(msgspec.Struct, frozen=True):
    """PEM files: whom we trust (None: the machine's authorities), and what we show, if anything."""

    authority: str | None = None
    certificate: str | None = None
    key: str | None = None


class BadTlsFiles(KentonganError, OSError):
    """A file of the authority, the certificate or its key cannot be used; the link tries again later."""

    code = "tls-files"


class _PromptSocket(ssl.SSLSocket):
    """A socket that waits only so long for the other side's half of a handshake, and leaves nothing open without it."""

    def do_handshake(self, block: bool = False) -> None:
        self.settimeout(HANDSHAKE_TIMEOUT_S)
        try:
            super().do_handshake(block)
        except OSError:
            self.close()  # paho forgets a socket whose handshake failed
            raise


def tls_context(files: TlsFiles) -> ssl.SSLContext:
    """Reads the files anew at each call: a renewed certificate serves the next connection. Raises BadTlsFiles."""
    try:
        context = ssl.create_default_context(cafile=files.authority)
        if files.certificate is not None:
            context.load_cert_chain(files.certificate, files.key)
    except OSError as error:  # an ssl.SSLError is one too
        names = ", ".join(name for name in (files.authority, files.certificate, files.key) if name)
        raise BadTlsFiles(f"berkas TLS tidak dapat dipakai ({names}): {error}") from error
    if files.authority is not None:
        context.verify_flags |= _IGNORE_DATES
    context.sslsocket_class = _PromptSocket
    return context
