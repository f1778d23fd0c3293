"""Writes docs/performance.md from the raw rounds; every number in it comes from the result file."""
from . import chart
from .figures import LABELS, fraction, quantity, rows
from .scenarios import IDLE, LOAD, START, STORM

BROKERS = (('culvert', 'Culvert'), ('mosquitto', 'Mosquitto'))


def render(records, remarks):
    """File name to text. `remarks` explains, by scenario code, why a goal is not reached."""
    facts = next(r for r in records if r['type'] == 'facts')
    end = next((r for r in records if r['type'] == 'end'), {'complete': False, 'faults': []})
    table = rows(records)
    parts = [HEAD, status(facts, end, table, records), verdict(table), load_table(table), storm_table(table), memory_table(table, records),
             start_table(table), faults(records, table), open_goals(table, remarks), METHOD, machine(facts, records), SETTINGS_HEAD,
             settings(facts)]
    files = {'performance.md': '\n\n'.join(p for p in parts if p).rstrip() + '\n'}
    bars = [(r.scenario.code, r.ratio, r.scenario.goal) for r in table if r.ratio]
    if bars:
        files['performance.svg'] = chart.svg(bars)
    return files


HEAD = """# Performance

Culvert beside Mosquitto, whole broker against whole broker, on one machine. This page is written by `benchmarks/run`; do not edit it.

The unit is **CPU seconds of the broker per million deliveries** (CPU s/M): user and kernel time of the broker's process. It is the
figure that decides what a machine can carry, and it holds on a busy machine, where messages per second do not. Latencies stand beside it, because
CPU can be saved by making messages wait. All values are medians of the timed rounds, with minimum and maximum in brackets."""

METHOD = """## How it is measured, and how to repeat it

```
benchmarks/run              # five interleaved rounds, writes this page and the chart
benchmarks/run --quick      # one short round, about two minutes, not for quoting
```

It needs Linux, Python 3, a C compiler and `mosquitto`; `benchmarks/run --help` names the rest. Raw rounds: `benchmarks/target/results.jsonl`.

- Both brokers run during the whole benchmark; only one is loaded at a time. The rounds alternate, and so does the order within a round.
- Before its timed rounds each broker is warmed up with the same scenario, until its compiled code and its buffers are those of the timed rounds.
- The number of messages is chosen for each broker so that a timed round burns about the same CPU (2 s, at most 6 s of wall time): the faster broker gets more messages.
- The generator, `benchmarks/mqload`, is one C thread on the same machine. Each payload carries publisher, sequence, time and a check sum, so that every delivery is
  accounted for: a message that is lost, doubled, out of order or damaged, an acknowledgement that is missing or a connection that fails is a fault and stands below.
- p50 and p99 are from publish to delivery at the load of that scenario. Except in p0w1 and p0r the window is full all the time, so they say how long the queue is, not how fast an idle broker answers.
- The ratio is that of the medians; its brackets hold the ratios of the rounds taken pair by pair.
- Idle connections and start are measured on processes that are started for each round. RSS per connection is the whole growth of the process from 200 connections that
  have come and gone to the stated number that stand, divided by that number; so it contains what a growing heap takes beyond its objects. Live heap is what a
  full collection leaves (`jcmd GC.class_histogram`), before and after; it is read after RSS, so the collection does not touch that.
- MQTT 3.1.1, clean sessions, 64-byte payloads, no TLS, unless the row says otherwise. Loopback only: the network costs nothing here, so the brokers' own cost weighs the most."""

SETTINGS_HEAD = '## Settings of both brokers'


def status(facts, end, table, records):
    notes = []
    if facts['options']['quick']:
        notes.append('**This is a quick run: one short round, not for quoting.**')
    if not end['complete']:
        notes.append('**The run is not complete: it was stopped or reached its time limit.**')
    busiest = max((r['load'] for r in records if r['type'] == 'round'), default=0)
    if busiest > 2 * facts['cores']:
        notes.append(f'**Other work ran on the machine (load average up to {busiest} on {facts["cores"]} cores): CPU seconds hold roughly, latencies and rates do not.**')
    if any(r.faults for r in table):
        notes.append(f'**{sum(len(r.faults) for r in table)} rounds had faults; see [Faults](#faults).**')
    return '\n'.join(notes)


def verdict(table):
    judged = [r for r in table if r.reached() is not None]
    if not judged:
        return ''
    missed = [r.scenario.code for r in judged if not r.reached()]
    text = f'Goals reached: **{len(judged) - len(missed)} of {len(judged)}**'
    text += f'; not reached: {", ".join(missed)} ([why](#not-reached-and-why)).' if missed else '.'
    chart_line = '\n\n![CPU per delivery of Culvert relative to Mosquitto](performance.svg)' if any(r.ratio for r in table) else ''
    return text + chart_line


def load_table(table):
    chosen = [r for r in table if r.scenario.kind == LOAD]
    if not chosen:
        return ''
    lines = ['## Messages', '',
             grid(['scenario', 'Culvert CPU s/M', 'Mosquitto CPU s/M', 'ratio', 'goal', 'reached', 'Culvert p50 / p99 ms',
                   'Mosquitto p50 / p99 ms', 'Culvert deliveries/s', 'Mosquitto deliveries/s'])]
    for r in chosen:
        lines.append(cells([r.scenario.code, cpu(r, 'culvert'), cpu(r, 'mosquitto'), ratio(r), goal(r.scenario), answer(r),
                            latency(r, 'culvert'), latency(r, 'mosquitto'), rate(r, 'culvert', 'msgs_per_s'),
                            rate(r, 'mosquitto', 'msgs_per_s')]))
    return '\n'.join(lines + [''] + [f'- `{r.scenario.code}`: {r.scenario.title}' for r in chosen])


def storm_table(table):
    chosen = [r for r in table if r.scenario.kind == STORM]
    if not chosen:
        return ''
    lines = ['## Connections', '', f'{sentence(chosen[0].scenario.title)}; CPU seconds per million connections, p50 and p99 from SYN to CONNACK.', '',
             grid(['scenario', 'Culvert CPU s/M', 'Mosquitto CPU s/M', 'ratio', 'goal', 'reached', 'Culvert p50 / p99 ms',
                   'Mosquitto p50 / p99 ms', 'Culvert connects/s', 'Mosquitto connects/s'])]
    for r in chosen:
        lines.append(cells([r.scenario.code, cpu(r, 'culvert'), cpu(r, 'mosquitto'), ratio(r), goal(r.scenario), answer(r),
                            latency(r, 'culvert'), latency(r, 'mosquitto'), rate(r, 'culvert', 'connects_per_s'),
                            rate(r, 'mosquitto', 'connects_per_s')]))
    return '\n'.join(lines)


def memory_table(table, records):
    counts = sorted({r['size'] for r in records if r['type'] == 'round' and r['scenario'] == 'idle'})
    number = ' or '.join(f'{n:,}'.replace(',', ' ') for n in counts)
    return absolute(table, IDLE, f'## Memory of {number} idle connections', {'rss_per_connection': 'KiB', 'heap_per_connection': 'KiB', 'held_rss_mb': 'MB'})


def start_table(table):
    return absolute(table, START, '## Start', {'ready_s': 's', 'idle_rss_mb': 'MB'})


SUBJECT = {IDLE: 'What one more connection takes that sends and receives nothing.',
           START: 'From the start of the process until it listens, and its memory when nothing has happened yet.'}


def absolute(table, kind, title, names):
    chosen = [r for r in table if r.scenario.kind == kind]
    if not chosen:
        return ''
    lines = [title, '', SUBJECT[kind], '', grid(['', 'Culvert', 'Mosquitto', 'goal', 'reached'])]
    for r in chosen:
        for name, unit in names.items():
            judged = next((v for v in r.verdicts if v[0] == LABELS[name]), None)
            limit = r.scenario.limits.get(name)
            wanted = judged[1] if judged else quantity(name, limit) if limit else '–'
            found = [spread(r.metric(b, name), 1024 if unit == 'KiB' else 1, 0 if unit == 'MB' else 2) for b, _ in BROKERS]
            lines.append(cells([f'{LABELS[name]}, {unit}', *found, wanted, '–' if not judged else 'yes' if judged[3] else '**no**']))
    return '\n'.join(lines)


def faults(records, table):
    rounds = sum(1 for r in records if r['type'] == 'round')
    found = [(r.scenario.code, *f) for r in table for f in r.faults]
    if not found:
        return f'## Faults\n\nNone in {rounds} runs (warm-up included): nothing lost, doubled, out of order, damaged or refused.'
    lines = ['## Faults', '', grid(['scenario', 'broker', 'round', 'what', 'message'])]
    for code, broker, number, what, error in found:
        lines.append(cells([code, broker, str(number) if number else 'warm-up', ', '.join(f'{k} {v}' for k, v in what.items()),
                            ' '.join(error.split())[:160].replace('|', '\\|')]))
    return '\n'.join(lines)


def open_goals(table, remarks):
    missed = [(r, v) for r in table for v in r.verdicts if not v[3]]
    lines = ['## Not reached, and why', '']
    if not missed:
        return '\n'.join(lines + ['Every goal that was measured is reached.']) if any(r.verdicts for r in table) else ''
    lines.append(grid(['scenario', 'goal', 'found', 'why']))
    for r, (what, wanted, found, _) in missed:
        lines.append(cells([r.scenario.code, f'{what} {wanted}', found, remarks.get(r.scenario.code, 'not yet explained')]))
    return '\n'.join(lines)


def machine(facts, records):
    loads = [r['load'] for r in records if r['type'] == 'round']
    lines = ['## Machine and programs', '', grid(['', ''])]
    known = [('date', facts['date']), ('processor', f'{facts["cpu"]}, {facts["cores"]} cores'), ('memory', f'{facts["memory_gb"]} GB'),
             ('kernel', facts['kernel']), ('open files', facts['open_files']), ('Culvert', facts.get('culvert')), ('commit', facts['commit']),
             ('JDK', facts.get('jdk')), ('Java flags', ' '.join(facts.get('java_flags', [])) or None),
             ('Mosquitto', facts.get('mosquitto')), ('timed rounds', facts['options']['rounds'])]
    if loads:
        known.append(('load average before the rounds', f'{min(loads)}–{max(loads)} (the benchmark itself is about 2)'))
    return '\n'.join(lines + [cells([k, str(v)]) for k, v in known if v is not None])


def settings(facts):
    parts = []
    if 'culvert_args' in facts:
        flags = ' '.join(facts.get('java_flags', []))
        parts.append(f'Culvert (`TMP` is an empty folder):\n\n```\njava {flags} -jar culvert.jar {" ".join(facts["culvert_args"])}\n```'.replace('  ', ' '))
    if 'mosquitto_conf' in facts:
        parts.append(f'Mosquitto (`mosquitto.conf`):\n\n```\n{facts["mosquitto_conf"].rstrip()}\n```')
    parts.append(EQUAL)
    return '\n\n'.join(parts)


EQUAL = """Neither broker stores anything on disk here, neither asks for a password, both set TCP_NODELAY, and neither limits what may be unacknowledged or
queued in these scenarios. Mosquitto 2.0.11 needs `max_queued_messages 0` for that: with a finite value it counts messages that have long left the queue, and drops (seen in fi1)."""


def sentence(title):
    return title[0].upper() + title[1:]


def cpu(r, broker):
    return spread(r.metric(broker, 'cpu_s_per_million'), 1, 2)


def ratio(r):
    return f'**{r.ratio.mid:.3f}** ({r.ratio.low:.3f}–{r.ratio.high:.3f})' if r.ratio else '–'


def goal(scenario):
    return f'≤ {fraction(scenario.goal)}' + (', p99 not above' if scenario.p99_goal else '')


def answer(r):
    return '–' if r.reached() is None else 'yes' if r.reached() else '**no**'


def latency(r, broker):
    p50, p99 = r.metric(broker, 'p50_us'), r.metric(broker, 'p99_us')
    return f'{p50.mid / 1000:.2f} / {spread(p99, 1000, 2)}' if p50 and p99 else '–'


def rate(r, broker, name):
    s = r.metric(broker, name)
    return f'{round(s.mid, -2):,.0f}'.replace(',', ' ') if s else '–'


def spread(s, divisor, digits):
    return f'{s.mid / divisor:.{digits}f} ({s.low / divisor:.{digits}f}–{s.high / divisor:.{digits}f})' if s else '–'


def grid(names):
    return cells(names) + '\n' + '|'.join(['', *('---' for _ in names), ''])


def cells(values):
    return '| ' + ' | '.join(values) + ' |'
