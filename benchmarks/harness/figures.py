"""From raw rounds to what the report says: medians with minimum and maximum, ratios, and whether a goal is reached."""
from dataclasses import dataclass, field
from statistics import median

from .scenarios import BY_CODE, LOAD, STORM


@dataclass(frozen=True)
class Spread:
    mid: float
    low: float
    high: float

    @staticmethod
    def of(values):
        return Spread(median(values), min(values), max(values)) if values else None


@dataclass
class Row:
    """One scenario. `metrics[broker][name]` is a Spread over the timed rounds."""
    scenario: object
    metrics: dict = field(default_factory=dict)
    rounds: dict = field(default_factory=dict)
    faults: list = field(default_factory=list)
    ratio: Spread = None
    verdicts: list = field(default_factory=list)    # (what, goal text, found text, reached)

    def reached(self):
        return all(v[3] for v in self.verdicts) if self.verdicts else None

    def metric(self, broker, name):
        return self.metrics.get(broker, {}).get(name)


NAMES = ('cpu_s_per_million', 'p50_us', 'p99_us', 'msgs_per_s', 'connects_per_s', 'rss_per_connection', 'heap_per_connection',
         'held_rss_mb', 'ready_s', 'idle_rss_mb')


def rows(records):
    """The rows in the order of the run."""
    found = {}
    for record in records:
        if record['type'] == 'round':
            found.setdefault(record['scenario'], []).append(record)
    return [row(BY_CODE[code], rounds) for code, rounds in found.items()]


def row(scenario, records):
    out = Row(scenario)
    timed = {}
    for record in records:
        result = record['result']
        if result['faults']:
            out.faults.append((record['broker'], record['round'], result['faults'], result.get('error', '')))
        if record['round'] > 0:
            timed.setdefault(record['broker'], {})[record['round']] = result
    for broker, by_round in timed.items():
        out.rounds[broker] = len(by_round)
        out.metrics[broker] = {}
        for name in NAMES:
            spread = Spread.of([r[name] for r in by_round.values() if r.get(name) is not None])
            if spread:
                out.metrics[broker][name] = spread
    judge(out, timed)
    return out


def judge(out, timed):
    scenario = out.scenario
    ours, theirs = timed.get('culvert', {}), timed.get('mosquitto', {})
    if scenario.kind in (LOAD, STORM):
        out.ratio = ratio(out, ours, theirs, 'cpu_s_per_million')
        if out.ratio:
            out.verdicts.append(('ratio', f'≤ {fraction(scenario.goal)}', f'{out.ratio.mid:.3f}', out.ratio.mid <= scenario.goal))
        mine, other = out.metric('culvert', 'p99_us'), out.metric('mosquitto', 'p99_us')
        if scenario.p99_goal and mine and other:
            out.verdicts.append(('p99', '≤ Mosquitto\'s', f'{mine.mid / 1000:.2f} ms to {other.mid / 1000:.2f} ms', mine.mid <= other.mid))
    for name, limit in scenario.limits.items():
        spread = out.metric('culvert', name)
        if spread:
            inclusive = name.endswith('_per_connection')
            reached = spread.mid <= limit if inclusive else spread.mid < limit
            out.verdicts.append((LABELS[name], ('≤ ' if inclusive else '< ') + quantity(name, limit), quantity(name, spread.mid), reached))
    own_faults = [f for f in out.faults if f[0] == 'culvert']
    if own_faults:
        out.verdicts.append(('no faults', 'none', f'{len(own_faults)} rounds with faults', False))


def ratio(out, ours, theirs, name):
    """Ratio of the medians; its spread is that of the rounds taken pair by pair."""
    mine, other = out.metric('culvert', name), out.metric('mosquitto', name)
    if not mine or not other or other.mid <= 0:
        return None
    each = [ours[n][name] / theirs[n][name] for n in ours if n in theirs and ours[n].get(name) and theirs[n].get(name)]
    mid = mine.mid / other.mid
    return Spread(mid, min([mid, *each]), max([mid, *each]))


LABELS = {'rss_per_connection': 'RSS per connection', 'heap_per_connection': 'live heap per connection', 'held_rss_mb': 'RSS of the whole process', 'ready_s': 'time to ready',
          'idle_rss_mb': 'idle RSS'}


def quantity(name, value):
    if name.endswith('_per_connection'):
        return f'{value / 1024:.2f} KiB'
    return f'{value:.2f} s' if name == 'ready_s' else f'{value:.0f} MB'


def fraction(goal):
    return f'1/{round(1 / goal)}' if goal < 1 else f'{goal:.1f}'
