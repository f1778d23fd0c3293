"""The settings of all brokers. They are printed in docs/performance.md from here, so that text and run cannot differ."""
import getpass

INFLIGHT = 65535    # unacknowledged QoS 1/2 messages towards one subscriber: not a limit here
QUEUE = 0           # waiting QoS 1/2 messages of one subscriber: no limit; a finite value makes Mosquitto 2.0.11 drop in fi1
ALIASES = 16        # topic aliases of one client, as Culvert grants them

MOSQUITTO_CONF = """\
listener {port} 127.0.0.1
allow_anonymous true
{persistence}
max_inflight_messages {inflight}
max_queued_messages {queue}
set_tcp_nodelay true
sys_interval 0
connection_messages false
log_dest stderr
log_type error
user {user}
"""

HIVEMQ_CONF = """\
<?xml version="1.0" encoding="UTF-8"?>
<hivemq>
  <listeners>
    <tcp-listener>
      <port>{port}</port>
      <bind-address>127.0.0.1</bind-address>
    </tcp-listener>
  </listeners>
  <mqtt>
    <queued-messages>
      <max-queue-size>10000000</max-queue-size>
    </queued-messages>
    <receive-maximum>
      <server-receive-maximum>{inflight}</server-receive-maximum>
    </receive-maximum>
    <topic-alias>
      <enabled>true</enabled>
      <max-per-client>{aliases}</max-per-client>
    </topic-alias>
  </mqtt>
  <persistence>
    <mode>{mode}</mode>
  </persistence>
  <anonymous-usage-statistics>
    <enabled>false</enabled>
  </anonymous-usage-statistics>
</hivemq>
"""

MOQUETTE_CONF = """\
host=127.0.0.1
port={port}
allow_anonymous=true
persistence_enabled=false
session_queue_size=1000000
telemetry_enabled=false
"""

# Durable: what all of them keep on disk. Of these Mosquitto writes its file at most once a second, and HiveMQ CE does not wait for the disk either.
MOSQUITTO_DURABLE = 'persistence true\npersistence_location {folder}/\nautosave_interval 1'
CULVERT_QUEUES = ['limits.queue-messages=10000000', 'limits.queue-bytes=1GiB']     # as the others: no limit that counts

# With TLS there is one listener, too; a broker is started for it alone.
MOSQUITTO_TLS = """\
certfile {certificate}
keyfile {key}
"""

CULVERT_TLS = """\
mqtt:
  listeners:
    - port: 0
      certificate: {certificate}
      key: {key}
"""

CULVERT_ARGS = ['run', '--ephemeral', '--port', '0', '--ws-port', '0']
CULVERT_OPTIONAL = ['--http-port']   # port 0 too, so that a fixed port that is taken does not matter
CULVERT_SETTINGS = [f'limits.in-flight={INFLIGHT}', 'logging.level=warn']


def mosquitto_conf(port, folder=None):
    persistence = MOSQUITTO_DURABLE.format(folder=folder) if folder else 'persistence false'
    return MOSQUITTO_CONF.format(port=port, inflight=INFLIGHT, queue=QUEUE, user=getpass.getuser(), persistence=persistence)


def mosquitto_tls(certificate, key):
    return MOSQUITTO_TLS.format(certificate=certificate, key=key)


def hivemq_conf(port, durable=False):
    return HIVEMQ_CONF.format(port=port, inflight=INFLIGHT, aliases=ALIASES, mode='file' if durable else 'in-memory')


def moquette_conf(port):
    return MOQUETTE_CONF.format(port=port)


def use(help_text):
    """Adds the optional listeners that `culvert run --help` knows."""
    for flag in CULVERT_OPTIONAL:
        if flag in help_text and flag not in CULVERT_ARGS:
            CULVERT_ARGS.extend([flag, '0'])


def culvert_tls(certificate, key):
    return CULVERT_TLS.format(certificate=certificate, key=key)


def culvert_args(data, shards=1, config=None):
    listen = ['run', '--ephemeral', '--config', str(config)] if config else CULVERT_ARGS
    return [*listen, '--instances', str(shards)] + [part for s in CULVERT_SETTINGS for part in ('--set', s)] + ['--data', str(data)]


def culvert_durable_args(data, sync=None):
    """With store.sync as it is given; without one it keeps nothing, but has the same limits."""
    kept = [f'store.sync={sync}'] if sync else []
    listen = [a for a in CULVERT_ARGS if a != '--ephemeral'] + ([] if sync else ['--ephemeral'])
    return [*listen, '--instances', '1', *(part for s in CULVERT_SETTINGS + CULVERT_QUEUES + kept for part in ('--set', s)), '--data', str(data)]


def peer_flags(flags):
    """Heap and collector of Culvert for the other brokers in Java; not the rest, which belongs to its jar."""
    return [f for f in flags if f.startswith('-Xm') or (f.startswith('-XX:+Use') and f.endswith('GC'))]
