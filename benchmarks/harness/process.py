"""A broker as a child process of the runner: started, watched, stopped by its own pid. It dies with the runner."""
import ctypes
import os
import re
import resource
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

START_LIMIT_S = 60
COMPILER_THREAD = re.compile(r'\(C[12] Compiler')
PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)
_running = []


class BrokerFailure(Exception):
    """A broker that cannot be started or has gone away; the text says why."""


def raise_fd_limit():
    """Lifts the limit of open files as far as allowed; children inherit it. Returns the limit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    for wanted in (max(hard, 65536), hard):
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, max(wanted, hard)))
            break
        except (ValueError, OSError):
            continue
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


def _die_with_parent():
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Broker:
    """One process of one broker: start() returns when it listens, and tells how long that took."""

    name = ''
    tls = None      # the certificate of a broker that speaks TLS
    disk = None     # where a durable broker has its folder, so that it is on a disk also where /tmp is not

    def __init__(self):
        self.process = None
        self.port = 0
        self.folder = None
        self.log = None

    def command(self):
        raise NotImplementedError

    def is_ready(self):
        raise NotImplementedError

    def start(self):
        if self.disk:
            self.disk.mkdir(parents=True, exist_ok=True)
        self.folder = Path(tempfile.mkdtemp(prefix=f'culvert-bench-{self.name}-', dir=self.disk))
        self.log = self.folder / 'broker.log'
        command = self.command()
        with open(self.log, 'wb') as out:
            begun = time.monotonic()
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
                                            cwd=self.folder, start_new_session=True, preexec_fn=_die_with_parent)
        _running.append(self)
        while not self.is_ready():
            if not self.alive():
                raise BrokerFailure(f'{self.name} ended while it started:\n{self.log_tail()}')
            if time.monotonic() - begun > START_LIMIT_S:
                raise BrokerFailure(f'{self.name} was not ready after {START_LIMIT_S} s:\n{self.log_tail()}')
            time.sleep(0.002)
        return time.monotonic() - begun

    def stop(self):
        if self in _running:
            _running.remove(self)
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)

    def alive(self):
        return self.process is not None and self.process.poll() is None

    @property
    def pid(self):
        return self.process.pid

    def rss_bytes(self):
        return int(re.search(r'VmRSS:\s+(\d+) kB', Path(f'/proc/{self.pid}/status').read_text())[1]) * 1024

    def open_files(self):
        return len(os.listdir(f'/proc/{self.pid}/fd'))

    def log_text(self):
        return self.log.read_text(errors='replace')

    def log_tail(self):
        return '\n'.join(self.log_text().splitlines()[-15:]) if self.log else ''

    def live_heap_bytes(self):
        """Bytes of live objects after a full collection, or None where there is no such heap."""
        return None

    def compiler_cpu_s(self):
        """CPU seconds that it has spent on compiling its own code."""
        return 0.0


class JavaBroker(Broker):
    """A broker in a JVM of its own."""

    def __init__(self, java, flags):
        super().__init__()
        self.java = java
        self.flags = flags

    def compiler_cpu_s(self):
        ticks = 0
        for stat in Path(f'/proc/{self.pid}/task').glob('*/stat'):
            try:
                text = stat.read_text()
            except OSError:   # a thread that has just ended
                continue
            if COMPILER_THREAD.search(text):
                ticks += sum(map(int, text.rpartition(')')[2].split()[11:13]))
        return ticks / os.sysconf('SC_CLK_TCK')

    def live_heap_bytes(self):
        jcmd = Path(self.java).with_name('jcmd')
        program = str(jcmd) if jcmd.exists() else 'jcmd'
        out = subprocess.run([program, str(self.pid), 'GC.class_histogram'], capture_output=True, text=True, timeout=60)
        match = re.search(r'^Total\s+\d+\s+(\d+)', out.stdout, re.MULTILINE)
        if not match:
            raise BrokerFailure(f'jcmd gave no class histogram: {out.stderr.strip() or out.stdout[-200:]}')
        return int(match[1])


def stop_all():
    for broker in list(_running):
        broker.stop()
