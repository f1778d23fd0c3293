"""The order of a benchmark: size and warm up each broker, then interleaved rounds, each written down at once."""
import json
import sys
import time

from . import measure
from .brokers import BrokerFailure
from .scenarios import IDLE, LOAD, START, STORM


class Session:
    """Owns the result file and the brokers that live as long as the session; `make(name)` builds a broker that is not yet started."""

    def __init__(self, names, make, plan, out):
        self.names, self.make, self.plan, self.out = names, make, plan, out
        self.begun = time.monotonic()
        self.brokers = {}
        self.faults = []
        self.complete = True

    def run(self, scenarios):
        for name in self.names:
            self.note(f'start {name}')
            self.standing(name)
        for scenario in scenarios:
            if scenario.kind in (LOAD, STORM):
                self.loaded(scenario)
            else:
                self.fresh(scenario)
        for broker in self.brokers.values():
            broker.stop()

    def loaded(self, scenario):
        sizes = {}
        for name in self.names:
            if self.late(scenario):
                return
            sizes[name] = self.warm_up(scenario, name)
        for number, name in self.turns(scenario):
            size = sizes[name]
            self.round(scenario, name, number, size, lambda: self.one(self.standing(name), scenario, size))

    def fresh(self, scenario):
        """Scenarios whose answer is about a process: each round starts its own, beside the ones that stand."""
        first = 0 if scenario.kind == START else 1   # round 0 fills the file cache and is not counted
        for number, name in self.turns(scenario, first):
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

    def turns(self, scenario, first=1):
        for number in range(first, self.plan.rounds + 1):
            order = self.names if number % 2 else list(reversed(self.names))
            for name in order:
                if self.late(scenario):
                    return
                yield number, name

    def warm_up(self, scenario, name):
        """Three untimed runs, each sized by the one before; the last gives the size of the timed rounds."""
        if scenario.rate:
            size = int(scenario.rate * self.plan.rate_s / scenario.publishers)
            self.round(scenario, name, 0, size, lambda: self.one(self.standing(name), scenario, size))
            return size
        size = scenario.probe if scenario.kind == LOAD else 1000
        for budget_s in (self.plan.warm_cpu_s / 2, self.plan.warm_cpu_s, self.plan.round_cpu_s):
            result = self.round(scenario, name, 0, size, lambda: self.one(self.standing(name), scenario, size))
            size = self.plan.size(scenario, result, budget_s, size)
        return size

    @staticmethod
    def one(broker, scenario, size):
        run = measure.load if scenario.kind == LOAD else measure.storm
        return run(broker, scenario, size)

    def round(self, scenario, name, number, size, action):
        load = measure.machine_load()
        try:
            result = action()
        except BrokerFailure as failure:
            result = {'faults': {'broker': 1}, 'error': str(failure)}
        self.write({'type': 'round', 'scenario': scenario.code, 'broker': name, 'round': number, 'size': size, 'load': load,
                    'result': result})
        label = f'round {number}/{self.plan.rounds}' if number else 'warm-up'
        self.note(f'{scenario.code:5} {label:10} {name:10} {brief(scenario, result)}')
        if result['faults']:
            fault = f'{scenario.code} {name} {label}: {result["faults"]} {result.get("error", "")}'
            self.faults.append(fault)
            self.note(f'\n!!! FAULT !!! {fault}\n')
        return result

    def standing(self, name):
        broker = self.brokers.get(name)
        if broker is None or not broker.alive():
            if broker is not None:
                text = broker.log_tail()
                self.brokers.pop(name).stop()
                raise BrokerFailure(f'{name} has died; its last words:\n{text}')
            broker = self.make(name)
            broker.start()
            self.brokers[name] = broker
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


class Plan:
    """How much of everything: a full run, or a quick look that is not for quoting."""

    def __init__(self, rounds, minutes, quick):
        self.rounds, self.minutes, self.quick = rounds, minutes, quick
        self.round_cpu_s, self.warm_cpu_s = (0.5, 0.4) if quick else (2.0, 4.0)
        self.wall_s = 1.5 if quick else 6.0
        self.rate_s = 1 if quick else 5
        self.idle_total, self.hold_s = (2000, 5) if quick else (10000, 10)
        self.settle_s = 1 if quick else 5
        self.least_storm = 2000 if quick else 10000

    def size(self, scenario, result, budget_s, present):
        """Messages per publisher (or connections) that burn budget_s of the broker's CPU, within wall_s."""
        per = result.get('cpu_s_per_million', 0) / 1e6
        rate = result.get('msgs_per_s') or result.get('connects_per_s') or 0
        if per <= 0 or rate <= 0:
            return present
        amount = min(budget_s / per, rate * self.wall_s)
        if scenario.kind == STORM:
            return int(min(max(amount, self.least_storm), 6 * self.least_storm))
        return max(20, round(amount / (scenario.publishers * scenario.fan)))


def brief(scenario, result):
    if 'cpu_s_per_million' in result and scenario.kind != IDLE:
        rate = result.get('msgs_per_s') or result.get('connects_per_s') or 0
        return (f'{result["cpu_s_per_million"]:8.2f} CPU s/M {rate:10,.0f}/s  p50 {result["p50_us"] / 1000:8.2f} ms'
                f'  p99 {result["p99_us"] / 1000:8.2f} ms  cpu {result["broker_cpu_s"]:5.2f} s  wall {result["wall_s"]:5.2f} s')
    if 'rss_per_connection' in result:
        heap = result.get('heap_per_connection')
        return f'{result["rss_per_connection"]:8.0f} B RSS' + (f' {heap:8.0f} B live heap' if heap is not None else '') + ' per connection'
    if 'ready_s' in result:
        return f'{result["ready_s"]:8.3f} s to ready, {result["idle_rss_mb"]:6.1f} MB RSS'
    return 'no result'
