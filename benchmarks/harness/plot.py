"""Plots as SVG, drawn by hand: ratios with their spread, bars of two sides, lines of two sides."""

import html
import math

OURS, NATIVE, INK, MUTED, GRID = "#1d5fd1", "#c2630a", "#1b1f24", "#667080", "#e3e7ec"
BETTER, WORSE, EQUAL = "#18794e", "#b3261e", "#667080"


class Drawing:
    """Elements of one picture, in its own units of a pixel."""

    def __init__(self, width, height, name):
        self.head = '<svg viewBox="0 0 %d %d" width="%d" role="img" aria-label="%s">' % (width, height, width, html.escape(name))
        self.parts = []

    def line(self, x1, y1, x2, y2, colour=GRID, width=1.0):
        self.parts.append('<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" stroke="%s" stroke-width="%.1f"/>' % (x1, y1, x2, y2, colour, width))

    def text(self, x, y, words, anchor="start", colour=INK, size=12):
        self.parts.append('<text x="%.1f" y="%.1f" text-anchor="%s" fill="%s" font-size="%d">%s</text>' % (
            x, y, anchor, colour, size, html.escape(str(words))))

    def dot(self, x, y, radius, colour, opacity=1.0):
        self.parts.append('<circle cx="%.1f" cy="%.1f" r="%.1f" fill="%s" fill-opacity="%.2f"/>' % (x, y, radius, colour, opacity))

    def box(self, x, y, width, height, colour):
        self.parts.append('<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill="%s"/>' % (x, y, max(width, 0.5), height, colour))

    def path(self, points, colour):
        self.parts.append('<polyline points="%s" fill="none" stroke="%s" stroke-width="2"/>' % (
            " ".join("%.1f,%.1f" % point for point in points), colour))

    def __str__(self):
        return self.head + "".join(self.parts) + "</svg>"


def number(value):
    """Three digits that count."""
    if value >= 10000:
        return "{:,.0f}".format(value)
    if value >= 100:
        return "%.0f" % value
    return "%.3g" % value


def round_up(value):
    """The next of 1, 2, 2.5, 5 times a power of ten."""
    power = 10 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 2, 2.5, 5, 10) if step * power >= value * 0.999)


def colour(ratio):
    """Whether an interval lies on one side of 1, and whether that's good."""
    if ratio["low"] <= 1 <= ratio["high"]:
        return EQUAL
    return BETTER if (ratio["low"] > 1) == (ratio["better"] == "more") else WORSE


def ratios(rows, measure):
    """Each row's ratios on a logarithmic scale: every pair a dot, the interval a bar, the median a mark."""
    rows = [row for row in rows if measure in row["ratios"]]
    left, right, step = 400, 70, 22
    values = [value for row in rows for value in row["ratios"][measure]["all"]] + [0.5, 2]
    low, high = math.log2(min(values)) - 0.1, math.log2(max(values)) + 0.1
    width, height = 1060, step * len(rows) + 40
    picture = Drawing(width, height, "ratios of " + measure)

    def x(ratio):
        return left + (math.log2(ratio) - low) / (high - low) * (width - left - right)

    for power in range(math.ceil(low), math.floor(high) + 1):
        picture.line(x(2.0 ** power), 8, x(2.0 ** power), height - 26, INK if power == 0 else GRID)
        picture.text(x(2.0 ** power), height - 10, number(2.0 ** power), "middle", MUTED)
    for i, row in enumerate(rows):
        got, y = row["ratios"][measure], 20 + step * i
        picture.text(left - 12, y + 4, row["title"], "end")
        for value in got["all"]:
            picture.dot(x(value), y, 2.5, MUTED, 0.35)
        picture.line(x(got["low"]), y, x(got["high"]), y, colour(got), 4)
        picture.dot(x(got["median"]), y, 5, colour(got))
        picture.text(width - right + 14, y + 4, "%.2f" % got["median"], colour=colour(got))
    return str(picture)


def legend(picture, x, y, names):
    for i, (name, tint) in enumerate(zip(names, (OURS, NATIVE))):
        picture.box(x + 90 * i, y - 9, 10, 10, tint)
        picture.text(x + 90 * i + 15, y, name)


def bars(rows, value, unit):
    """Two bars for each row. `value` takes a row and a side."""
    left, right, step = 400, 70, 34
    width, height = 1060, step * len(rows) + 44
    picture = Drawing(width, height, unit)
    top = round_up(max(value(row, side) for row in rows for side in ("ours", "native")))
    legend(picture, left, 12, ("ours", "native"))
    for fraction in (0, 0.25, 0.5, 0.75, 1):
        x = left + fraction * (width - left - right)
        picture.line(x, 20, x, height - 24)
        picture.text(x, height - 8, number(top * fraction) + (" " + unit if fraction == 1 else ""), "middle", MUTED)
    for i, row in enumerate(rows):
        y = 24 + step * i
        picture.text(left - 12, y + 15, row["title"], "end")
        for k, (side, tint) in enumerate((("ours", OURS), ("native", NATIVE))):
            length = value(row, side) / top * (width - left - right)
            picture.box(left, y + 12 * k, length, 10, tint)
            picture.text(left + length + 6, y + 12 * k + 9, number(value(row, side)), colour=MUTED, size=11)
    return str(picture)


def lines(series, x_name, unit):
    """Two lines over a logarithmic x. `series` has (x, ours, native)."""
    width, height, left, right, low = 520, 280, 70, 24, 236
    picture = Drawing(width, height, unit)
    top = round_up(max(max(ours, native) for _, ours, native in series))
    first, last = math.log2(series[0][0]), math.log2(series[-1][0])

    def at(x, value):
        return left + (math.log2(x) - first) / max(last - first, 1) * (width - left - right), low - value / top * (low - 34)

    legend(picture, left, 14, ("ours", "native"))
    picture.text(width - right, 14, unit, "end", MUTED)
    for fraction in (0, 0.25, 0.5, 0.75, 1):
        y = at(series[0][0], top * fraction)[1]
        picture.line(left, y, width - right, y)
        picture.text(left - 8, y + 4, number(top * fraction), "end", MUTED)
    for x, _, _ in series:
        picture.text(at(x, 0)[0], low + 18, x, "middle", MUTED)
    picture.text((left + width - right) / 2, low + 38, x_name, "middle", MUTED)
    for index, tint in ((1, OURS), (2, NATIVE)):
        points = [at(point[0], point[index]) for point in series]
        picture.path(points, tint)
        for point in points:
            picture.dot(*point, 4, tint)
    return str(picture)
