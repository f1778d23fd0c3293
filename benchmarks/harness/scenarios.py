"""What is measured. One entry is one row of docs/performance.md; the goals are ratios to Mosquitto unless a unit is named."""
from dataclasses import dataclass, field

LOAD, STORM, IDLE, START = 'load', 'storm', 'idle', 'start'


@dataclass(frozen=True)
class Scenario:
    code: str
    title: str
    kind: str
    args: tuple = ()
    publishers: int = 1
    fan: int = 1                # deliveries for each message that a publisher sends
    rate: int = 0               # messages per second, 0 = as fast as the window allows
    probe: int = 0              # messages per publisher of the first, sizing run
    goal: float = 0             # greatest ratio of CPU seconds per million to Mosquitto's
    p99_goal: bool = False      # p99 must not be above Mosquitto's
    limits: dict = field(default_factory=dict)   # absolute goals of idle and start

    def unit(self):
        return 'connect' if self.kind == STORM else 'delivery'


def pairs(code, title, qos, window, probe, goal, p99=False, rate=0, proto=4):
    args = ('--scenario', 'pairs', '--pubs', '50', '--subs', '50', '--size', '64', '--qos', str(qos),
            '--window', str(window), '--proto', str(proto)) + (('--rate', str(rate)) if rate else ())
    return Scenario(code, title, LOAD, args, publishers=50, rate=rate, probe=probe, goal=goal, p99_goal=p99)


def mesh(code, title, pubs, subs, qos, window, probe, goal):
    args = ('--scenario', 'mesh', '--pubs', str(pubs), '--subs', str(subs), '--size', '64', '--qos', str(qos),
            '--window', str(window))
    return Scenario(code, title, LOAD, args, publishers=pubs, fan=subs, probe=probe, goal=goal)


ALL = [
    pairs('p0', '50 publishers to 50 subscribers, one to one, QoS 0', 0, 20, 400, 1 / 8),
    pairs('p1', 'the same at QoS 1', 1, 20, 300, 1 / 8),
    pairs('p1v5', 'the same at QoS 1 with MQTT 5', 1, 20, 300, 1 / 8, proto=5),
    pairs('p2', 'the same at QoS 2', 2, 20, 200, 1 / 8),
    mesh('fo0', 'fan-out, 1 publisher to 500 subscribers, QoS 0', 1, 500, 0, 4, 60, 1 / 3),
    mesh('fo1', 'fan-out, 1 publisher to 500 subscribers, QoS 1', 1, 500, 1, 4, 40, 1 / 3),
    mesh('fi1', 'fan-in, 100 publishers to 1 subscriber, QoS 1', 100, 1, 1, 20, 150, 1 / 5),
    pairs('p0w1', 'one to one, QoS 0, one message at a time in each pair (ping-pong)', 0, 1, 200, 1.0, p99=True),
    pairs('p0r', 'one to one, QoS 0, at a steady 10 000 messages/s', 0, 20, 100, 1.0, p99=True, rate=10000),
    Scenario('cs', 'connect storm, 200 connections at a time, each ended after its CONNACK', STORM,
             ('--scenario', 'connect', '--conc', '200', '--src', '8'), goal=2.0),
    Scenario('idle', 'idle connections', IDLE, ('--scenario', 'idle', '--src', '8'),
             limits={'rss_per_connection': 6 * 1024, 'heap_per_connection': 3 * 1024}),
    Scenario('start', 'from process start to ready, and memory when nothing has happened yet', START,
             limits={'ready_s': 2.0, 'idle_rss_mb': 150.0}),
]
BY_CODE = {s.code: s for s in ALL}
