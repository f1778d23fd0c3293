"""How much of everything is done, and one line that says what came out."""
from .scenarios import DURABLE, IDLE, STORM


class Plan:
    """A full run, or a quick look that is not for quoting."""

    def __init__(self, rounds, minutes, quick):
        self.rounds, self.minutes, self.quick = rounds, minutes, quick
        self.processes = 1 if quick else 3          # of Culvert and its first version, where they are compared
        self.few_rounds = min(rounds, 3)            # of what takes long: idle, start, retained
        self.first_s = 1.5 if quick else 12.0       # load on each new process before anything else
        self.warm_cpu_s, self.round_cpu_s = (0.3, 0.3) if quick else (0.6, 0.8)
        self.most_warm_ups = 2 if quick else 10
        self.wall_s = 1.0 if quick else 2.5
        self.rate_s = 1 if quick else 2.5
        self.tail_rounds, self.tail_s = (rounds, 1) if quick else (4 * rounds, 1)   # of what has a goal for p99
        self.retained, self.many_retained = (10_000, 100_000) if quick else (100_000, 1_000_000)
        self.quiet_s = 1 if quick else 2.5
        self.idle_total, self.hold_s = (2000, 3) if quick else (10000, 4)
        self.settle_s = 1 if quick else 3
        self.least_storm = 1000 if quick else 3000

    @staticmethod
    def compiles(result):
        """A virtual machine still compiles what this scenario needs: more than a fiftieth of the CPU of the run went there."""
        return result.get('compiler_cpu_s', 0) > result.get('broker_cpu_s', 0) / 50

    def timed_rounds(self, scenario):
        """A virtual machine that stands still for some milliseconds now and then decides the p99 of a round; that of most short rounds it
        does not."""
        if scenario.p99_goal:
            return self.tail_rounds
        return self.few_rounds if scenario.kind == DURABLE and not scenario.ephemeral_goal else self.rounds

    def paced(self, scenario):
        """Messages per publisher of a scenario that has a rate."""
        return int(scenario.rate * (self.tail_s if scenario.p99_goal else self.rate_s) / scenario.publishers)

    def size(self, scenario, result, budget_s, present):
        """Messages per publisher (or connections) that burn budget_s of the broker's CPU, within wall_s."""
        per = result.get('cpu_s_per_million', 0) / 1e6
        rate = result.get('msgs_per_s') or result.get('connects_per_s') or 0
        rate = min(rate, result.get('stored_per_s') or rate)
        if per <= 0 or rate <= 0:
            return present
        amount = min(budget_s / per, rate * self.wall_s)
        if scenario.kind == STORM:
            return int(min(max(amount, self.least_storm), 6 * self.least_storm))
        return max(20, round(amount / (scenario.publishers * scenario.fan)))


def brief(scenario, result):
    if 'quiet_p99_us' in result:
        return (f'p99 {result["quiet_p99_us"] / 1000:.2f} ms quiet, {result["p99_us"] / 1000:.2f} ms meanwhile'
                f' (max {result["max_us"] / 1000:.2f}), {result["msgs_per_s"]:,.0f} retained/s')
    if 'cpu_s_per_million' in result and scenario.kind != IDLE:
        rate = result.get('msgs_per_s') or result.get('connects_per_s') or 0
        text = f'{result["cpu_s_per_million"]:8.2f} CPU s/M {rate:10,.0f}/s'
        if 'stored_per_s' in result:
            text = f'{result["cpu_s_per_million"]:8.2f} CPU s/M {result["stored_per_s"]:10,.0f}/s stored {rate:10,.0f}/s drained'
        if 'ack_p99_us' in result:
            text += f'  PUBACK p50 {result["ack_p50_us"] / 1000:8.2f} ms  p99 {result["ack_p99_us"] / 1000:8.2f} ms'
        if 'p99_us' in result:
            text += f'  p50 {result["p50_us"] / 1000:8.2f} ms  p99 {result["p99_us"] / 1000:8.2f} ms'
        return text + f'  cpu {result["broker_cpu_s"]:5.2f} s  wall {result["wall_s"]:5.2f} s'
    if 'rss_per_connection' in result:
        heap = result.get('heap_per_connection')
        return f'{result["rss_per_connection"]:8.0f} B RSS' + (f' {heap:8.0f} B live heap' if heap is not None else '') + ' per connection'
    if 'ready_s' in result:
        return f'{result["ready_s"]:8.3f} s to ready, {result["idle_rss_mb"]:6.1f} MB RSS'
    return 'no result'
