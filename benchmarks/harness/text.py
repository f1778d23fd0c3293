"""The prose of docs/performance.md."""

HEAD = """# Performance

Culvert beside Mosquitto, HiveMQ CE and Moquette, whole broker against whole broker, on one machine. This page is written by `benchmarks/run`; do not edit it.

The unit is **CPU seconds of the broker per million deliveries** (CPU s/M): user and kernel time of the broker's process. It is the
figure that decides what a machine can carry, and it holds on a busy machine, where messages per second do not. Latencies stand beside it, because
CPU can be saved by making messages wait. All values are medians of the timed rounds, with minimum and maximum in brackets.
Culvert has one shard (one event loop), Culvert ×2 has two: the same process and settings."""

METHOD = """## How it is measured, and how to repeat it

```
benchmarks/run                          # everything, about forty minutes, writes this page and the chart
benchmarks/run --quick                  # one short round of everything, about nine minutes, not for quoting
benchmarks/run --quick --scenarios rt   # one scenario; the report goes to benchmarks/target
```

It needs Linux, Python 3, a C compiler, Maven and `mosquitto`, for TLS `openssl` and its headers (Debian: `libssl-dev`); HiveMQ CE and Moquette are fetched from Maven Central once (`benchmarks/run --peers` only does that).
What cannot be had is named and left out. `benchmarks/run --help` names the rest. Raw rounds: `benchmarks/target/results.jsonl`.

- All brokers run during the whole benchmark; only one is loaded at a time. The rounds alternate, and every second one goes backwards.
- Culvert and its first version have three processes each where they are compared, which take turns in the rounds, because processes of one program differ.
- Each process gets 12 seconds of load before anything is looked at. In each scenario it is then warmed up until a run saves less than 5 % of the CPU of the best before and,
  of a broker in Java, less than 2 % of it goes to the compiler of its virtual machine, with ten runs at most.
- The number of messages is chosen for each broker so that a timed round burns about the same CPU (0.8 s, at most 2.5 s of wall time): the faster broker gets more messages.
- Five timed rounds; three of what takes long (rt, rtp, idle, start); twenty of about a second where there is a goal for p99 (p0w1, p0r, p1r), because a virtual machine that stands
  still for some milliseconds now and then decides the p99 of a long round, and of a few short ones only.
- The generator, `benchmarks/mqload`, is one C thread on the same machine. Each payload carries publisher, sequence, time and a check sum, so that every delivery is
  accounted for: a message that is lost, doubled, out of order or damaged, an acknowledgement that is missing or a connection that fails is a fault. A round with a fault
  counts in no figure; a fault of Culvert is a goal that is not reached.
- One to one, half of the pairs are on the same shard of Culvert ×2, and half cross: connections are dealt to the shards in turn, and the second half of the publishers comes in another order.
- p50 and p99 are from publish to delivery at the load of that scenario. Except in p0w1, p0r and p1r the window is full all the time, so they say how long the queue is, not how fast an idle broker answers.
- Ratios are medians of those of the rounds taken pair by pair, because what slows the machine for a while slows both; in brackets minimum and maximum.
- Goals: the ratios that stand in the table; else no peer needs less CPU per delivery, with one shard and with two; none has a lower p99 in p0w1, p0r and p1r (where its median is lower, and
  it is so in more of the rounds, pair by pair, than would come by chance in one of twenty comparisons of equals: in 15 of 20); at most 15 % more CPU than the first version, which runs beside the others: it is built from the project's history.
- Idle connections and start are measured on processes that are started for each round. RSS per connection is the whole growth of the process from 200 connections that
  have come and gone to the stated number that stand, divided by that number; so it contains what a growing heap takes beyond its objects. Live heap is what a
  full collection leaves (`jcmd GC.class_histogram`), before and after; it is read after RSS, so the collection does not touch that.
- Over TLS (p0t, p1t, p1kt, cst): version 1.3, a certificate with a P-256 key, brokers of their own that have one listener and run beside the others; figures without goals.
- Durable sessions (d1, d1h, d2, d1o, c0, c1): brokers of their own that keep sessions on disk and run beside the others; three timed rounds, of c0 and c1 five. Goals: 15 000 deliveries/s in d1, p99 below 20 ms for PUBACK and
  delivery in d1h, both with `store.sync: always`; clean sessions cost at most 5 % more CPU on a durable broker than on one that keeps nothing (c0, c1), at the same settings.
- MQTT 3.1.1, clean sessions, 64-byte payloads, no TLS, unless the row says otherwise. Loopback only: the network costs nothing here, so the brokers' own cost weighs the most."""

EQUAL = """Outside of the durable scenarios no broker stores anything on disk, none asks for a password, and none limits what may be unacknowledged or queued in these scenarios, but for HiveMQ CE, which keeps at most
50 messages unacknowledged towards one client of MQTT 3.1.1. The brokers in Java have the same heap and collector. Mosquitto 2.0.11 needs `max_queued_messages 0`: with a finite value it counts
messages that have long left the queue, and drops (seen in fi1)."""
