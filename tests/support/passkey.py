"""A passkey without a device: signs what a page asks for, or something a little different."""

import json

from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.webauthn.internal.auth import WebAuthn
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2.cose import ES256
from fido2.utils import sha256, websafe_decode, websafe_encode
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

SITE = "testserver"
ORIGIN = f"https://{SITE}"
PRESENT_AND_VERIFIED = 0x05
WITH_KEY = 0x40


class Passkey:
    """One of a user's, which alone signs in. `count` is how often it was used."""

    def __init__(self, user, *, count: int = 1):
        self.user, self.count = user, count
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = sha256(str(user.pk).encode())
        self.row = WebAuthn.add(user, "Key", self._registration()).instance

    def answer(self, challenge: str, *, origin=ORIGIN, site=SITE, count=None, of=None) -> str:
        """The JSON that a browser posts for this challenge. `of`: in the name of somebody else."""
        self.count = self.count + 1 if count is None else count
        client = self._client(CollectedClientData.TYPE.GET, challenge, origin)
        data = AuthenticatorData.create(sha256(site.encode()), PRESENT_AND_VERIFIED, self.count)
        signature = self.key.sign(bytes(data) + client.hash, ec.ECDSA(SHA256()))
        response = {
            "clientDataJSON": websafe_encode(client),
            "authenticatorData": websafe_encode(data),
            "signature": websafe_encode(signature),
            "userHandle": websafe_encode(user_pk_to_url_str(of or self.user).encode()),
        }
        return json.dumps(self._credential(response))

    def _registration(self) -> dict:
        public = ES256.from_cryptography_key(self.key.public_key())
        credential = AttestedCredentialData.create(Aaguid.NONE, self.id, public)
        flags = PRESENT_AND_VERIFIED | WITH_KEY
        data = AuthenticatorData.create(sha256(SITE.encode()), flags, self.count, credential)
        client = self._client(CollectedClientData.TYPE.CREATE, websafe_encode(b"x" * 32), ORIGIN)
        response = {
            "clientDataJSON": websafe_encode(client),
            "attestationObject": websafe_encode(AttestationObject.create("none", data, {})),
        }
        return {**self._credential(response), "clientExtensionResults": {"credProps": {"rk": True}}}

    def _credential(self, response) -> dict:
        name = websafe_encode(self.id)
        return {
            "id": name,
            "rawId": name,
            "type": "public-key",
            "clientExtensionResults": {},
            "response": response,
        }

    def _client(self, kind, challenge, origin) -> CollectedClientData:
        return CollectedClientData.create(kind, websafe_decode(challenge), origin)
