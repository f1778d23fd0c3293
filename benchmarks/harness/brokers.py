"""The brokers of this benchmark, but those from Maven Central (peers.py)."""
import re
import socket
import subprocess
from pathlib import Path

from . import settings
from .products import FIRST_COMMIT
from .process import Broker, BrokerFailure, JavaBroker, free_port

ROOT = Path(__file__).resolve().parent.parent.parent
TARGET = ROOT / 'benchmarks' / 'target'
JAR = ROOT / 'launcher' / 'target' / 'culvert.jar'
DISK = TARGET / 'data'
FIRST = TARGET / f'first-{FIRST_COMMIT}'
BUILD_LIMIT_S = 900


class Mosquitto(Broker):
    name = 'mosquitto'

    def __init__(self, program, tls=None, disk=None):
        super().__init__()
        self.program = program
        self.tls = tls
        self.disk = disk

    def command(self):
        self.port = free_port()
        conf = self.folder / 'mosquitto.conf'
        tls = settings.mosquitto_tls(self.tls.certificate, self.tls.key) if self.tls else ''
        conf.write_text(settings.mosquitto_conf(self.port, self.folder if self.disk else None) + tls)
        return [self.program, '-c', str(conf)]

    def is_ready(self):
        with socket.socket() as s:
            return s.connect_ex(('127.0.0.1', self.port)) == 0


class Culvert(JavaBroker):
    """Culvert with one shard or several; with a disk it has limits for durable sessions, and with `sync` it keeps them."""

    def __init__(self, java, flags, shards=1, root=ROOT, tls=None, disk=None, sync=None):
        super().__init__(java, flags)
        self.disk = disk
        self.sync = sync
        self.tls = tls
        self.shards = shards
        self.root = root
        self.name = sync if sync else 'first' if root == FIRST else 'culvert' if shards == 1 else f'culvert{shards}'

    def command(self):
        jar = self.root / JAR.relative_to(ROOT)
        config = None
        if self.tls:
            config = self.folder / 'culvert.yaml'
            config.write_text(settings.culvert_tls(self.tls.certificate, self.tls.key))
        data = self.folder / 'data'
        args = settings.culvert_durable_args(data, self.sync) if self.disk else settings.culvert_args(data, self.shards, config)
        return [self.java, *self.flags, '-jar', str(jar), *args]

    def is_ready(self):
        match = re.search(r'^ready mqtts?://127\.0\.0\.1:(\d+)\b', self.log_text(), re.MULTILINE)
        if match:
            self.port = int(match[1])
        return match is not None


class CulvertScript(Culvert):
    """Culvert as `./culvert run` starts it, to learn which program and flags the script fixes."""

    def __init__(self, root):
        super().__init__('java', [], root=root)

    def command(self):
        return [str(self.root / 'culvert'), *settings.culvert_args(self.folder / 'data')]

    def java_and_flags(self):
        """The program and the options before -jar; the script has replaced itself by it, so it is our own child."""
        words = [w.decode() for w in Path(f'/proc/{self.pid}/cmdline').read_bytes().split(b'\0')]
        if '-jar' not in words:
            raise BrokerFailure(f'no -jar in {words}')
        return words[0], words[1:words.index('-jar')]


def java_and_flags(root=ROOT):
    """Builds Culvert when it is stale, which shows its progress, and starts it once."""
    known = subprocess.run([str(root / 'culvert'), 'run', '--help'], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True,
                           timeout=BUILD_LIMIT_S)
    if known.returncode != 0:
        raise BrokerFailure(f'./culvert run --help failed with exit code {known.returncode}')
    if root == ROOT:
        settings.use(known.stdout)
    script = CulvertScript(root)
    try:
        script.start()
        return script.java_and_flags()
    finally:
        script.stop()


def first_version():
    """Culvert's first version from the project's history, built once; with the Java flags of its own script."""
    if not FIRST.exists():
        archive = subprocess.run(['git', '-C', str(ROOT), 'archive', FIRST_COMMIT], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if archive.returncode != 0:
            raise BrokerFailure(f'commit {FIRST_COMMIT} is not in this clone: {archive.stderr.decode().strip()}')
        FIRST.mkdir(parents=True)
        subprocess.run(['tar', '-x', '-C', str(FIRST)], input=archive.stdout, check=True)
    return java_and_flags(FIRST)


def why_not(broker):
    """Starts a broker for a moment: None, or why it cannot be had."""
    try:
        broker.start()
        return None
    except BrokerFailure as failure:
        return str(failure)
    finally:
        broker.stop()
