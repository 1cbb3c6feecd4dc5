"""Names for customers in lists, where no receipt is at hand: a lead's number, sealed so that nobody can guess another's.

A handle looks like a receipt and stands wherever one may. It is one block of AES under a key of the tenant.
"""

from __future__ import annotations

from hashlib import blake2b

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB

from leadstream.runtime import Runtime
from stores.ownership import numbered

_FRONT = bytes(12)


class Handles:
    """``secret`` is the installation's: with another one former handles name nothing."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()

    def of(self, tenant: str, seq: int) -> str:
        """The handle of a lead, 32 hex digits."""
        seal = self._cipher(tenant).encryptor()
        sealed: bytes = seal.update(bytes.fromhex(numbered(seq))) + seal.finalize()
        return sealed.hex()

    def event(self, tenant: str, receipt: str) -> str:
        """What the store knows a lead by, of its receipt or handle: 32 hex digits."""
        open_ = self._cipher(tenant).decryptor()
        plain: bytes = open_.update(bytes.fromhex(receipt)) + open_.finalize()
        if plain.startswith(_FRONT):
            return plain.hex()
        return numbered(0) if receipt.startswith("0" * 24) else receipt  # only we name leads by their numbers

    def _cipher(self, tenant: str) -> Cipher[ECB]:
        key = blake2b(
            tenant.encode(), digest_size=32, key=blake2b(self._secret, digest_size=32).digest(), person=b"handles"
        )
        return Cipher(AES(key.digest()), ECB())  # noqa: S305 - one block, never two of one message


def handles(runtime: Runtime) -> Handles:
    """Those of an installation. Raises Misconfigured."""
    return Handles(runtime.gateway().digest_secret)
