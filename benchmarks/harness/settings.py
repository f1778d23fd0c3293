"""The settings of both brokers. They are printed in docs/performance.md from here, so that text and run cannot differ."""
import getpass

INFLIGHT = 65535    # unacknowledged QoS 1/2 messages towards one subscriber: not a limit here
QUEUE = 0           # waiting QoS 1/2 messages of one subscriber: no limit; a finite value makes Mosquitto 2.0.11 drop in fi1

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

CULVERT_ARGS = ['run', '--ephemeral', '--port', '0', '--ws-port', '0']
CULVERT_OPTIONAL = ['--http-port', '--tcp-port']   # port 0 too, so that a fixed port that is taken does not matter
CULVERT_SETTINGS = [f'limits.in-flight={INFLIGHT}', 'logging.level=warn']


def mosquitto_conf(port):
    return MOSQUITTO_CONF.format(port=port, inflight=INFLIGHT, queue=QUEUE, user=getpass.getuser())


def use(help_text):
    """Adds the optional listeners that `culvert run --help` knows."""
    for flag in CULVERT_OPTIONAL:
        if flag in help_text and flag not in CULVERT_ARGS:
            CULVERT_ARGS.extend([flag, '0'])


def culvert_args(data):
    return CULVERT_ARGS + [part for s in CULVERT_SETTINGS for part in ('--set', s)] + ['--data', str(data)]
