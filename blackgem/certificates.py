"""An authority of one's own and a certificate for each service, where services speak TLS to each other on one host.

`python -m blackgem.certificates FOLDER NAME…` writes `ca.crt`, and `NAME.crt` with `NAME.key` for every service, by
the host name that others call it; it runs at every start, keeps what has a month left, and renews the rest. The
authority's key is kept nowhere: new certificates come with a new authority.
"""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

VALID = timedelta(days=397)
RENEWED_BEFORE = timedelta(days=30)


def write_certificates(folder: Path, names: list[str], *, at: datetime) -> bool:
    """Whether new ones were written. Keys are readable by their owner alone."""
    files = [folder / "ca.crt", *(folder / f"{name}.crt" for name in names)]
    if all(_holds_until(file, at + RENEWED_BEFORE) for file in files):
        return False
    authority_key = ec.generate_private_key(ec.SECP256R1())
    authority = _certificate("BlackGem services", authority_key, authority_key, None, at)
    for name in names:
        key = ec.generate_private_key(ec.SECP256R1())
        _write(folder / f"{name}.key", _private(key), mode=0o600)
        certificate = _certificate(name, key, authority_key, authority, at)
        _write(folder / f"{name}.crt", certificate.public_bytes(serialization.Encoding.PEM))
    _write(folder / "ca.crt", authority.public_bytes(serialization.Encoding.PEM))
    return True


def _holds_until(file: Path, at: datetime) -> bool:
    return file.exists() and x509.load_pem_x509_certificate(file.read_bytes()).not_valid_after_utc > at


def _certificate(name: str, key, signing_key, authority: x509.Certificate | None, at: datetime):
    """A certificate for the host `name`, or without an `authority` that authority itself."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(authority.subject if authority else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(hours=1))
        .not_valid_after(at + VALID)
        .add_extension(x509.BasicConstraints(ca=authority is None, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signing_key.public_key()), critical=False
        )
    )
    if authority:
        names = x509.SubjectAlternativeName([x509.DNSName(name)])
        serves = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
        builder = builder.add_extension(names, critical=False).add_extension(serves, critical=False)
    return builder.sign(signing_key, hashes.SHA256())


def _private(key) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _write(file: Path, content: bytes, *, mode: int = 0o644) -> None:
    file.unlink(missing_ok=True)
    file.touch(mode=mode)
    file.write_bytes(content)


if __name__ == "__main__":
    written = write_certificates(Path(sys.argv[1]), sys.argv[2:], at=datetime.now(UTC))
    print("Certificates are written." if written else "The certificates hold.")
