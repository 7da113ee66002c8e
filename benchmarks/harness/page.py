"""One page with the figures and plots of a run; nothing is loaded from elsewhere."""

import html

import plot

STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; color: #1b1f24; max-width: 1100px; margin: 32px auto; padding: 0 20px; }
h1 { font-size: 24px; } h2 { font-size: 18px; margin-top: 40px; }
table { border-collapse: collapse; font-size: 13px; } td, th { padding: 4px 10px; border-bottom: 1px solid #e3e7ec; text-align: right; }
td { white-space: nowrap; } td:first-child, th:first-child, .facts td { text-align: left; white-space: normal; vertical-align: top; } p, .facts { max-width: 860px; } .two { display: flex; flex-wrap: wrap; gap: 20px; }
svg { font-family: system-ui, sans-serif; max-width: 100%; height: auto; } .small { color: #667080; font-size: 12px; }
"""
GIB = 1 << 30


def cell(row, measure):
    got = row["ratios"].get(measure)
    if not got:
        return "<td></td>"
    return '<td><span style="color: %s">%.2f</span> <span class="small">%.2f&ndash;%.2f</span></td>' % (
        plot.colour(got), got["median"], got["low"], got["high"])


def absolute(row, side):
    got = row[side]
    rate = got["ops_per_s"]
    shown = "%s op/s" % plot.number(rate) if row["per"] == "op" else "%s MiB/s" % plot.number(rate * row["size"] / (1 << 20))
    return "<td>%s</td><td>%s</td>" % (shown, plot.number(processor(row, side)) + (" &micro;s" if row["per"] == "op" else " s/GiB"))


def processor(row, side):
    """Microseconds an operation, or seconds a GiB."""
    per_op = row[side]["cpu_us_per_op"]
    return per_op if row["per"] == "op" else per_op / 1e6 * GIB / row["size"]


def ratio_table(rows):
    measures = ("throughput", "p50", "p99", "cpu", "memory", "threads")
    head = "<tr><th>ours &divide; native</th>" + "".join("<th>%s</th>" % name for name in measures) + "</tr>"
    return "<table>%s%s</table>" % (head, "".join(
        "<tr><td>%s</td>%s</tr>" % (html.escape(row["title"]), "".join(cell(row, name) for name in measures)) for row in rows))


def absolute_table(rows):
    head = "<tr><th></th><th>ours</th><th>CPU</th><th>native</th><th>CPU</th></tr>"
    return "<table>%s%s</table>" % (head, "".join(
        "<tr><td>%s</td>%s%s</tr>" % (html.escape(row["title"]), absolute(row, "ours"), absolute(row, "native")) for row in rows))


def scaling(rows, x_name, value, unit, title):
    if len(rows) < 2:
        return ""
    series = [(row[x_name], value(row, "ours"), value(row, "native")) for row in rows]
    return "<div><p>%s</p>%s</div>" % (title, plot.lines(series, {"depth": "in flight", "images": "images"}[x_name], unit))


def rate(row, side):
    return row[side]["ops_per_s"]


def page(facts, rows):
    confidence = min((got["confidence"] for row in rows for got in row["ratios"].values()), default=0)
    small = [row for row in rows if row["per"] == "op"]
    large = [row for row in rows if row["per"] == "GiB"]
    by_depth = {kind: [row for row in rows if row["name"].startswith(kind + "-4k-")] for kind in ("write", "read")}
    by_images = [row for row in rows if row["name"] in ("write-4k-1", "images-10", "images-100")]
    parts = [
        "<h1>jrados beside native clients</h1>",
        "<p>Each row was measured pair by pair, ours and then the native client, on one cluster in one run. Ratios are ours &divide; native: "
        "throughput is better above 1, everything else below. Medians of the pairs; the intervals are order statistics that hold the median with "
        "%.0f&thinsp;%% or more. Green and red: the whole interval lies on one side of 1. Processor time counts every thread of a process, the collector's "
        "and the compilers' too, over the measured part only. Our process lives for a row and is warmed once; fio starts anew for each measurement, and its "
        "ramp is not measured. Absolute figures depend on the machine; read the ratios.</p>" % (100 * confidence),
        '<table class="facts">%s</table>' % "".join(
            "<tr><td>%s</td><td>%s</td></tr>" % (html.escape(name), html.escape(str(value))) for name, value in facts.items()),
        "<h2>Ratios</h2>", ratio_table(rows),
        "<h2>Throughput: above 1 is better</h2>", plot.ratios(rows, "throughput"),
        "<h2>Processor time: below 1 is better</h2>", plot.ratios(rows, "cpu"),
        "<h2>Latency, the 99th percentile: below 1 is better</h2>", plot.ratios(rows, "p99"),
    ]
    if small:
        parts += ["<h2>Processor time of an operation</h2>", plot.bars(small, processor, "\u00b5s")]
    if large:
        parts += ["<h2>Processor time of a GiB</h2>", plot.bars(large, processor, "s")]
    parts += [
        "<h2>Scaling</h2>", '<div class="two">',
        scaling(by_depth["write"], "depth", rate, "op/s", "Random writes of 4 KiB"),
        scaling(by_depth["write"], "depth", processor, "\u00b5s of CPU", "Random writes of 4 KiB: processor time of each"),
        scaling(by_depth["read"], "depth", rate, "op/s", "Random reads of 4 KiB"),
        scaling(by_depth["read"], "depth", processor, "\u00b5s of CPU", "Random reads of 4 KiB: processor time of each"),
        scaling(by_images, "images", rate, "op/s", "Random writes of 4 KiB, one in flight on each image"),
        scaling(by_images, "images", lambda row, side: row[side]["peak_mib"], "MiB", "The same: peak memory of the process"),
        "</div>", "<h2>Absolute figures of this machine</h2>", absolute_table(rows)]
    return '<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>jrados beside native clients</title><style>%s</style><body>%s</body></html>\n' % (
        STYLE, "".join(parts))
