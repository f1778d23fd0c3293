"""HiveMQ CE and Moquette: fetched once from Maven Central by benchmarks/peers/*/pom.xml, started as processes of their own."""
import re
import shutil
import subprocess
import sys
from pathlib import Path

from . import settings
from .brokers import ROOT, TARGET
from .process import BrokerFailure, JavaBroker, free_port

FETCH_LIMIT_S = 900
SOURCES = ROOT / 'benchmarks' / 'peers'


class Peer(JavaBroker):
    """A broker with a launcher class under benchmarks/peers; the class prints `ready`."""

    main = ''

    def launch(self, *arguments):
        built = folder(self.name)
        path = f'{built / "classes"}:{(built / "classpath").read_text().strip()}'
        return [self.java, *self.flags, '-cp', path, self.main, *map(str, arguments)]

    def is_ready(self):
        return re.search(r'^ready$', self.log_text(), re.MULTILINE) is not None


class HiveMq(Peer):
    name = 'hivemq'
    main = 'io.culvert.benchmarks.peers.HiveMqPeer'

    def __init__(self, java, flags, disk=None):
        super().__init__(java, flags)
        self.disk = disk

    def command(self):
        self.port = free_port()
        conf = self.folder / 'conf'
        conf.mkdir()
        (conf / 'config.xml').write_text(settings.hivemq_conf(self.port, self.disk is not None))
        return self.launch(self.folder)


class Moquette(Peer):
    name = 'moquette'
    main = 'io.culvert.benchmarks.peers.MoquettePeer'

    def command(self):
        self.port = free_port()
        conf = self.folder / 'moquette.conf'
        conf.write_text(settings.moquette_conf(self.port))
        return self.launch(conf)


KINDS = {kind.name: kind for kind in (HiveMq, Moquette)}


def folder(name):
    return TARGET / 'peers' / name


def artifact(name):
    """group:artifact:version as the pom says it, for the report."""
    pom = (SOURCES / name / 'pom.xml').read_text(encoding='utf-8')
    found = re.search(r'<dependency>\s*<groupId>(.*?)</groupId>\s*<artifactId>(.*?)</artifactId>\s*<version>(.*?)</version>', pom)
    return ':'.join(found.groups())


def fetch(name):
    """Downloads and compiles what is missing or stale, with progress; raises BrokerFailure when that does not work."""
    if is_fresh(name):
        return
    maven = shutil.which('mvn')
    if not maven:
        raise BrokerFailure(f'{artifact(name)} cannot be fetched: there is no mvn')
    log = TARGET / 'peers' / f'{name}.log'
    log.parent.mkdir(parents=True, exist_ok=True)
    print(f'fetch {artifact(name)}', file=sys.stderr, flush=True)
    downloads = 0
    with open(log, 'w', encoding='utf-8') as out, subprocess.Popen([maven, '-B', '-f', str(SOURCES / name / 'pom.xml'), 'compile'],
                                                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as build:
        for line in build.stdout:
            out.write(line)
            if ' Downloaded from ' in line or line.startswith('Downloaded from '):
                downloads += 1
                if downloads % 10 == 0:
                    print(f'  {downloads} files downloaded', file=sys.stderr, flush=True)
    if build.returncode == 0:
        (folder(name) / 'built').touch()
    if not is_fresh(name):
        errors = [line for line in log.read_text(encoding='utf-8').splitlines() if line.startswith('[ERROR]')]
        raise BrokerFailure(f'{artifact(name)} cannot be fetched or its launcher not compiled ({log}): {errors[0] if errors else "no reason given"}')


def is_fresh(name):
    """Whether it was built after the last change of its sources, and every jar of its class path is there."""
    built, path = folder(name) / 'built', folder(name) / 'classpath'
    if not built.exists() or not path.exists():
        return False
    if any(f.stat().st_mtime > built.stat().st_mtime for f in (SOURCES / name).rglob('*') if f.is_file()):
        return False
    return all(Path(jar).exists() for jar in path.read_text().strip().split(':'))
