#!/usr/bin/env python3
"""Computes the e-values of lastgood.core.detect by other means, for EvaluesTest.

The Java finds the null's nearest point as a root, in doubles, and keeps the mixture over beginnings by a recursion of
logarithms. Here the point is found by minimising the divergence (a grid, then golden section) with 60 digits, the payoff
is the plain likelihood ratio, and the mixture is summed from its definition.

    python3 bench/detect/evalues.py > core/src/test/resources/lastgood/core/detect/evalues.tsv
"""
from decimal import Decimal as D, getcontext
import random

getcontext().prec = 60
ONE = D(1)


def kl(q, p):
    return q * (q / p).ln() + (ONE - q) * ((ONE - q) / (ONE - p)).ln()


def nearest(rho, delta, n1, n0, q1, q0):
    """The p0 that minimises n1*KL(q1||rho*p0+delta) + n0*KL(q0||p0) over all p0 for which both rates are rates."""
    top = min(ONE, (ONE - delta) / rho)

    def cost(p0):
        return n1 * kl(q1, rho * p0 + delta) + n0 * kl(q0, p0)

    # a grid in the logit, fine enough to fence the only minimum
    points = []
    for i in range(-160, 161):
        x = D(i) / 8
        points.append(top * (x.exp() / (ONE + x.exp())))
    best = min(range(len(points)), key=lambda i: cost(points[i]))
    a, b = points[max(0, best - 1)], points[min(len(points) - 1, best + 1)]
    g = (D(5).sqrt() - 1) / 2
    c, d = b - g * (b - a), a + g * (b - a)
    fc, fd = cost(c), cost(d)
    for _ in range(140):
        if fc < fd:
            b, d, fd = d, c, fc
            c = b - g * (b - a)
            fc = cost(c)
        else:
            a, c, fc = c, d, fd
            d = a + g * (b - a)
            fd = cost(d)
    return (a + b) / 2


def two(rho, delta, n1, x1, n0, x0, q1, q0):
    p0 = nearest(rho, delta, n1, n0, q1, q0)
    p1 = rho * p0 + delta
    return (x1 * (q1 / p1).ln() + (n1 - x1) * ((ONE - q1) / (ONE - p1)).ln()
            + x0 * (q0 / p0).ln() + (n0 - x0) * ((ONE - q0) / (ONE - p0)).ln())


def weight(t):
    return D("0.75") if t == 1 else D("0.5") / (t * (t + 1))


def main():
    rng = random.Random(20261122)
    print("# two: side rho delta n1 x1 n0 x0 q1 q0 log")
    cases = []
    for rho, delta in ((1.5, 0.001), (1, 0), (1, 0.05), (1, 0.1), (1, 0.9), (1.1, 0.005), (4, 0.05), (1.5, 0.041)):
        for _ in range(9):
            q0 = rng.choice((1e-5, 0.002, 0.01, 0.05, 0.2))
            edge = rho * q0 + delta
            if edge >= 0.97:
                continue
            m = rng.choice((1.4, 2.2, 4, 9, 25, 70))
            q1 = m * edge / (1 - edge) / (1 + m * edge / (1 - edge))
            n1, n0 = rng.choice((1, 4, 15, 150, 1500, 15000)), rng.choice((1, 30, 300, 3000))
            x1, x0 = rng.randint(0, n1), rng.randint(0, max(1, n0 // 20))
            cases.append(("AT_MOST", rho, delta, n1, x1, n0, x0, q1, q0))
    for delta in (0.001, 0.01, 0.05, 0.1, 0.5, 0.9):
        for f in (0, 0.25, 0.5):
            q0 = rng.choice((0.002, 0.01, 0.05))
            n1, n0 = rng.choice((4, 150, 1500)), rng.choice((30, 300, 3000))
            cases.append(("AT_LEAST", 1, delta, n1, rng.randint(0, n1 // 4), n0, rng.randint(0, n0 // 20), q0 + f * delta, q0))
    for c in cases:
        side, rho, delta, n1, x1, n0, x0, q1, q0 = c
        log = two(D(rho), D(delta), n1, x1, n0, x0, D(q1), D(q0))
        print("two", side, *(repr(v) for v in c[1:]), "%.12g" % log, sep="\t")

    print("# capital: payoffs (logs, a scrape each, bets by comma) and the log of the mixture after the last")
    for bets in (1, 3):
        for scrapes in (1, 2, 7, 40):
            logs = [[round(rng.uniform(-3, 3), 3) for _ in range(bets)] for _ in range(scrapes)]
            total = D(0)
            for k in range(bets):
                for s in range(1, scrapes + 1):
                    product = weight(s)
                    for u in range(s - 1, scrapes):
                        product *= D(str(logs[u][k])).exp()
                    total += product
            text = ";".join(",".join(repr(v) for v in row) for row in logs)
            print("capital", text, "%.12g" % (total / bets).ln(), sep="\t")


main()
