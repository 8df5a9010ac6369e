"""What a decision was worked out from, frozen as JSON, and the hash by which one tells whether it has moved."""

import json
from hashlib import sha256


def fingerprint(frozen: dict) -> str:
    """Its SHA-256: keys sorted, no spaces, beyond ASCII escaped."""
    return sha256(json.dumps(frozen, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
