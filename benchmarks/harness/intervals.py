"""Medians of ratios with their intervals, by order statistics: nothing is assumed about how the ratios are spread."""

import math
import statistics


def interval(values):
    """(median, low, high, confidence): the narrowest pair of order statistics that holds the median with 95 % or more, or all of them."""
    values = sorted(values)
    count = len(values)

    def confidence(k):
        return 1 - 2 * sum(math.comb(count, j) for j in range(k)) / 2 ** count

    k = max((k for k in range(1, count // 2 + 1) if confidence(k) >= 0.95), default=1)
    return statistics.median(values), values[k - 1], values[-k], confidence(k) if count > 1 else 0.0
