#!/usr/bin/env python3
"""Shows that mqload counts faults: a tiny relay that drops, repeats, swaps or damages every Nth PUBLISH, or its properties, or its topic alias; and that
keeps messages for a subscriber that is away, or loses some, or forgets its session."""
import socket, threading, subprocess, json, sys
from pathlib import Path
MQLOAD = str(Path(__file__).resolve().parent.parent / 'target' / 'mqload')
FAULT, EVERY, V5 = 'none', 100, False
def pkts(s):
    b = b''
    while True:
        d = s.recv(65536)
        if not d: return
        b += d
        while len(b) >= 2:
            l = sh = 0; k = 1; ok = False
            while k < len(b):
                l |= (b[k] & 127) << sh; sh += 7; k += 1
                if not b[k - 1] & 128: ok = True; break
            if not ok or len(b) < k + l: break
            yield b[0], b[:k + l], b[k:k + l]; b = b[k + l:]
subs = []; n = 0; held = None; known = set(); kept = []
def serve(s):
    global n, held
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        for h, raw, body in pkts(s):
            t = h >> 4
            if t == 1:
                client = body[10:] if V5 else b''; present = OFFLINE and client in known and FAULT != 'forget'; known.add(client)
                s.sendall((b'\x20\x06' + bytes([present]) + b'\x00\x03\x22\x00\x01') if V5 else b'\x20\x02\x00\x00')
                if present:
                    subs.append(s)
                    for o in kept: s.sendall(o)
            elif t == 14: subs[:] = [x for x in subs if x is not s]
            elif t == 8: subs.append(s); s.sendall(b'\x90\x04' + body[:2] + b'\x00\x00' if V5 else b'\x90\x03' + body[:2] + b'\x00')
            elif t == 3:
                n += 1; out = [raw]
                if FAULT == 'swap' and held: out = [raw, held]; held = None
                elif n % EVERY == 0:
                    if FAULT == 'drop': out = []
                    elif FAULT == 'dup': out = [raw, raw]
                    elif FAULT == 'swap': held = raw; out = []
                    elif FAULT == 'damage': out = [raw[:-20] + b'\x00' + raw[-19:-1] + b'\x00']
                    elif FAULT == 'property': out = [raw.replace(b'celsius', b'kelvins')]
                    elif FAULT == 'alias': out = [raw.replace(b'\x23\x00\x01', b'\x23\x00\x02')]
                if OFFLINE: kept.extend(out); k = 2 + (body[0] << 8 | body[1]); s.sendall(b'\x40\x02' + body[k:k + 2])
                else:
                    for o in out: subs[-1].sendall(o)
    except OSError: pass
OFFLINE = False
want = {'none': (0, 0, 0, 0), 'v5': (0, 0, 0, 0), 'property': (20, 0, 0, 20), 'alias': (20, 0, 0, 20), 'drop': (20, 0, 0, 0), 'dup': (0, 20, 0, 0), 'swap': (0, 0, 20, 0), 'damage': (20, 0, 0, 20)}; bad = 0
for f, w in want.items():
    FAULT = f; V5 = f in ('v5', 'property', 'alias'); n = 0; held = None; ls = socket.socket(); ls.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); ls.bind(('127.0.0.1', 0)); ls.listen(8)
    def acc():
        while True:
            try: c, _ = ls.accept()
            except OSError: return
            threading.Thread(target=serve, args=(c,), daemon=True).start()
    threading.Thread(target=acc, daemon=True).start()
    r = subprocess.run([MQLOAD, '-p', str(ls.getsockname()[1]), '-s', 'pairs', '--pubs', '1', '-q', '0', '-n', '2001', '-w', '50', '--stall', '1', '--timeout', '20'] + (['--proto', '5', '--props', '--alias'] if V5 else []), capture_output=True, text=True)
    x = json.loads(r.stdout); got = tuple(x[k] for k in ('lost', 'dup', 'reordered', 'corrupt')); ls.close(); ok = got == w and (r.returncode == 0) == (f in ('none', 'v5')) and (x['aliased'] > 1900) == V5; bad |= not ok; print(f, got, 'rc', r.returncode, 'ok' if ok else f'WANTED {w}')
OFFLINE = V5 = True
for f, w in {'none': (0, 0, 0, 0), 'drop': (20, 0, 0, 0), 'dup': (0, 20, 0, 0), 'swap': (0, 0, 20, 0), 'forget': (2001, 0, 0, 0)}.items():
    FAULT = f; n = 0; held = None; known.clear(); kept.clear(); subs.clear(); ls = socket.socket(); ls.bind(('127.0.0.1', 0)); ls.listen(8); threading.Thread(target=acc, daemon=True).start()
    r = subprocess.run([MQLOAD, '-p', str(ls.getsockname()[1]), '-s', 'offline', '--pubs', '1', '-q', '1', '-n', '2001', '-w', '50', '--stall', '1', '--timeout', '20', '--proto', '5', '--session', '60'], capture_output=True, text=True)
    x = json.loads(r.stdout); got = tuple(x[k] for k in ('lost', 'dup', 'reordered', 'corrupt')); ls.close(); ok = got == w and (r.returncode == 0) == (f == 'none') and x['acks'] == 2001; bad |= not ok; print('offline', f, got, 'rc', r.returncode, 'ok' if ok else f'WANTED {w}')
sys.exit(bad)
