"""Authenticated encryption of single values, and keyed blind indexes for exact search (design 3, trust B9).

Ciphertext layout: 1 byte algorithm, 1 byte key version, 12 bytes nonce, AES-256-GCM body with its tag.
The additional data binds a ciphertext to its place, so that two of them cannot be swapped.
"""

import hashlib
import hmac
import os
from collections.abc import Callable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

ALGORITHM_AES_256_GCM = 1
HEADER_LENGTH = 2
NONCE_LENGTH = 12
INDEX_LENGTH = 16

_ciphers: dict[bytes, AESGCM] = {}


class Undecryptable(Exception):
    """The key is missing, or the value was moved or altered."""


def place(model_label: str, public_id: object, field: str) -> bytes:
    """Additional data of a stored value: where it belongs."""
    return f"{model_label}|{public_id}|{field}".encode()


def _cipher(key: bytes) -> AESGCM:
    if key not in _ciphers:
        _ciphers[key] = AESGCM(key)
    return _ciphers[key]


def encrypt_bytes(data: bytes, aad: bytes) -> bytes:
    keys = settings.FIELD_KEYS
    version = max(keys)
    nonce = os.urandom(NONCE_LENGTH)
    body = _cipher(keys[version]).encrypt(nonce, data, aad)
    return bytes((ALGORITHM_AES_256_GCM, version)) + nonce + body


def decrypt_bytes(sealed: bytes, aad: bytes) -> bytes:
    """Raises Undecryptable when the key version is unknown or the value does not belong to this place."""
    sealed = bytes(sealed)
    key = settings.FIELD_KEYS.get(sealed[1]) if len(sealed) > HEADER_LENGTH + NONCE_LENGTH else None
    if key is None or sealed[0] != ALGORITHM_AES_256_GCM:
        raise Undecryptable("没有能解开这条数据的密钥。请让系统管理员检查密钥配置。")
    nonce = sealed[HEADER_LENGTH : HEADER_LENGTH + NONCE_LENGTH]
    try:
        return _cipher(key).decrypt(nonce, sealed[HEADER_LENGTH + NONCE_LENGTH :], aad)
    except InvalidTag as error:
        raise Undecryptable("这条加密数据与它的位置不符，可能被移动或改动过。请告诉系统管理员。") from error


def encrypt(text: str, aad: bytes) -> bytes:
    return encrypt_bytes(text.encode(), aad)


def decrypt(sealed: bytes, aad: bytes) -> str:
    return decrypt_bytes(sealed, aad).decode()


def key_version(sealed: bytes) -> int:
    return bytes(sealed)[1]


def _index_key(purpose: str) -> bytes:
    return hmac.digest(settings.BLIND_INDEX_KEY, purpose.encode(), hashlib.sha256)


_index_keys: dict[tuple[bytes, str], bytes] = {}


def blind_index(purpose: str, value: str) -> bytes:
    """Keyed digest for exact search and uniqueness; each purpose has its own key. `value` must be normalised."""
    cache_key = (settings.BLIND_INDEX_KEY, purpose)
    key = _index_keys.get(cache_key)
    if key is None:
        key = _index_keys[cache_key] = _index_key(purpose)
    return hmac.digest(key, value.encode(), "sha256")[:INDEX_LENGTH]


def sealer() -> Callable[[str, bytes], str]:
    """`encrypt` for many values in a row, with the newest key looked up once: (text, place) -> ciphertext as hex."""
    keys = settings.FIELD_KEYS
    version = max(keys)
    seal = _cipher(keys[version]).encrypt
    header = bytes((ALGORITHM_AES_256_GCM, version)).hex()

    def sealed(text: str, aad: bytes) -> str:
        nonce = os.urandom(NONCE_LENGTH)
        return header + nonce.hex() + seal(nonce, text.encode(), aad).hex()

    return sealed


def indexer(purpose: str) -> Callable[[str], str]:
    """`blind_index` for many values in a row, with its key looked up once: value -> index as hex."""
    key = _index_key(purpose)

    def index(value: str) -> str:
        return hmac.digest(key, value.encode(), "sha256")[:INDEX_LENGTH].hex()

    return index
