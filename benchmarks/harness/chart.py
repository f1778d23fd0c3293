"""A bar chart of the ratios as SVG by hand: no script, no font, readable on light and on dark ground."""

LEFT, WIDTH, BAR, STEP, TOP = 70, 560, 18, 30, 54

STYLE = """
    text { font: 13px sans-serif; fill: #24292f }
    .small { font-size: 11px; fill: #57606a }
    .reached { fill: #2da44e } .missed { fill: #d1742f }
    .grid { stroke: #8c959f; stroke-opacity: .35 } .one { stroke: #57606a; stroke-width: 1.5 } .goal { stroke: #24292f; stroke-width: 3 }
    @media (prefers-color-scheme: dark) {
      text { fill: #e6edf3 } .small { fill: #9da7b3 } .one { stroke: #9da7b3 } .goal { stroke: #e6edf3 }
    }"""


def svg(bars):
    """`bars`: (code, ratio Spread, goal) in the order of the rows."""
    top = max([1.1] + [ratio.high * 1.05 for _, ratio, _ in bars] + [goal * 1.05 for _, _, goal in bars])
    height = TOP + STEP * len(bars) + 34

    def x(value):
        return round(LEFT + WIDTH * value / top, 1)

    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {LEFT + WIDTH + 70} {height}" role="img" '
           'aria-label="CPU per delivery of Culvert relative to Mosquitto">', f'  <style>{STYLE}\n  </style>',
           f'  <text x="{LEFT}" y="20">CPU per delivery of Culvert, Mosquitto = 1 (shorter is better)</text>',
           f'  <text class="small" x="{LEFT}" y="38">thick stroke: goal; bar green where the ratio is within it</text>']
    bottom = TOP + STEP * len(bars)
    step = 0.25 if top <= 2.5 else 0.5 if top <= 5 else 1 if top <= 12 else 5
    mark = 0.0
    while mark <= top:
        out.append(f'  <line class="{"one" if mark == 1 else "grid"}" x1="{x(mark)}" y1="{TOP - 6}" x2="{x(mark)}" y2="{bottom}"/>')
        out.append(f'  <text class="small" x="{x(mark)}" y="{bottom + 16}" text-anchor="middle">{mark:g}</text>')
        mark += step
    for row, (code, ratio, goal) in enumerate(bars):
        y = TOP + STEP * row + (STEP - BAR) / 2
        kind = 'reached' if ratio.mid <= goal else 'missed'
        out.append(f'  <text x="{LEFT - 8}" y="{y + 14}" text-anchor="end">{code}</text>')
        out.append(f'  <rect class="{kind}" x="{LEFT}" y="{y}" width="{max(1, round(x(ratio.mid) - LEFT, 1))}" height="{BAR}" rx="2"/>')
        out.append(f'  <line class="goal" x1="{x(goal)}" y1="{y - 3}" x2="{x(goal)}" y2="{y + BAR + 3}"/>')
        out.append(f'  <text class="small" x="{round(max(x(ratio.mid), x(goal)) + 6, 1)}" y="{y + 13}">{ratio.mid:.3f}</text>')
    return '\n'.join(out + ['</svg>']) + '\n'
