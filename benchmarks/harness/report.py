"""Writes docs/performance.md from the raw rounds; every number in it comes from the result file."""
from . import chart, tables
from .figures import rows
from .products import LABELS, NAMES, PEERS, TLS
from .scenarios import BY_CODE, LOAD, RETAINED, STORM
from .settings import MOSQUITTO_DURABLE
from .tables import cells, grid
from .text import EQUAL, HEAD, METHOD


def render(records, remarks):
    """File name to text. `remarks` explains, by scenario code, why a goal is not reached."""
    facts = next(r for r in records if r['type'] == 'facts')
    end = next((r for r in records if r['type'] == 'end'), {'complete': False})
    table = rows(records)
    names = [n for n in NAMES if any(n in r.metrics for r in table)]
    parts = [HEAD, status(facts, end, table, records), verdict(table), tables.messages(table, names), tables.goals(table),
             tables.storm(table, names), tables.feeds(table, records), tables.durable(table, names), tables.memory(table, records, names), tables.start(table, names),
             faults(records, table), open_goals(table, remarks), METHOD, machine(facts, records), settings(facts)]
    files = {'performance.md': '\n\n'.join(p for p in parts if p).rstrip() + '\n'}
    lines = chart_lines(table)
    if lines:
        files['performance.svg'] = chart.svg(lines)
    return files


def is_whole(records):
    """Whether these are the results of a complete run: every scenario (also those of TLS), not quick, not stopped, and no broker left out but Culvert with two shards and its first version."""
    facts = next(r for r in records if r['type'] == 'facts')
    options = facts['options']
    return (any(r['type'] == 'end' and r['complete'] for r in records) and not options['quick'] and options['scenarios'] == list(BY_CODE)
            and set(options['brokers']) >= set(NAMES) - {'culvert2', 'first'})


def chart_lines(table):
    by_code = ((r.scenario.code, {n: m['cpu_s_per_million'].mid for n, m in r.metrics.items() if n != 'first' and 'cpu_s_per_million' in m})
               for r in table if r.scenario.kind in (LOAD, RETAINED, STORM))
    return [(code, by) for code, by in by_code if by]


def status(facts, end, table, records):
    notes = []
    if facts['options']['quick']:
        notes.append('**This is a quick run: one short round, not for quoting.**')
    if not end['complete']:
        notes.append('**The run is not complete: it was stopped or reached its time limit.**')
    for name, why in facts.get('left_out', {}).items():
        label = TLS if name == 'tls' else LABELS[name]
        notes.append(f'**{label} is left out: {" ".join(why.split())[:300]}**')
    busiest = max((r['load'] for r in records if r['type'] == 'round'), default=0)
    if busiest > 2.5 * facts['cores']:
        notes.append(f'**Other work ran on the machine (load average up to {busiest} on {facts["cores"]} cores): CPU seconds hold roughly, latencies and rates do not.**')
    found = sum(len(r.faults) for r in table)
    if found:
        own = sum(1 for r in table for f in r.faults if f[0] not in PEERS)
        notes.append(f'**{found} rounds had faults, {own} of them Culvert\'s; see [Faults](#faults).**')
    return '\n\n'.join(notes)


def verdict(table):
    judged = [v for r in table for v in r.verdicts]
    if not judged:
        return ''
    reached = sum(v.reached for v in judged)
    missed = [r.scenario.code for r in table if r.reached() is False]
    text = f'Goals reached: **{reached} of {len(judged)}**'
    text += f'; not all reached in {", ".join(missed)} ([why](#not-reached-and-why)).' if missed else '.'
    return text + ('\n\n![CPU seconds per million deliveries of all brokers](performance.svg)' if chart_lines(table) else '')


def faults(records, table):
    rounds = sum(1 for r in records if r['type'] == 'round')
    found = [(r.scenario.code, *f) for r in table for f in r.faults]
    if not found:
        return f'## Faults\n\nNone in {rounds} runs (warm-up included): nothing lost, doubled, out of order, damaged or refused.'
    lines = ['## Faults', '', f'In {rounds} runs, warm-up included. A round with faults counts in no figure.', '',
             grid(['scenario', 'broker', 'round', 'what', 'message'])]
    for code, broker, number, what, error in found:
        lines.append(cells([code, LABELS[broker], str(number) if number else 'warm-up', ', '.join(f'{k} {v}' for k, v in what.items()),
                            ' '.join(error.split())[:160].replace('|', '\\|')]))
    return '\n'.join(lines)


def open_goals(table, remarks):
    missed = [(r, v) for r in table for v in r.verdicts if not v.reached]
    lines = ['## Not reached, and why', '']
    even = [f'- {r.scenario.code}: {v.what} {v.found}' for r in table for v in r.verdicts if v.even]
    if even:
        lines += ['Nobody is ahead, though the median is higher than the peer\'s:', '', *even, '']
    if not missed:
        return '\n'.join(lines + ['Every goal that was measured is reached.']) if any(r.verdicts for r in table) else ''
    lines.append(grid(['scenario', 'goal', 'found', 'why']))
    for r, v in missed:
        lines.append(cells([r.scenario.code, f'{v.what} {v.wanted}', v.found, remarks.get(r.scenario.code, 'not yet explained')]))
    return '\n'.join(lines)


def machine(facts, records):
    loads = [r['load'] for r in records if r['type'] == 'round']
    lines = ['## Machine and programs', '', grid(['', ''])]
    known = [('date', facts['date']), ('processor', f'{facts["cpu"]}, {facts["cores"]} cores'), ('memory', f'{facts["memory_gb"]} GB'),
             ('kernel', facts['kernel']), ('open files', facts['open_files']), ('Culvert', facts.get('culvert')), ('commit', facts['commit']),
             ('JDK', facts.get('jdk')), ('Java flags', ' '.join(facts.get('java_flags', [])) or None),
             *((LABELS[p], facts.get(p)) for p in PEERS), ('timed rounds', facts['options']['rounds'])]
    if loads:
        known.append(('load average before the rounds', f'{min(loads)}–{max(loads)} (the benchmark itself is about 2)'))
    return '\n'.join(lines + [cells([k, str(v)]) for k, v in known if v is not None])


def settings(facts):
    parts = ['## Settings of all brokers']
    if 'culvert_args' in facts:
        flags = ' '.join(facts.get('java_flags', []))
        parts.append(f'Culvert (`TMP` is an empty folder; ×2 has `--instances 2`):\n\n```\njava {flags} -jar culvert.jar {" ".join(facts["culvert_args"])}\n```'.replace('  ', ' '))
    if 'durable_args' in facts:
        parts.append(f'Culvert with durable sessions (or `store.sync=interval`, `never`):\n\n```\njava … -jar culvert.jar {" ".join(facts["durable_args"])}\n```\n\n'
                     'In the durable scenarios Mosquitto has these lines instead of `persistence false`, and HiveMQ CE `<mode>file</mode>`:\n\n'
                     f'```\n{MOSQUITTO_DURABLE.format(folder="DISK")}\n```')
    for name in PEERS:
        if f'{name}_conf' in facts:
            how = f'`java {" ".join(facts["peer_flags"])}`, ' if name != 'mosquitto' and 'peer_flags' in facts else ''
            parts.append(f'{LABELS[name]} ({how}its configuration):\n\n```\n{facts[f"{name}_conf"].rstrip()}\n```')
    return '\n\n'.join([*parts, EQUAL])
