"""CPU per delivery of all brokers as SVG by hand: one line a scenario, one mark a broker. No script, no font, readable on light and on dark ground."""
from math import ceil, floor, log10

from .products import LABELS, NAMES, PEERS

LEFT, WIDTH, RIGHT, STEP, TOP = 60, 620, 90, 24, 84

STYLE = """
    text { font: 13px sans-serif; fill: #24292f }
    .small { font-size: 11px; fill: #57606a }
    .grid { stroke: #8c959f; stroke-opacity: .55 } .fine { stroke: #8c959f; stroke-opacity: .22 } .span { stroke: #8c959f; stroke-opacity: .5 }
    .culvert, .culvert2 { fill: #1a7f37; stroke: #1a7f37 } .culvert2 { fill: none; stroke-width: 2 }
    .mosquitto { fill: #0969da } .hivemq { fill: #bc4c00 } .moquette { fill: #8250df }
    @media (prefers-color-scheme: dark) {
      text { fill: #e6edf3 } .small { fill: #9da7b3 }
      .culvert { fill: #3fb950; stroke: #3fb950 } .culvert2 { stroke: #3fb950 }
      .mosquitto { fill: #58a6ff } .hivemq { fill: #f0883e } .moquette { fill: #bc8cff }
    }"""


def svg(lines):
    """`lines`: (code, {broker: CPU seconds per million}) in the order of the rows."""
    values = [v for _, by in lines for v in by.values() if v > 0]
    low, high = log10(min(values) / 1.25), log10(max(values) * 1.25)
    bottom = TOP + STEP * len(lines)

    def x(value):
        return round(LEFT + WIDTH * (log10(value) - low) / max(high - low, 0.1), 1)

    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {LEFT + WIDTH + RIGHT} {bottom + 30}" role="img" '
           'aria-label="CPU seconds per million deliveries of all brokers">', f'  <style>{STYLE}\n  </style>',
           '  <text x="8" y="20">CPU seconds of the broker per million deliveries (cs: connections); logarithmic, further left is better</text>',
           f'  <text class="small" x="{LEFT + WIDTH + 8}" y="{TOP - 10}">best other</text>']
    at = 14
    for name in NAMES:
        if any(name in by for _, by in lines):
            out += [mark(name, at, 44), f'  <text x="{at + 12}" y="48">{LABELS[name]}</text>']
            at += 40 + 8 * len(LABELS[name])
    for power in range(floor(low), ceil(high) + 1):
        for step in range(1, 10):
            value = step * 10.0 ** power
            if low <= log10(value) <= high:
                out.append(f'  <line class="{"grid" if step == 1 else "fine"}" x1="{x(value)}" y1="{TOP - 4}" x2="{x(value)}" y2="{bottom}"/>')
                if step in (1, 2, 5):
                    out.append(f'  <text class="small" x="{x(value)}" y="{bottom + 16}" text-anchor="middle">{value:g}</text>')
    for row, (code, by) in enumerate(lines):
        out += line(code, by, TOP + STEP * row + STEP // 2, x)
    return '\n'.join(out + ['</svg>']) + '\n'


def line(code, by, y, x):
    places = [x(v) for v in by.values() if v > 0]
    out = [f'  <text x="{LEFT - 10}" y="{y + 4}" text-anchor="end">{code}</text>',
           f'  <line class="span" x1="{min(places)}" y1="{y}" x2="{max(places)}" y2="{y}"/>']
    out += [mark(name, x(by[name]), y) for name in reversed(NAMES) if by.get(name, 0) > 0]
    others = [by[name] for name in PEERS if by.get(name, 0) > 0]
    if others and by.get('culvert', 0) > 0:
        out.append(f'  <text class="small" x="{LEFT + WIDTH + 8}" y="{y + 4}">{min(others) / by["culvert"]:.1f} ×</text>')
    return out


def mark(name, x, y):
    if name.startswith('culvert'):
        return f'  <circle class="{name}" cx="{x}" cy="{y}" r="{6 if name == "culvert" else 5}"/>'
    if name == 'mosquitto':
        return f'  <rect class="{name}" x="{x - 5}" y="{y - 5}" width="10" height="10"/>'
    shape = f'{x},{y - 7} {x + 7},{y} {x},{y + 7} {x - 7},{y}' if name == 'hivemq' else f'{x},{y - 6} {x + 7},{y + 6} {x - 7},{y + 6}'
    return f'  <polygon class="{name}" points="{shape}"/>'
