"""What must be known about machine and programs to judge the figures."""
import datetime
import os
import platform
import re
import subprocess
from pathlib import Path

from . import peers, settings
from .brokers import JAR, ROOT
from .process import raise_fd_limit


def first_line(command):
    try:
        out = subprocess.run(command, capture_output=True, text=True, timeout=30, stdin=subprocess.DEVNULL)
    except (OSError, subprocess.TimeoutExpired):
        return 'unknown'
    lines = [line for line in (out.stdout + out.stderr).splitlines() if line.strip()]
    return lines[0].strip() if lines else 'unknown'


def java_version(java):
    try:
        out = subprocess.run([java, '-version'], capture_output=True, text=True, timeout=30).stderr.splitlines()
    except (OSError, subprocess.TimeoutExpired):
        return 'unknown'
    return out[1].strip() if len(out) > 1 else 'unknown'


def collect(brokers, java, flags, mosquitto, left_out, options):
    cpu = re.search(r'model name\s*:\s*(.*)', Path('/proc/cpuinfo').read_text())
    memory = int(re.search(r'MemTotal:\s+(\d+)', Path('/proc/meminfo').read_text())[1])
    commit = first_line(['git', '-C', str(ROOT), 'rev-parse', '--short', 'HEAD'])
    changed = first_line(['git', '-C', str(ROOT), 'status', '--porcelain', '--untracked-files=no'])
    facts = {
        'date': datetime.datetime.now(datetime.timezone.utc).strftime('%Y-%m-%d %H:%M UTC'),
        'cores': os.cpu_count(),
        'cpu': cpu[1] if cpu else platform.machine(),
        'memory_gb': round(memory / 1e6, 1),
        'kernel': f'{platform.system()} {platform.release()}',
        'open_files': raise_fd_limit(),
        'commit': commit + ('' if changed == 'unknown' else ' with local changes'),
        'options': options,
        'left_out': left_out,
    }
    if any(b.startswith('culvert') for b in brokers):
        facts['jdk'] = java_version(java)
        facts['java_flags'] = [f.replace(f'{ROOT}/', '') for f in flags]
        facts['culvert'] = first_line([java, *flags, '-jar', str(JAR), 'version'])
        facts['culvert_args'] = settings.culvert_args('TMP')
        facts['durable_args'] = settings.culvert_durable_args('DISK', 'always')
    if 'mosquitto' in brokers:
        facts['mosquitto'] = first_line([mosquitto, '-h'])
        facts['mosquitto_conf'] = settings.mosquitto_conf('PORT')
    for name, conf in (('hivemq', settings.hivemq_conf), ('moquette', settings.moquette_conf)):
        if name in brokers:
            facts[name] = peers.artifact(name)
            facts[f'{name}_conf'] = conf('PORT')
            facts['jdk'] = java_version(java)
            facts['peer_flags'] = settings.peer_flags(flags)
    return facts
