"""One timed round: what is started, what is read, and which faults it shows."""
import json
import os
import subprocess
import threading
import time

from .brokers import TARGET
from .process import BrokerFailure

MQLOAD = TARGET / 'mqload'
FAULTS = ('lost', 'dup', 'reordered', 'corrupt', 'misrouted', 'stale', 'unacked', 'conn_errors')
ROUND_LIMIT_S = 90
SETTLE_S = 2.0          # between the last connection and the reading of memory
WARM_CONNECTIONS = 200
_children = []


def mqload(broker, args, limit_s=ROUND_LIMIT_S):
    """Runs the generator once; its JSON line with `faults` and the broker's `compiler_cpu_s` added."""
    compiled = broker.compiler_cpu_s()
    result = finish(spawn(broker, args, limit_s), limit_s)
    result['compiler_cpu_s'] = broker.compiler_cpu_s() - compiled
    return result


def require_tls(certificate):
    """Fails where the generator cannot speak TLS, or not with this certificate."""
    done = subprocess.run([str(MQLOAD), '--tls', str(certificate.certificate), '--scenario', 'none'], capture_output=True, text=True)
    if '--tls: ' in done.stderr:
        raise BrokerFailure(done.stderr.strip())


def spawn(broker, args, limit_s=ROUND_LIMIT_S):
    tls = ['--tls', str(broker.tls.certificate)] if broker.tls else []
    command = [str(MQLOAD), '--port', str(broker.port), '--pid', str(broker.pid), '--timeout', str(limit_s), *tls, *args]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)
    _children.append(process)
    return process


def finish(process, limit_s):
    try:
        out, err = process.communicate(timeout=limit_s + 30)
    except subprocess.TimeoutExpired:
        process.kill()
        out, err = process.communicate()
    _children.remove(process)
    lines = [line for line in out.splitlines() if line.startswith('{')]
    if not lines:
        return {'faults': {'no_result': 1}, 'error': err.strip()[-500:] or f'exit code {process.returncode}'}
    result = json.loads(lines[-1])
    result['faults'] = {name: result[name] for name in FAULTS if result.get(name)}
    if process.returncode != 0 and not result['faults']:
        result['faults'] = {'exit_code': process.returncode}
    if err.strip():
        result['error'] = err.strip()[-500:]
    return result


def stop_all():
    for process in list(_children):
        if process.poll() is None:
            process.kill()


def load(broker, scenario, messages):
    """A round of messages; a twentieth of them goes ahead untimed on the same connections."""
    warm = [] if 'offline' in scenario.args else ['--warmup', str(max(1, messages // 20))]
    return mqload(broker, [*scenario.args, '--messages', str(messages), *warm])


def storm(broker, scenario, total):
    return mqload(broker, [*scenario.args, '--total', str(total)])


def store(broker, count):
    """Stores the retained messages of the rounds to come."""
    return mqload(broker, ['--scenario', 'retained', '--phase', 'store', '--filters', str(count), '--size', '64', '--qos', '1', '--window', '500'])


def clear(broker, count):
    return mqload(broker, ['--scenario', 'retained', '--phase', 'clear', '--filters', str(count), '--qos', '1', '--window', '500'])


def deliver(broker, scenario, count):
    """All retained messages to each of four subscribers that come, and go afterwards."""
    return mqload(broker, [*scenario.args, '--phase', 'deliver', '--filters', str(count), '--subs', '4', '--subqos', '1'])


def feed(broker, scenario, count, quiet_s):
    """Latency of others before and while one subscriber gets all retained messages."""
    result = mqload(broker, [*scenario.args, '--filters', str(count), '--quiet', str(quiet_s)])
    if result.get('quiet_p99_us'):
        result['p99_growth'] = result['p99_us'] / result['quiet_p99_us']
    return result


def idle(broker, scenario, total, hold_s):
    """Memory of idle connections, on a process that was started for this round.

    Before the first reading a few connections come and go, so that classes and libraries are loaded. No more of them: a storm of the same
    size would leave a heap that has already grown, and the connections would seem to cost next to nothing. RSS is read before the
    live heap is, so that whatever that costs counts as growth."""
    warm = mqload(broker, ['--scenario', 'connect', '--conc', '200', '--src', '8', '--total', str(WARM_CONNECTIONS)])
    time.sleep(SETTLE_S)
    before, files = broker.rss_bytes(), broker.open_files()
    heap_before = broker.live_heap_bytes()
    process = spawn(broker, [*scenario.args, '--total', str(total), '--hold', str(hold_s)])
    readings = {}
    reader = threading.Thread(target=_read_held, args=(broker, files + total, readings))
    reader.start()
    result = finish(process, ROUND_LIMIT_S)
    reader.join()
    for fault, count in warm['faults'].items():
        result['faults'][f'storm_{fault}'] = count
    if 'rss' not in readings:
        result['faults'].setdefault('no_reading', 1)
        result.setdefault('error', readings.get('error', 'the connections did not all stand'))
        return result
    result['rss_per_connection'] = (readings['rss'] - before) / total
    result['rss_before_mb'], result['held_rss_mb'] = before / 1e6, readings['rss'] / 1e6
    if readings['heap'] is not None:
        result['heap_per_connection'] = (readings['heap'] - heap_before) / total
    return result


def _read_held(broker, wanted_files, readings):
    try:
        _read_when_connected(broker, wanted_files, readings)
    except (BrokerFailure, OSError) as failure:   # the process may end at any moment
        readings['error'] = str(failure)


def _read_when_connected(broker, wanted_files, readings):
    deadline = time.monotonic() + ROUND_LIMIT_S
    while time.monotonic() < deadline and broker.alive():
        if broker.open_files() >= wanted_files:
            time.sleep(SETTLE_S)
            rss = broker.rss_bytes()
            heap = broker.live_heap_bytes()
            if broker.open_files() >= wanted_files:
                readings.update(rss=rss, heap=heap)
            return
        time.sleep(0.05)


def start(broker, ready_s, settle_s):
    """Readings of a process that has just said that it is ready."""
    time.sleep(settle_s)
    if not broker.alive():
        raise BrokerFailure(f'{broker.name} ended after its start:\n{broker.log_tail()}')
    return {'ready_s': ready_s, 'idle_rss_mb': broker.rss_bytes() / 1e6, 'faults': {}}


def machine_load():
    return round(os.getloadavg()[0], 2)


