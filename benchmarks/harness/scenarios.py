"""What is measured. One entry is one row of docs/performance.md; `goals` are ratios of Culvert's CPU to a peer's."""
from dataclasses import dataclass, field

from .products import NAMES, OWN, PEERS, SYNCS

LOAD, STORM, RETAINED, FEED, IDLE, START, DURABLE = 'load', 'storm', 'retained', 'feed', 'idle', 'start', 'durable'
OF_FIRST = ('p0', 'p1', 'p1v5', 'p2', 'fo0', 'fo1', 'fi1', 'p0w1', 'p0r', 'cs')   # what Culvert's first version is measured in, too
BY_TLS = (*OWN, 'mosquitto')
NO_MQTT_5, NO_SHARED = {'moquette': 'no MQTT 5'}, {'moquette': 'no shared groups'}


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
    goals: dict = field(default_factory=dict)    # by peer, the greatest ratio of CPU seconds per million; unless named 1 for messages
    p99_goal: bool = False      # p99 must not be above any peer's
    limits: dict = field(default_factory=dict)   # absolute goals
    least: dict = field(default_factory=dict)    # absolute goals of what shall be high
    ephemeral_goal: float = 0   # the greatest ratio of the durable broker's CPU to that of one that keeps nothing
    absent: dict = field(default_factory=dict)   # by broker, why it cannot take part
    brokers: tuple = tuple(n for n in NAMES if n != 'first' and n not in SYNCS)
    tls: bool = False           # on brokers that speak TLS only; figures without goals

    def setup(self):
        """Which brokers it needs: those that speak TLS only, those that keep sessions on disk, or all others."""
        return 'tls' if self.tls else DURABLE if self.kind == DURABLE else ''

    def unit(self):
        return 'connect' if self.kind == STORM else 'delivery'

    def goal(self, peer):
        return self.goals.get(peer, None if self.kind == STORM or self.tls else 1.0)

    def takes(self, name):
        known = name in self.brokers or (name == 'first' and self.code in OF_FIRST)
        return known and name not in self.absent


def pairs(code, title, qos, window, probe, mosquitto, extra=(), size=64, proto=4, rate=0, **more):
    args = ('--scenario', 'pairs', '--pubs', '50', '--subs', '50', '--size', str(size), '--qos', str(qos),
            '--window', str(window), '--proto', str(proto), *extra) + (('--rate', str(rate)) if rate else ())
    goals = ({'mosquitto': mosquitto} if mosquitto else {}) | more.pop('goals', {})
    absent = NO_MQTT_5 if proto == 5 else {}
    return Scenario(code, title, LOAD, args, publishers=50, rate=rate, probe=probe, goals=goals, absent=absent, **more)


def mesh(code, title, pubs, subs, qos, window, probe, mosquitto):
    args = ('--scenario', 'mesh', '--pubs', str(pubs), '--subs', str(subs), '--size', '64', '--qos', str(qos),
            '--window', str(window))
    return Scenario(code, title, LOAD, args, publishers=pubs, fan=subs, probe=probe, goals={'mosquitto': mosquitto})


def feed(code, title, qos):
    args = ('--scenario', 'feed', '--pubs', '10', '--rate', '5000', '--qos', str(qos), '--subqos', '0')
    return Scenario(code, title, FEED, args, limits={'p99_growth': 2.0}, brokers=OWN)


def durable(code, title, scenario, pubs, extra, probe, brokers=('culvert', *SYNCS, 'mosquitto', 'hivemq'), session=True, **more):
    args = ('--scenario', scenario, '--pubs', str(pubs), '--subs', str(pubs), '--size', '64', '--proto', '5', *extra)
    args += ('--session', '3600') if session else ()
    return Scenario(code, title, DURABLE, args, publishers=pubs, probe=probe, brokers=brokers, **more)


ALL = [
    pairs('p0', '50 publishers to 50 subscribers, one to one, QoS 0', 0, 20, 400, 1 / 8),
    pairs('p1', 'as p0 at QoS 1', 1, 20, 300, 1 / 8, goals={'hivemq': 1 / 6}),
    pairs('p1v5', 'as p1 with MQTT 5', 1, 20, 300, 1 / 8, proto=5),
    pairs('p1p', 'as p1v5, each message with content type, payload format and two user properties', 1, 20, 300, 1.0, ('--props',), proto=5),
    pairs('p1a', 'as p1v5, with topic aliases: the publisher uses one, the subscriber allows one', 1, 20, 300, 1.0, ('--alias',), proto=5),
    pairs('p2', 'as p0 at QoS 2', 2, 20, 200, 1 / 8),
    pairs('p0k', 'as p0 with 1 KiB payloads', 0, 20, 300, 1.0, size=1024),
    pairs('p1k', 'as p1 with 1 KiB payloads', 1, 20, 200, 1.0, size=1024),
    mesh('fo0', 'fan-out, 1 publisher to 500 subscribers, QoS 0', 1, 500, 0, 4, 60, 1 / 3),
    mesh('fo1', 'fan-out, 1 publisher to 500 subscribers, QoS 1', 1, 500, 1, 4, 40, 1 / 3),
    mesh('fi1', 'fan-in, 100 publishers to 1 subscriber, QoS 1', 100, 1, 1, 20, 150, 1 / 5),
    Scenario('sh1', 'shared group, 4 publishers to a group of 8, QoS 1', LOAD,
             ('--scenario', 'shared', '--pubs', '4', '--subs', '8', '--size', '64', '--qos', '1', '--window', '100'),
             publishers=4, probe=2000, absent=NO_SHARED),
    Scenario('wc0', '20 publishers to 20 subscribers with 10 000 filters with wildcards, each message matches one, QoS 0', LOAD,
             ('--scenario', 'wildcard', '--filters', '10000', '--pubs', '20', '--subs', '20', '--size', '64', '--qos', '0', '--window', '20'),
             publishers=20, probe=500),
    pairs('p0w1', 'one to one, QoS 0, one message at a time in each pair (ping-pong)', 0, 1, 200, 1.0, p99_goal=True),
    pairs('p0r', 'one to one, QoS 0, at a steady 10 000 messages/s', 0, 20, 100, 1.0, rate=10000, p99_goal=True),
    pairs('p1r', 'one to one, QoS 1, at a steady 10 000 messages/s', 1, 20, 100, 1.0, rate=10000, p99_goal=True),
    Scenario('rt', '100 000 retained messages to each of four new subscribers, QoS 1', RETAINED,
             ('--scenario', 'retained', '--size', '64', '--qos', '1'), goals={'mosquitto': 1 / 2}),
    Scenario('cs', 'connect storm, 200 connections at a time, each ended after its CONNACK', STORM,
             ('--scenario', 'connect', '--conc', '200', '--src', '8'), goals={'mosquitto': 1.5}),
    pairs('p0t', 'as p0 over TLS', 0, 20, 300, None, tls=True, brokers=BY_TLS),
    pairs('p1t', 'as p1 over TLS', 1, 20, 200, None, tls=True, brokers=BY_TLS),
    pairs('p1kt', 'as p1k over TLS', 1, 20, 150, None, size=1024, tls=True, brokers=BY_TLS),
    Scenario('cst', 'as cs over TLS, each with a handshake of its own', STORM,
             ('--scenario', 'connect', '--conc', '200', '--src', '8'), tls=True, brokers=BY_TLS),
    feed('rtp0', 'messages of ten pairs, QoS 0, at a steady 5 000 messages/s', 0),
    feed('rtp1', 'as rtp0 at QoS 1', 1),
    durable('d1', '100 publishers to 100 subscribers with durable sessions, one to one, QoS 1, as fast as it goes', 'pairs', 100,
            ('--qos', '1', '--window', '20'), 50, least={'msgs_per_s': 15_000}),
    durable('d1h', 'as d1 at a steady 7 500 messages/s', 'pairs', 100, ('--qos', '1', '--window', '20', '--rate', '7500'), 50, rate=7500,
            limits={'p99_us': 20_000, 'ack_p99_us': 20_000}),
    durable('d2', 'as d1 at QoS 2', 'pairs', 100, ('--qos', '2', '--window', '20'), 50),
    durable('d1o', 'as d1 while the subscribers are away; then they come back and get it', 'offline', 100, ('--qos', '1', '--window', '20'), 50),
    durable('c0', 'as p0 with MQTT 5 and clean sessions, beside durable ones', 'pairs', 50, ('--qos', '0', '--window', '20'), 400,
            ('culvert', 'always'), session=False, ephemeral_goal=1.05),
    durable('c1', 'as c0 at QoS 1', 'pairs', 50, ('--qos', '1', '--window', '20'), 300, ('culvert', 'always'), session=False, ephemeral_goal=1.05),
    Scenario('idle', 'idle connections', IDLE, ('--scenario', 'idle', '--src', '8'),
             limits={'rss_per_connection': 6 * 1024, 'heap_per_connection': 3 * 1024}, brokers=('culvert', *PEERS)),
    Scenario('start', 'from process start to ready, and memory when nothing has happened yet', START,
             limits={'ready_s': 2.0, 'idle_rss_mb': 150.0}, brokers=('culvert', *PEERS)),
]
BY_CODE = {s.code: s for s in ALL}
GROUPS = {'durable': [s.code for s in ALL if s.kind == DURABLE], 'tls': [s.code for s in ALL if s.tls], 'rtp': ['rtp0', 'rtp1'], 'p0rL': ['p0r'], 'all': list(BY_CODE)}


def chosen(text):
    """Codes of a command line, groups resolved; unknown ones stay, for the message."""
    return [code for word in text.split(',') if word.strip() for code in GROUPS.get(word.strip(), [word.strip()])]
