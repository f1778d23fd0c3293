"""From raw rounds to what the report says: medians with minimum and maximum, ratios, and whether a goal is reached."""
from dataclasses import dataclass, field
from math import comb
from statistics import median
from typing import NamedTuple

from .products import LABELS, OWN, PEERS, SYNCS
from .scenarios import BY_CODE, DURABLE, LOAD, RETAINED, STORM

MORE_THAN_BEFORE = 1.15     # of the first version's CPU
DURABLE_GOALS_OF = SYNCS[0]     # the others promise less
CHANCE, LEAST_PAIRS = 0.05, 5   # of the sign test; fewer rounds than that could not show anything by it


@dataclass(frozen=True)
class Spread:
    mid: float
    low: float
    high: float

    @staticmethod
    def of(values):
        return Spread(median(values), min(values), max(values)) if values else None


class Verdict(NamedTuple):
    what: str
    wanted: str
    found: str
    reached: bool
    even: bool = False      # reached because chance explains that the peer's median is lower


@dataclass
class Row:
    """One scenario. `metrics[broker][name]` is a Spread over the timed rounds without faults."""
    scenario: object
    metrics: dict = field(default_factory=dict)
    faults: list = field(default_factory=list)
    ratios: dict = field(default_factory=dict)      # (own, peer): Spread of the CPU ratio
    verdicts: list = field(default_factory=list)

    def reached(self):
        return all(v.reached for v in self.verdicts) if self.verdicts else None

    def metric(self, broker, name):
        return self.metrics.get(broker, {}).get(name)


METRICS = ('cpu_s_per_million', 'p50_us', 'p99_us', 'msgs_per_s', 'connects_per_s', 'rss_per_connection', 'heap_per_connection',
           'held_rss_mb', 'ready_s', 'idle_rss_mb', 'quiet_p50_us', 'quiet_p99_us', 'max_us', 'p99_growth', 'all_p50_us', 'ack_p50_us', 'ack_p99_us', 'stored_per_s',
           'store_cpu_s_per_million', 'drain_cpu_s_per_million')


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
        elif record['round'] > 0:
            timed.setdefault(record['broker'], {})[record['round']] = result
    for broker, by_round in timed.items():
        out.metrics[broker] = {}
        for name in METRICS:
            spread = Spread.of([r[name] for r in by_round.values() if r.get(name) is not None])
            if spread:
                out.metrics[broker][name] = spread
    judge(out, timed)
    return out


def judge(out, timed):
    scenario = out.scenario
    if scenario.kind in (LOAD, STORM, RETAINED):
        judge_cpu(out, timed)
    if scenario.kind == DURABLE:
        judge_durable(out, timed)
    judged = (DURABLE_GOALS_OF,) if scenario.kind == DURABLE else OWN
    for name, limit in scenario.limits.items():
        for own in judged:
            spread = out.metric(own, name)
            if spread:
                inclusive = name.endswith(('_per_connection', '_growth'))
                reached = spread.mid <= limit if inclusive else spread.mid < limit
                out.verdicts.append(Verdict(QUANTITIES[name] + mark(own), ('≤ ' if inclusive else '< ') + quantity(name, limit),
                                            quantity(name, spread.mid), reached))
    for own in OWN + SYNCS:
        faults = [f for f in out.faults if f[0] == own]
        if faults:
            out.verdicts.append(Verdict('faults' + mark(own), 'none', f'{len(faults)} rounds with faults', False))


def judge_cpu(out, timed):
    scenario = out.scenario
    for own in OWN:
        for peer in PEERS:
            found = ratio(out, timed, own, peer)
            if not found:
                continue
            out.ratios[own, peer] = found
            limit = scenario.goal(peer) if own == 'culvert' or scenario.tls else max(1.0, scenario.goal(peer) or 0)
            if limit:
                out.verdicts.append(Verdict(f'CPU to {LABELS[peer]}{mark(own)}', f'≤ {fraction(limit)}', f'{found.mid:.3f}', found.mid <= limit))
            if scenario.p99_goal:
                judge_p99(out, timed, own, peer)
    to_first = ratio(out, timed, 'culvert', 'first')
    if to_first:
        out.ratios['culvert', 'first'] = to_first
        out.verdicts.append(Verdict('CPU to the first version', f'≤ {MORE_THAN_BEFORE}', f'{to_first.mid:.3f}', to_first.mid <= MORE_THAN_BEFORE))


def judge_p99(out, timed, own, peer):
    """A peer's is lower where its median is, unless rounds of two that are alike would show it that far ahead by chance, too."""
    mine, other = out.metric(own, 'p99_us'), out.metric(peer, 'p99_us')
    if not mine or not other:
        return
    each = pairs(timed[own], timed[peer], 'p99_us')
    behind, decided = sum(a > b for a, b in each), sum(a != b for a, b in each)
    ahead = mine.mid <= other.mid
    even = not ahead and decided >= LEAST_PAIRS and chance(behind, decided) >= CHANCE
    found = f'{mine.mid / 1000:.2f} ms to {other.mid / 1000:.2f} ms, {LABELS[peer]}\'s lower in {behind} of {len(each)} rounds'
    out.verdicts.append(Verdict(f'p99{mark(own)}', f'≤ {LABELS[peer]}\'s', found, ahead or even, even))


def chance(heads, throws):
    """How probable that many heads or more are in so many throws of a coin (the sign test, one-sided)."""
    return sum(comb(throws, n) for n in range(heads, throws + 1)) / 2 ** throws


def pairs(ours, theirs, name):
    """Of the rounds that both have, because what slows the machine for a while slows both."""
    return [(ours[n][name], theirs[n][name]) for n in ours if n in theirs and ours[n].get(name) and theirs[n].get(name)]


def judge_durable(out, timed):
    scenario = out.scenario
    for name, limit in scenario.least.items():
        spread = out.metric(DURABLE_GOALS_OF, name)
        if spread:
            out.verdicts.append(Verdict(QUANTITIES[name] + mark(DURABLE_GOALS_OF), f'≥ {quantity(name, limit)}', quantity(name, spread.mid),
                                        spread.mid >= limit))
    found = ratio(out, timed, DURABLE_GOALS_OF, 'culvert') if scenario.ephemeral_goal else None
    if found:
        out.ratios[DURABLE_GOALS_OF, 'culvert'] = found
        out.verdicts.append(Verdict('CPU to one that keeps nothing', f'≤ {scenario.ephemeral_goal}', f'{found.mid:.3f}',
                                    found.mid <= scenario.ephemeral_goal))


def mark(own):
    return {'culvert': '', 'culvert2': ' (×2)'}.get(own, f' ({own})')


def ratio(out, timed, own, peer, name='cpu_s_per_million'):
    """Of the rounds taken pair by pair; of the medians where faults have left no pair."""
    mine, other = out.metric(own, name), out.metric(peer, name)
    if not mine or not other or other.mid <= 0:
        return None
    each = [a / b for a, b in pairs(timed[own], timed[peer], name)]
    return Spread.of(each or [mine.mid / other.mid])


QUANTITIES = {'rss_per_connection': 'RSS per connection', 'heap_per_connection': 'live heap per connection',
              'held_rss_mb': 'RSS of the whole process', 'ready_s': 'time to ready', 'idle_rss_mb': 'idle RSS',
              'p99_growth': 'p99 meanwhile to p99 when quiet', 'msgs_per_s': 'deliveries per second', 'p99_us': 'p99 of delivery',
              'ack_p99_us': 'p99 of PUBACK'}


def quantity(name, value):
    if name.endswith('_per_connection'):
        return f'{value / 1024:.2f} KiB'
    if name.endswith('_growth'):
        return f'{value:.2f}'
    if name.endswith('_per_s'):
        return f'{value:,.0f}'.replace(',', ' ')
    if name.endswith('_us'):
        return f'{value / 1000:.2f} ms'
    return f'{value:.2f} s' if name == 'ready_s' else f'{value:.0f} MB'


def fraction(goal):
    return f'1/{round(1 / goal)}' if goal < 1 else f'{float(goal)}'
