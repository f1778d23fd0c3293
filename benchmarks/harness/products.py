"""The brokers by name: what they are called in the report, and who is whose peer."""

LABELS = {
    'culvert': 'Culvert',
    'culvert2': 'Culvert ×2',       # the same process with two shards: two event loops
    'first': 'first version',       # Culvert as it was when it had its first figures
    'mosquitto': 'Mosquitto',
    'hivemq': 'HiveMQ CE',
    'moquette': 'Moquette',
    'always': 'Culvert, always',    # durable, with store.sync as it says; `culvert` itself keeps nothing
    'interval': 'Culvert, interval',
    'never': 'Culvert, never',
}
TLS = 'TLS'      # left out as a whole where there is no certificate, or no generator that speaks it
NAMES = tuple(LABELS)
FIRST_COMMIT = 'bf9ff4c'
OWN = ('culvert', 'culvert2')
COMPARED = ('culvert', 'first')  # in several processes each, where both take part
SYNCS = ('always', 'interval', 'never')
PEERS = ('mosquitto', 'hivemq', 'moquette')


def parse(text):
    """Names from a command line; the sign of multiplication may be an x or left out."""
    return [name.strip().lower().replace('×', '').replace('x2', '2') for name in text.split(',') if name.strip()]
