"""The tables of docs/performance.md."""
from .figures import MORE_THAN_BEFORE, QUANTITIES, fraction, quantity
from .products import LABELS, OWN, PEERS, SYNCS
from .scenarios import DURABLE, FEED, IDLE, LOAD, RETAINED, START, STORM

DELIVERIES = (LOAD, RETAINED)
PROMISES = """What stands behind a PUBACK differs, and the figures must be read with it:

| broker | when it sends PUBACK | what a power loss or `kill -9` takes |
|---|---|---|
| Culvert, always | the message is on the disk (`fsync`; one for all that came meanwhile) | nothing that was acknowledged |
| Culvert, interval | it is handed to the kernel, which writes it soon; `fsync` at intervals | power loss: the last interval; `kill -9`: nothing |
| Culvert, never | it is handed to the kernel; no `fsync` | power loss: what the kernel had not yet written; `kill -9`: nothing |
| Culvert, ephemeral | it is in memory | everything, sessions too |
| Mosquitto, `persistence true`, `autosave_interval 1` | it is in memory; the whole state is written once a second, without `fsync` before PUBACK | up to a second; power loss: perhaps more |
| HiveMQ CE, file persistence | it is in its store, without `fsync` before PUBACK | power loss: what was not yet synced |

Counted with `strace` over 3 000 PUBACKs, one after the other, for a subscriber that is away: HiveMQ CE made 14 syncs, Mosquitto 2.

The data folders are on the disk that this repository is on. The subscribers speak MQTT 5 and have sessions that outlive their connections."""


def of_kind(table, *kinds):
    return [r for r in table if r.scenario.kind in kinds]


def present(rows, names):
    """The brokers with any figure in these rows."""
    return [n for n in names if any(n in r.metrics for r in rows)]


def messages(table, names):
    chosen = of_kind(table, *DELIVERIES)
    if not chosen:
        return ''
    names = present(chosen, names)
    heads = [LABELS[n] for n in names]
    cpu = [cells([r.scenario.code, *(absent(r, n) or spread(r.metric(n, 'cpu_s_per_million'), 1, 2) for n in names), answer(r)]) for r in chosen]
    waits = [r for r in chosen if r.scenario.kind == LOAD]
    wait = [cells([r.scenario.code, *(absent(r, n) or latency(r, n) for n in names)]) for r in waits]
    rate = [cells([r.scenario.code, *(absent(r, n) or speed(r, n, 'msgs_per_s') for n in names)]) for r in chosen]
    parts = ['## Messages', '', 'CPU seconds of the broker per million deliveries:', '', grid(['scenario', *heads, 'goals reached']), *cpu, '',
             *(f'- `{r.scenario.code}`: {r.scenario.title}' for r in chosen)]
    if wait:
        parts += ['', 'From publish to delivery, p50 / p99 in milliseconds:', '', grid(['scenario', *heads]), *wait]
    parts += ['', 'Deliveries per second:', '', grid(['scenario', *heads]), *rate]
    return '\n'.join(parts)


def goals(table):
    """Culvert's CPU divided by that of each peer, with what was wanted."""
    chosen = [r for r in table if r.ratios and r.scenario.kind != DURABLE]
    if not chosen:
        return ''
    peers = [p for p in PEERS if any(('culvert', p) in r.ratios for r in chosen)]
    two = any(own == 'culvert2' for r in chosen for own, _ in r.ratios)
    heads = ['scenario', *(f'to {LABELS[p]}' for p in peers), 'to its first version']
    lines = ['## Culvert\'s CPU divided by the others\'', '', grid(heads + (['×2, to the best other'] if two else []) + ['reached'])]
    for r in chosen:
        out = [r.scenario.code, *(ratio(r, p) for p in peers), ratio(r, 'first')]
        if two:
            worst = max((s.mid for (own, _), s in r.ratios.items() if own == 'culvert2'), default=None)
            out.append('–' if worst is None else f'{worst:.3f}')
        lines.append(cells([*out, answer(r)]))
    return '\n'.join(lines)


def ratio(r, peer):
    found = r.ratios.get(('culvert', peer))
    limit = MORE_THAN_BEFORE if peer == 'first' else r.scenario.goal(peer)
    if not found:
        return r.scenario.absent.get(peer, '–')
    return f'**{found.mid:.3f}** ({found.low:.3f}–{found.high:.3f})' + (f' ≤ {fraction(limit)}' if limit else '')


def durable(table, names):
    chosen = of_kind(table, DURABLE)
    if not chosen:
        return ''
    names = present(chosen, [*SYNCS, *(n for n in names if n not in SYNCS)])
    labels = ['Culvert, ephemeral' if n == 'culvert' else LABELS[n] for n in names]
    parts = ['## Durable sessions', '', PROMISES, '', *(f'- `{r.scenario.code}`: {r.scenario.title}' for r in chosen)]

    def quantity(title, metric, cell):
        found = [r for r in chosen if any(r.metric(n, metric) for n in names)]
        if found:
            lines = [cells([r.scenario.code, *(absent(r, n) or cell(r, n) for n in names), answer(r)]) for r in found]
            parts.extend(['', title, '', grid(['scenario', *labels, 'goals reached']), *lines])

    quantity('CPU seconds of the broker per million deliveries:', 'cpu_s_per_million', lambda r, n: spread(r.metric(n, 'cpu_s_per_million'), 1, 2))
    quantity('Deliveries per second (d1o: when the subscribers are back):', 'msgs_per_s', lambda r, n: speed(r, n, 'msgs_per_s'))
    quantity('Messages stored per second, while no subscriber is there:', 'stored_per_s', lambda r, n: speed(r, n, 'stored_per_s'))
    quantity('From publish to PUBACK (QoS 2: PUBREC), p50 / p99 in milliseconds:', 'ack_p99_us', lambda r, n: latency(r, n, 'ack_'))
    quantity('From publish to delivery, p50 / p99 in milliseconds:', 'p99_us', latency)
    return '\n'.join(parts)


def storm(table, names):
    chosen = of_kind(table, STORM)
    if not chosen:
        return ''
    names = present(chosen, names)
    lines = ['## Connections', '', 'p50 and p99 from SYN to CONNACK.', '', *(f'- `{r.scenario.code}`: {r.scenario.title}' for r in chosen), '',
             grid(['', *(LABELS[n] for n in names)])]
    for r in chosen:
        lines += [cells([f'{r.scenario.code}, CPU s per million connections', *(spread(r.metric(n, 'cpu_s_per_million'), 1, 1) for n in names)]),
                  cells([f'{r.scenario.code}, p50 / p99 ms', *(latency(r, n) for n in names)]),
                  cells([f'{r.scenario.code}, connections/s', *(speed(r, n, 'connects_per_s') for n in names)])]
    return '\n'.join(lines)


def feeds(table, records):
    chosen = of_kind(table, FEED)
    if not chosen:
        return ''
    counts = sorted({r['size'] for r in records if r['type'] == 'round' and r['scenario'] in {c.scenario.code for c in chosen}})
    number = ' or '.join(f'{n:,}'.replace(',', ' ') for n in counts)
    lines = [f'## Others, while {number} retained messages go to one subscriber', '',
             '; '.join(f'`{r.scenario.code}`: {r.scenario.title}' for r in chosen) + '. The retained messages go out at QoS 0, as fast as the subscriber takes them. The JVM has `-Xmx1g`: by default it has half of that, and refuses more than two thirds of them.', '',
             grid(['scenario', 'broker', 'quiet p50 / p99 ms', 'meanwhile p50 / p99 / max ms', 'p99 grows by', 'goal', 'reached', 'retained/s', 'CPU s/M'])]
    for r in chosen:
        for own in OWN:
            growth = r.metric(own, 'p99_growth')
            if not growth:
                continue
            limit = r.scenario.limits['p99_growth']
            lines.append(cells([r.scenario.code, LABELS[own], f'{ms(r, own, "quiet_p50_us")} / {ms(r, own, "quiet_p99_us")}',
                                f'{ms(r, own, "p50_us")} / {ms(r, own, "p99_us")} / {ms(r, own, "max_us")}', spread(growth, 1, 2),
                                f'≤ {limit:.1f}', 'yes' if growth.mid <= limit else '**no**', speed(r, own, 'msgs_per_s'),
                                spread(r.metric(own, 'cpu_s_per_million'), 1, 2)]))
    return '\n'.join(lines)


def memory(table, records, names):
    counts = sorted({r['size'] for r in records if r['type'] == 'round' and r['scenario'] == 'idle'})
    number = ' or '.join(f'{n:,}'.replace(',', ' ') for n in counts)
    return absolute(table, names, IDLE, f'## Memory of {number} idle connections',
                    {'rss_per_connection': 'KiB', 'heap_per_connection': 'KiB', 'held_rss_mb': 'MB'})


def start(table, names):
    return absolute(table, names, START, '## Start', {'ready_s': 's', 'idle_rss_mb': 'MB'})


SUBJECT = {IDLE: 'What one more connection takes that sends and receives nothing.',
           START: 'From the start of the process until it listens, and its memory when nothing has happened yet.'}


def absolute(table, names, kind, title, metrics):
    chosen = of_kind(table, kind)
    if not chosen:
        return ''
    names = present(chosen, names)
    lines = [title, '', SUBJECT[kind], '', grid(['', *(LABELS[n] for n in names), 'goal', 'reached'])]
    for r in chosen:
        for name, unit in metrics.items():
            judged = next((v for v in r.verdicts if v.what == QUANTITIES[name]), None)
            limit = r.scenario.limits.get(name)
            wanted = judged.wanted if judged else quantity(name, limit) if limit else '–'
            found = [spread(r.metric(n, name), 1024 if unit == 'KiB' else 1, 0 if unit == 'MB' else 2) for n in names]
            lines.append(cells([f'{QUANTITIES[name]}, {unit}', *found, wanted, '–' if not judged else 'yes' if judged.reached else '**no**']))
    return '\n'.join(lines)


def absent(r, name):
    """Why a cell is empty, or None."""
    if name in r.metrics:
        return None
    if any(f[0] == name for f in r.faults):
        return '[faults](#faults)'
    return r.scenario.absent.get(name, '–')


def answer(r):
    return '–' if r.reached() is None else 'yes' if r.reached() else '**no**'


def latency(r, broker, of=''):
    p50, p99 = r.metric(broker, f'{of}p50_us'), r.metric(broker, f'{of}p99_us')
    return f'{p50.mid / 1000:.2f} / {spread(p99, 1000, 2)}' if p50 and p99 else '–'


def ms(r, broker, name):
    s = r.metric(broker, name)
    return f'{s.mid / 1000:.2f}' if s else '–'


def speed(r, broker, name):
    s = r.metric(broker, name)
    return f'{round(s.mid, -2):,.0f}'.replace(',', ' ') if s else '–'


def spread(s, divisor, digits):
    if not s:
        return '–'
    middle, low, high = (f'{v / divisor:.{digits}f}' for v in (s.mid, s.low, s.high))
    return middle if low == high else f'{middle} ({low}–{high})'


def grid(names):
    return cells(names) + '\n' + '|'.join(['', *('---' for _ in names), ''])


def cells(values):
    return '| ' + ' | '.join(values) + ' |'
