"""The order of a benchmark: size and warm up each broker, then interleaved rounds, each written down at once."""
import json
import sys
import time

from . import measure
from .plan import brief
from .process import BrokerFailure
from .products import COMPARED, OWN, SYNCS
from .scenarios import BY_CODE, DURABLE, FEED, IDLE, LOAD, RETAINED, START, STORM


MANY_RETAINED_HEAP = '-Xmx1g'   # a million retained messages are more than the default heap is for


class Session:
    """Owns the result file and the brokers that live as long as the session; `make(name, setup)` builds a broker that is not yet started."""

    def __init__(self, names, make, plan, out):
        self.names, self.make, self.plan, self.out = names, make, plan, out
        self.begun = time.monotonic()
        self.brokers = {}
        self.own_faults = []
        self.complete = True

    def run(self, scenarios):
        for setup, kinds in (('', (LOAD, STORM, RETAINED)), (DURABLE, (DURABLE,))):
            needed = [s for s in scenarios if s.kind in kinds and s.setup() == setup]
            for name in [n for n in self.names if any(s.takes(n) for s in needed)]:
                for process in range(max(self.processes(s, name) for s in needed)):
                    self.note(f'start {name} {setup}'.rstrip() + (f' {process + 1}' if process else ''))
                    self.first_load(self.standing(name, setup, process))
        kinds = {LOAD: self.loaded, DURABLE: self.loaded, STORM: self.loaded, RETAINED: self.retained, FEED: self.fed, IDLE: self.fresh, START: self.fresh}
        for scenario in scenarios:
            kinds[scenario.kind](scenario, [n for n in self.names if scenario.takes(n)])
        for broker in self.brokers.values():
            broker.stop()

    def processes(self, scenario, name):
        """Those that take turns in the rounds. The ratio to the first version is the only one near 1, and processes of one program have
        differed by more than its goal is wide: seven of them in p1 by 22 %."""
        return self.plan.processes if name in COMPARED and 'first' in self.names and scenario.takes('first') else 1

    def first_load(self, broker):
        """A new process gets some seconds of load before anything is looked at, so that what every scenario uses is compiled."""
        end = time.monotonic() + self.plan.first_s
        size = 200
        while time.monotonic() < end:
            for code in ('p1', 'p0'):
                result = self.attempt(lambda: measure.load(broker, BY_CODE[code], size))
                if result['faults']:
                    return
                size = self.plan.size(BY_CODE[code], result, self.plan.warm_cpu_s, size)

    def loaded(self, scenario, names):
        sizes = {name: [self.warm_up(scenario, name, p) for p in range(self.processes(scenario, name))] for name in names if not self.late(scenario)}
        for number, name in self.turns(scenario, [n for n in sizes if all(sizes[n])], rounds=self.plan.timed_rounds(scenario)):
            process = (number - 1) % len(sizes[name])
            size = sizes[name][process]
            self.round(scenario, name, number, size, lambda: self.one(scenario, name, process, size))

    def retained(self, scenario, names):
        count = self.plan.retained
        for name in list(names):
            self.round(scenario, name, 0, count, lambda: measure.store(self.standing(name), count))
            if not self.steady(scenario, name, count, lambda: measure.deliver(self.standing(name), scenario, count)):
                names.remove(name)
        for number, name in self.turns(scenario, names, rounds=self.plan.few_rounds):
            self.round(scenario, name, number, count, lambda: measure.deliver(self.standing(name), scenario, count))
        for name in names:
            self.attempt(lambda: measure.clear(self.standing(name), count))

    def fed(self, scenario, names):
        """On a process of its own, which no other scenario finds full of retained messages."""
        count = self.plan.many_retained
        for name in names:
            broker = self.make(name)
            broker.flags = [*broker.flags, MANY_RETAINED_HEAP]
            try:
                broker.start()
                self.round(scenario, name, 0, count, lambda: measure.store(broker, count))
                for number in range(self.plan.few_rounds + 1):   # the first warms up
                    if self.late(scenario):
                        return
                    self.round(scenario, name, number, count, lambda: measure.feed(broker, scenario, count, self.plan.quiet_s))
            finally:
                broker.stop()

    def fresh(self, scenario, names):
        """Scenarios whose answer is about a process: each round starts its own, beside the ones that stand."""
        first = 0 if scenario.kind == START else 1   # round 0 fills the file cache and is not counted
        for number, name in self.turns(scenario, names, first, self.plan.few_rounds):
            self.round(scenario, name, number, self.plan.idle_total, lambda: self.in_fresh_process(scenario, name))

    def in_fresh_process(self, scenario, name):
        broker = self.make(name)
        try:
            ready_s = broker.start()
            if scenario.kind == IDLE:
                return measure.idle(broker, scenario, self.plan.idle_total, self.plan.hold_s)
            return measure.start(broker, ready_s, self.plan.settle_s)
        finally:
            broker.stop()

    def turns(self, scenario, names, first=1, rounds=None):
        for number in range(first, (rounds or self.plan.rounds) + 1):
            for name in names if number % 2 else list(reversed(names)):
                if self.late(scenario):
                    return
                yield number, name

    def warm_up(self, scenario, name, process):
        """Untimed runs until the CPU per delivery falls no more and is not spent on compiling.

        Returns the size of the timed rounds, or None where no run was free of faults.
        """
        if scenario.rate:
            size = self.plan.paced(scenario)
            return size if self.steady(scenario, name, size, lambda: self.one(scenario, name, process, size)) else None
        size = 1000 if scenario.kind == STORM else scenario.probe
        result = self.round(scenario, name, 0, size, lambda: self.one(scenario, name, process, size))
        size = self.plan.size(scenario, result, self.plan.warm_cpu_s, size)
        result = self.steady(scenario, name, size, lambda: self.one(scenario, name, process, size))
        return self.plan.size(scenario, result, self.plan.round_cpu_s, size) if result else None

    def steady(self, scenario, name, size, action):
        """The last result without faults, or None: then a peer's timed rounds are left out, and the report says why."""
        best, last = None, None
        for number in range(self.plan.most_warm_ups):
            result = self.round(scenario, name, 0, size, action)
            if result['faults']:
                if number >= 1 and last is None and name not in OWN + SYNCS:
                    break
                continue
            last = result
            per = result.get('cpu_s_per_million', 0)
            if best is not None and number >= 1 and per > 0.95 * best and not self.plan.compiles(result):
                break
            best = per if best is None else min(best, per)
        return last if last or name not in OWN + SYNCS else {'faults': {}}

    def one(self, scenario, name, process, size):
        return (measure.storm if scenario.kind == STORM else measure.load)(self.standing(name, scenario.setup(), process), scenario, size)

    @staticmethod
    def attempt(action):
        try:
            return action()
        except BrokerFailure as failure:
            return {'faults': {'broker': 1}, 'error': str(failure)}

    def round(self, scenario, name, number, size, action):
        load = measure.machine_load()
        result = self.attempt(action)
        self.write({'type': 'round', 'scenario': scenario.code, 'broker': name, 'round': number, 'size': size, 'load': load,
                    'result': result})
        label = f'round {number}' if number else 'warm-up'
        self.note(f'{scenario.code:5} {label:8} {name:10} {brief(scenario, result)}')
        if result['faults']:
            fault = f'{scenario.code} {name} {label}: {result["faults"]} {result.get("error", "")}'
            self.note(f'!!! FAULT !!! {fault}' if name in OWN + SYNCS else f'fault of {fault}')
            if name in OWN + SYNCS:
                self.own_faults.append(fault)
        return result

    def standing(self, name, setup='', process=0):
        broker = self.brokers.get((name, setup, process))
        if broker is None or not broker.alive():
            if broker is not None:
                text = broker.log_tail()
                self.brokers.pop((name, setup, process)).stop()
                raise BrokerFailure(f'{name} has died; its last words:\n{text}')
            broker = self.make(name, setup)
            broker.start()
            self.brokers[name, setup, process] = broker
        return broker

    def late(self, scenario):
        if time.monotonic() - self.begun > self.plan.minutes * 60:
            if self.complete:
                self.note(f'the time limit of {self.plan.minutes} minutes is reached at {scenario.code}; the rest is left out')
            self.complete = False
        return not self.complete

    def write(self, record):
        self.out.write(json.dumps(record) + '\n')
        self.out.flush()

    def note(self, text):
        passed = int(time.monotonic() - self.begun)
        print(f'[{passed // 60:2}:{passed % 60:02}] {text}', file=sys.stderr, flush=True)
