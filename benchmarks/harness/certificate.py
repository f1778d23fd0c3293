"""A server certificate for TLS on loopback, made by the openssl command, for one run."""
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from .process import BrokerFailure

DAYS = 30


@dataclass(frozen=True)
class Certificate:
    """Files in PEM; the certificate is its own authority."""

    certificate: Path
    key: Path


def make(folder):
    """P-256, as small and fast as what servers use today."""
    if not shutil.which('openssl'):
        raise BrokerFailure('the openssl command is not installed (Debian: apt-get install openssl)')
    folder.mkdir(parents=True, exist_ok=True)
    made = Certificate(folder / 'server.pem', folder / 'server.key')
    done = subprocess.run(
        ['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', str(DAYS),
         '-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', str(made.key), '-out', str(made.certificate)],
        capture_output=True, text=True)
    if done.returncode != 0:
        raise BrokerFailure(f'openssl made no certificate: {done.stderr.strip()[-300:]}')
    return made
