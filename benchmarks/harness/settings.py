"""The settings of all brokers. They are printed in docs/performance.md from here, so that text and run cannot differ."""
import getpass

INFLIGHT = 65535    # unacknowledged QoS 1/2 messages towards one subscriber: not a limit here
QUEUE = 0           # waiting QoS 1/2 messages of one subscriber: no limit; a finite value makes Mosquitto 2.0.11 drop in fi1
ALIASES = 16        # topic aliases of one client, as Culvert grants them

MOSQUITTO_CONF = """\
listener {port} 127.0.0.1
allow_anonymous true
persistence false
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
    <mode>in-memory</mode>
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
CULVERT_OPTIONAL = ['--http-port', '--tcp-port']   # port 0 too, so that a fixed port that is taken does not matter
CULVERT_SETTINGS = [f'limits.in-flight={INFLIGHT}', 'logging.level=warn']


def mosquitto_conf(port):
    return MOSQUITTO_CONF.format(port=port, inflight=INFLIGHT, queue=QUEUE, user=getpass.getuser())


def mosquitto_tls(certificate, key):
    return MOSQUITTO_TLS.format(certificate=certificate, key=key)


def hivemq_conf(port):
    return HIVEMQ_CONF.format(port=port, inflight=INFLIGHT, aliases=ALIASES)


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


def peer_flags(flags):
    """Heap and collector of Culvert for the other brokers in Java; not the rest, which belongs to its jar."""
    return [f for f in flags if f.startswith('-Xm') or (f.startswith('-XX:+Use') and f.endswith('GC'))]
