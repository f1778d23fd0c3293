"""A second opinion on the wire: a peer of its own in Python, written from docs/tcp-wire.md alone.

peer.py client DIALECT SECRET PORT   talks to the example server; prints one line for each step
peer.py server DIALECT SECRET        prints its port, then answers REQUEST echo until its input ends
"""

import hashlib
import os
import socket
import struct
import sys
import threading
import time
import zlib

REQUEST, RESPOND, CREATE, UPDATE, DELETE, SUBSCRIBE, UNSUBSCRIBE, PUBLISH, NOTIFY = range(9)
OK, CONFIRM_SUBSCRIBE, CONFIRM_UNSUBSCRIBE, ERROR, AUTH_ERROR, NOT_FOUND = 10, 11, 12, 20, 23, 24


class Dialect:
    def __init__(self, name):
        self.packing = 2 if name.endswith("p02") else 3
        self.uri_format = ">H" if name[:4] in ("n008", "n009") else ">I"
        self.newest = name.startswith("n009")


def sha(data):
    return hashlib.sha256(data).digest()


def keyed(key, message):
    padded = key.ljust(136, b"\0")
    inner = sha(bytes(b ^ 0x36 for b in padded) + message)
    return sha(bytes(b ^ 0x5C for b in padded) + inner)


def hmac(dialect, secret, nonce, seconds, body):
    key = sha(secret)
    if dialect.newest:
        return keyed(sha(sha(key) + sha(nonce) + sha(b"mac")), struct.pack(">I", seconds) + body)
    message = nonce + struct.pack(">I", seconds) + body
    return keyed(key if len(message) >= 32 else sha(key), message)


def pack(dialect, fields):
    if dialect.packing == 2:
        def value(v):
            if isinstance(v, int):
                return b"i" + struct.pack(">II", 4, v)
            raw = v.encode() if isinstance(v, str) else v
            return (b"s" if isinstance(v, str) else b"b") + struct.pack(">I", len(raw)) + raw

        pairs = []
        for name, field in fields.items():
            pair = value(name) + value(field)
            pairs.append(b"t" + struct.pack(">I", len(pair)) + pair)
        joined = b"".join(sorted(pairs))
        return b"d" + struct.pack(">I", len(joined)) + joined

    def sized(kind, raw):
        return bytes([0x40 | kind, len(raw)]) + raw

    def value3(v):
        if isinstance(v, int):
            return b"\xc4" + struct.pack(">I", v)
        return sized(3, v.encode()) if isinstance(v, str) else sized(1, v)

    def container(kind, items):
        sizes = bytes(len(i) for i in items)
        return bytes([0x40 | kind, 0x40, len(items)]) + sizes + b"".join(items)

    if not fields:
        return b"\x4d\x40\x00"
    return container(13, sorted(container(12, [value3(k), value3(v)]) for k, v in fields.items()))


def unpack(dialect, raw):
    return unpack2(raw)[0] if dialect.packing == 2 else unpack3(raw)[0]


def unpack2(raw):
    kind, (length,) = raw[0:1], struct.unpack(">I", raw[1:5])
    payload, rest = raw[5:5 + length], raw[5 + length:]
    if kind == b"b":
        return payload, rest
    if kind == b"s":
        return payload.decode(), rest
    if kind == b"i":
        return struct.unpack(">I", payload)[0], rest
    items = []
    while payload:
        item, payload = unpack2(payload)
        items.append(item)
    return (dict(items) if kind == b"d" else tuple(items)), rest


def unpack3(raw):
    width, kind = {0x40: 1, 0x80: 2, 0xC0: 4}[raw[0] & 0xC0], raw[0] & 0x3F

    def number(at, size):
        return int.from_bytes(raw[at:at + size], "big")

    if kind in (12, 13):
        item_width = {0x40: 1, 0x80: 2, 0xC0: 4}[raw[1]]
        count, at = number(2, width), 2 + width
        sizes = [number(at + i * item_width, item_width) for i in range(count)]
        at += count * item_width
        items = []
        for size in sizes:
            items.append(unpack3(raw[at:at + size])[0])
            at += size
        return (dict(items) if kind == 13 else tuple(items)), raw[at:]
    first = number(1, width)
    if kind == 4:
        return first, raw[1 + width:]
    payload, rest = raw[1 + width:1 + width + first], raw[1 + width + first:]
    return (payload.decode() if kind == 3 else payload), rest


class Peer:
    def __init__(self, sock, dialect, secret):
        self.sock, self.dialect, self.secret = sock, dialect, secret

    def send(self, kind, uri, content=b""):
        body = struct.pack(self.dialect.uri_format, len(uri)) + uri + content
        nonce, seconds = os.urandom(16), int(time.time())
        mac = hmac(self.dialect, self.secret, nonce, seconds, body)
        stamp = struct.pack(">I", seconds) if self.dialect.newest else seconds
        auth = pack(self.dialect, {"nonce": nonce, "ts": stamp, "hmac": mac})
        header = struct.pack(">BHHI", kind, len(auth), len(body), zlib.crc32(body))
        self.sock.sendall(header + auth + body)

    def exactly(self, length):
        data = b""
        while len(data) < length:
            more = self.sock.recv(length - len(data))
            if not more:
                raise EOFError
            data += more
        return data

    def receive(self):
        kind, auth_length, body_length, checksum = struct.unpack(">BHHI", self.exactly(9))
        fields = unpack(self.dialect, self.exactly(auth_length))
        body = self.exactly(body_length)
        assert zlib.crc32(body) == checksum, "checksum"
        if kind != AUTH_ERROR or fields:
            stamp = fields["ts"]
            seconds = int.from_bytes(stamp, "big") if isinstance(stamp, bytes) else stamp
            mac = hmac(self.dialect, self.secret, fields["nonce"], seconds, body)
            assert mac == fields["hmac"], "hmac"
        width = struct.calcsize(self.dialect.uri_format)
        (length,) = struct.unpack(self.dialect.uri_format, body[:width])
        return kind, body[width:width + length], body[width + length:]


def client(dialect, secret, port):
    peer = Peer(socket.create_connection(("127.0.0.1", port), 20), dialect, secret)
    steps = [
        (REQUEST, b"echo", b"hello"),
        (REQUEST, b"echo", b""),
        (REQUEST, b"async", b""),
        (REQUEST, b"blob", b"60000"),
        (CREATE, b"k", b"v"),
        (CREATE, b"k", b"w"),
        (REQUEST, b"k", b""),
        (UPDATE, b"k", b"w"),
        (DELETE, b"k", b""),
        (DELETE, b"k", b""),
        (SUBSCRIBE, b"n", b""),
        (PUBLISH, b"n", b"news"),
        (UNSUBSCRIBE, b"n", b""),
    ]
    for kind, uri, content in steps:
        peer.send(kind, uri, content)
        for _ in range(2 if kind == PUBLISH else 1):
            kind_back, uri_back, back = peer.receive()
            text = back.decode("latin-1") if len(back) < 40 else "%d bytes" % len(back)
            print(kind_back, uri_back.decode(), text, flush=True)


def serve(peer):
    try:
        while True:
            kind, uri, content = peer.receive()
            if kind == REQUEST and uri == b"echo":
                peer.send(RESPOND, uri, content)
            elif kind == SUBSCRIBE:
                peer.send(CONFIRM_SUBSCRIBE, uri)
                peer.send(NOTIFY, uri, b"welcome")
            else:
                peer.send(NOT_FOUND, uri if peer.dialect.newest else b"ERROR", b"not found")
    except EOFError:
        pass


def server(dialect, secret):
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)

    def accept():
        while True:
            sock, _ = listener.accept()
            threading.Thread(target=serve, args=(Peer(sock, dialect, secret),), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    sys.stdin.read()


if __name__ == "__main__":
    spoken, shared = Dialect(sys.argv[2]), sys.argv[3].encode()
    if sys.argv[1] == "client":
        client(spoken, shared, int(sys.argv[4]))
    else:
        server(spoken, shared)
