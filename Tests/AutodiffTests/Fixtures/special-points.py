"""Values, gradients and second derivatives of every operation at special points.

    python3 Tests/AutodiffTests/Fixtures/special-points.py > Tests/AutodiffTests/Fixtures/special-points.json

Needs mpmath (written with 1.3.0). A row names a function of `SpecialFunctions.swift`, which says how the
package computes it; here it is written once more, with mpmath alone. Derivatives are central differences
of its value with 2400 digits, so no formula of a derivative is shared with the package. Where a function
has no finite value, as at 0 or infinity, value and derivatives are limits and stand in the row, in `given`.
"""
import json

from mpmath import mp, mpf

mp.dps = 2400
STEP = mpf(10) ** -300
INF, NAN = "inf", "nan"

FUNCTIONS = {}
ROWS = []


def function(f):
    FUNCTIONS[f.__name__] = f
    return f


def number(x):
    """The exact value of a double."""
    return mpf(x)


def text(x):
    """50 digits; what no double reaches is infinite or zero."""
    if isinstance(x, str):
        return x
    if x == 0 or abs(x) < mpf(10) ** -400:
        return "0"
    if abs(x) > mpf(10) ** 400:
        return "inf" if x > 0 else "-inf"
    return mp.nstr(x, 50, min_fixed=0, max_fixed=0, strip_zeros=True)


def derivatives(f, x):
    """The value, gradient and Hessian at a point by central differences."""
    n = len(x)
    steps = [STEP * min(abs(t), 1) if t != 0 else STEP for t in x]

    def at(*moves):
        y = list(x)
        for index, sign in moves:
            y[index] = y[index] + sign * steps[index]
        return f(*y)

    value = f(*x)
    gradient = [(at((i, 1)) - at((i, -1))) / (2 * steps[i]) for i in range(n)]
    hessian = [[None] * n for _ in range(n)]
    for i in range(n):
        for j in range(i, n):
            if i == j:
                h = (at((i, 1)) - 2 * value + at((i, -1))) / steps[i] ** 2
            else:
                h = (
                    at((i, 1), (j, 1)) - at((i, 1), (j, -1)) - at((i, -1), (j, 1)) + at((i, -1), (j, -1))
                ) / (4 * steps[i] * steps[j])
            hessian[i][j] = hessian[j][i] = h
    return value, gradient, hessian


def row(name, point, directions=None, given=None, why=None, ulps=4, absolute=0):
    """Adds a row.

    point: doubles, or "inf", "-inf", "nan".
    directions: those of the second derivatives; the coordinates if None.
    given: (value, gradient, [product of each direction]) where they are limits or undefined.
    why: the reason, for given rows.
    ulps: the tolerance in units in the last place of each right number.
    absolute: an absolute tolerance, where digits are lost to cancellation.
    """
    n = len(point)
    if directions is None:
        directions = [[1.0 if i == j else 0.0 for j in range(n)] for i in range(n)]
    if given is None:
        x = [number(t) for t in point]
        value, gradient, hessian = derivatives(FUNCTIONS[name], x)
        products = [
            [sum((hessian[i][j] * mpf(v[j]) for j in range(n) if v[j] != 0), mpf(0)) for i in range(n)] for v in directions
        ]
    else:
        value, gradient, products = given
        value = value if isinstance(value, str) else mpf(value)
        gradient = [g if isinstance(g, str) else mpf(g) for g in gradient]
        products = [[p if isinstance(p, str) else mpf(p) for p in product] for product in products]
    entry = {
        "function": name,
        "point": [t if isinstance(t, str) else repr(float(t)) for t in point],
        "value": text(value),
        "gradient": [text(g) for g in gradient],
        "products": [
            {"direction": [float(t) for t in v], "product": [text(p) for p in product]}
            for v, product in zip(directions, products)
        ],
        "ulps": ulps,
    }
    if absolute:
        entry["absolute"] = absolute
    if why:
        entry["why"] = why
    ROWS.append(entry)


# Elementwise functions

MAX, LEAST, NORMAL = 1.7976931348623157e308, 5e-324, 2.2250738585072014e-308


@function
def abs_(x):
    return abs(x)


@function
def relu(x):
    return max(x, mpf(0))


@function
def square(x):
    return x * x


@function
def sqrt(x):
    return mp.sqrt(x)


@function
def exp(x):
    return mp.exp(x)


@function
def log(x):
    return mp.log(x)


@function
def sin(x):
    return mp.sin(x)


@function
def cos(x):
    return mp.cos(x)


@function
def tanh(x):
    e = mp.exp(-2 * abs(x))
    y = (1 - e) / (1 + e)
    return y if x >= 0 else -y


@function
def sigmoid(x):
    return 1 / (1 + mp.exp(-x))


@function
def softplus(x):
    return max(x, mpf(0)) + mp.log1p(mp.exp(-abs(x)))


def power(name, exponent):
    FUNCTIONS[name] = lambda x: x**exponent


for name, exponent in [
    ("pow 0", 0), ("pow 1", 1), ("pow 2", 2), ("pow 3", 3), ("pow -1", -1),
    ("pow 1/2", mpf(1) / 2), ("pow 3/2", mpf(3) / 2), ("pow -1/2", mpf(-1) / 2),
]:
    power(name, exponent)

KINK = "a kink: the documented derivative"
LIMIT = "the limit"
OUTSIDE = "outside of the domain"
NOT_A_NUMBER = "NaN goes through"

row("abs_", [0.0], given=(0, [0], [[0]]), why=KINK)
row("abs_", ["-inf"], given=(INF, [-1], [[0]]), why=LIMIT)
row("abs_", [-LEAST])
row("abs_", [MAX])
row("abs_", [NAN], given=(NAN, [NAN], [[NAN]]), why=NOT_A_NUMBER)
row("relu", [0.0], given=(0, [0], [[0]]), why=KINK)
row("relu", [INF], given=(INF, [1], [[0]]), why=LIMIT)
row("relu", ["-inf"], given=(0, [0], [[0]]), why=LIMIT)
row("relu", [LEAST])
row("relu", [-LEAST])
row("relu", [NAN], given=(NAN, [1], [[0]]), why=NOT_A_NUMBER + "; it is not below zero")
row("square", [0.0])
row("square", [1e200])
row("square", [-1e-170])
row("square", ["-inf"], given=(INF, ["-inf"], [[2]]), why=LIMIT)
row("sqrt", [0.0], given=(0, [INF], [["-inf"]]), why=LIMIT + " from the right")
row("sqrt", [-0.0], given=(0, [INF], [["-inf"]]), why=LIMIT + " from the right")
row("sqrt", [INF], given=(INF, [0], [[0]]), why=LIMIT)
for x in [LEAST, NORMAL, 1e-200, 1e-100, 2.0, 1e210, MAX]:
    row("sqrt", [x])
row("sqrt", [-1.0], given=(NAN, [NAN], [[NAN]]), why=OUTSIDE)
for x in [0.0, 1e308, -1e308, 709.5, -745.0, -700.0, 1e-300]:
    row("exp", [x])
row("exp", [INF], given=(INF, [INF], [[INF]]), why=LIMIT)
row("exp", ["-inf"], given=(0, [0], [[0]]), why=LIMIT)
row("log", [0.0], given=("-inf", [INF], [["-inf"]]), why=LIMIT + " from the right")
row("log", [-0.0], given=("-inf", [INF], [["-inf"]]), why=LIMIT + " from the right")
row("log", [INF], given=(INF, [0], [[0]]), why=LIMIT)
for x in [LEAST, NORMAL, 1e-160, 1e-150, 1.0, 1.0000000000000002, 1e155, MAX]:
    row("log", [x])
for x in [-1.0, "-inf"]:
    row("log", [x], given=(NAN, [NAN], [[NAN]]), why=OUTSIDE)
for name in ["sin", "cos"]:
    for x in [0.0, 1e-300, 1.5707963267948966, 3.141592653589793, 99999.9, 1e5, 100000.00000000001, 1e6, -1e6, 710013.0,
              1e15, 1e22, 5.319372648326541416707296656673541083813475031793921822105998164685e254, 1.7e308, MAX]:
        row(name, [x])
    for x in [INF, "-inf"]:
        row(name, [x], given=(NAN, [NAN], [[NAN]]), why="no limit")
for name, low in [("tanh", -1), ("sigmoid", 0)]:
    for x in [0.0, 1e-300, 1.0, 5.0, -5.0, 19.0, -22.0, 40.0, 350.0, -350.0, 1e3, -1e3]:
        row(name, [x], ulps=8)
    row(name, [INF], given=(1, [0], [[0]]), why=LIMIT)
    row(name, ["-inf"], given=(low, [0], [[0]]), why=LIMIT)
row("sigmoid", [-745.0])
for x in [0.0, 1.0, -1.0, 40.0, -40.0, 700.0, -700.0, -745.0, 1e3, -1e3]:
    row("softplus", [x], ulps=8)
row("softplus", [30.0], ulps=8)
row("softplus", [INF], given=(INF, [1], [[0]]), why=LIMIT)
row("softplus", ["-inf"], given=(0, [0], [[0]]), why=LIMIT)

row("pow 0", [0.0], given=(1, [0], [[0]]), why="0⁰ is 1, as the limit of x⁰")
row("pow 0", [-3.0])
row("pow 0", [INF], given=(1, [0], [[0]]), why=LIMIT)
row("pow 1", [0.0])
row("pow 1", [-LEAST])
row("pow 1", ["-inf"], given=("-inf", [1], [[0]]), why=LIMIT)
row("pow 2", [0.0])
row("pow 2", [-1e200])
row("pow 2", [-3.0])
row("pow 2", [INF], given=(INF, [INF], [[2]]), why=LIMIT)
row("pow 3", [0.0])
row("pow 3", [-2.0])
row("pow 3", [1e100])
row("pow -1", [0.0], given=(INF, ["-inf"], [[INF]]), why=LIMIT + " from the right")
row("pow -1", [-0.0], given=("-inf", ["-inf"], [["-inf"]]), why=LIMIT + " from the left")
for x in [-2.0, 1e-100, 1e-200, 1e200, LEAST]:
    row("pow -1", [x])
row("pow -1", ["-inf"], given=(0, [0], [[0]]), why=LIMIT)
row("pow 1/2", [0.0], given=(0, [INF], [["-inf"]]), why=LIMIT + " from the right")
row("pow 1/2", [INF], given=(INF, [0], [[0]]), why=LIMIT)
for x in [LEAST, 1e-200, 2.0, 1e210, MAX]:
    row("pow 1/2", [x])
for x in [-1.0, "-inf"]:
    row("pow 1/2", [x], given=(NAN, [NAN], [[NAN]]), why=OUTSIDE)
row("pow 3/2", [0.0], given=(0, [0], [[INF]]), why=LIMIT + " from the right")
row("pow 3/2", [1e-200])
row("pow -1/2", [0.0], given=(INF, ["-inf"], [[INF]]), why=LIMIT + " from the right")
row("pow -1/2", [4.0])


@function
def clamp(x):
    return min(max(x, mpf(-1)), mpf(1))


@function
def clamp_below(x):
    return max(x, mpf(-1))


for x in [-1.0, 1.0]:
    row("clamp", [x], given=(x, [0], [[0]]), why=KINK)
row("clamp", [0.9999999999999999])
row("clamp", [INF], given=(1, [0], [[0]]), why=LIMIT)
row("clamp", [NAN], given=(NAN, [1], [[0]]), why=NOT_A_NUMBER + "; it is at no bound")
row("clamp_below", [INF], given=(INF, [1], [[0]]), why="an infinite bound bounds nothing")
row("clamp_below", ["-inf"], given=(-1, [0], [[0]]), why=LIMIT)

# Two operands


@function
def add(x, y):
    return x + y


@function
def subtract(x, y):
    return x - y


@function
def multiply(x, y):
    return x * y


@function
def divide(x, y):
    return x / y


@function
def maximum(x, y):
    return max(x, y)


@function
def minimum(x, y):
    return min(x, y)


row("add", [1e308, 1e308])
row("add", [1.0, 1e-20])
row("add", [INF, "-inf"], given=(NAN, [1, 1], [[0, 0], [0, 0]]), why="∞ - ∞ is undefined; the slope is not")
row("subtract", [1e308, -1e308])
row("subtract", [INF, INF], given=(NAN, [1, -1], [[0, 0], [0, 0]]), why="∞ - ∞ is undefined; the slope is not")
row("multiply", [1e200, 1e200])
row("multiply", [1e-200, 1e-200])
row("multiply", [0.0, INF], given=(NAN, [INF, 0], [[0, 1], [1, 0]]), why="0 · ∞ is undefined")
EACH_AND_BOTH = [[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]
row("divide", [1e-200, 1e-200], directions=EACH_AND_BOTH)
row("divide", [1e200, 1e200], directions=EACH_AND_BOTH)
row("divide", [1e-300, 1e-100])
row("divide", [1e300, 1e100])
row("divide", [1e150, 1e170])
row("divide", [3.0, -7.0], directions=[[1.0, 0.0], [0.0, 1.0], [1.0, 2.0]])
row("divide", [1e300, 1e-300])
row("divide", [1.0, 0.0], given=(INF, [INF, "-inf"], [[0, "-inf"], ["-inf", INF]]), why=LIMIT + " from the right")
row("divide", [1.0, INF], given=(0, [0, 0], [[0, 0], [0, 0]]), why=LIMIT)
row("divide", [0.0, 2.0])
row("divide", [0.0, 0.0], directions=[[1.0, 0.0]], given=(NAN, [INF, NAN], [[0, NAN]]),
    why="0/0 is undefined; by x, 1/y from the right")
for name, which in [("maximum", INF), ("minimum", 1.0)]:
    row(name, [1.0, 1.0], given=(1, [1, 0], [[0, 0], [0, 0]]), why="a tie: the first operand counts")
    row(name, [INF, 1.0], given=(which, [1, 0] if name == "maximum" else [0, 1], [[0, 0], [0, 0]]), why=LIMIT)
    row(name, [NAN, 1.0], given=(NAN, [1, 0], [[0, 0], [0, 0]]), why=NOT_A_NUMBER)
    row(name, [1.0, NAN], given=(NAN, [0, 1], [[0, 0], [0, 0]]), why=NOT_A_NUMBER)
    row(name, [1.0, 1.0000000000000002])


# Constants


@function
def over_49(x):
    return x / 49


@function
def over_1e_310(x):
    return x / mpf(1e-310)


@function
def scale(x):
    return mpf(-2.5) * x


@function
def shift(x):
    return x + 3


@function
def negative(x):
    return -x


@function
def total(x, y, z):
    return x + y + z


@function
def mean(x, y, z):
    return (x + y + z) / 3


for x in [49.0, 7.0, 1e-310, MAX]:
    row("over_49", [x], ulps=0)
row("over_49", [INF], given=(INF, [mpf(1) / 49], [[0]]), why=LIMIT)
row("over_1e_310", [1e-310], ulps=0)
row("scale", [1e308])
row("scale", [INF], given=("-inf", [-2.5], [[0]]), why=LIMIT)
row("shift", [1e-20], ulps=1)
row("shift", ["-inf"], given=("-inf", [1], [[0]]), why=LIMIT)
row("negative", [0.0])
row("negative", [INF], given=("-inf", [-1], [[0]]), why=LIMIT)
ZEROS = [[0, 0, 0]] * 3
row("total", [1e308, 1e308, -1e308], given=(INF, [1, 1, 1], ZEROS), why="summed from the left, it overflows")
row("total", [1e308, -1e308, 1e308])
row("total", [INF, 1.0, "-inf"], given=(NAN, [1, 1, 1], ZEROS), why="∞ - ∞ is undefined; the slope is not")
row("mean", [49.0, 49.0, 49.0], ulps=0)
row("mean", [INF, 1.0, 1.0], given=(INF, [mpf(1) / 3] * 3, ZEROS), why=LIMIT)


# Parts: what is not chosen does not matter


def pick(name, index, n=2):
    FUNCTIONS[name] = lambda *x: x[index]
    for other in ["inf", "nan"]:
        point = [other] * n
        point[index] = 3.0
        unit = [1 if i == index else 0 for i in range(n)]
        row(name, point, given=(3, unit, [[0] * n] * n), why="what is not chosen does not matter")


pick("transpose", 1)
pick("reshape", 1)
pick("slice", 1)
pick("gather", 1)
pick("pick column", 1)
pick("concatenate rows", 1)
pick("concatenate columns", 1)
pick("select", 0)


# Products


@function
def product(a, b, c, d):
    return a * c + b * d


@function
def affine(x, w, b):
    return x * w + b


row("product", [1e200, 1.0, 1e-200, 1.0])
row("product", [1e200, 0.0, 1e200, 0.0])
row("product", [INF, 0.0, 0.0, 1.0], directions=[], given=(NAN, [0, 1, INF, 0], []),
    why="∞ · 0 is undefined, in the tangent sweeps as well: matrix products follow IEEE 754 throughout")
row("affine", [1e200, 1e200, -1.0])
row("affine", [2.0, 3.0, 1e-30])
for name, f in [("relu", relu), ("tanh", tanh), ("sigmoid", sigmoid), ("softplus", softplus)]:
    FUNCTIONS["affine " + name] = lambda x, w, b, f=f: f(x * w + b)
    if name == "relu":
        row("affine relu", [2.0, 1.0, -2.0], given=(0, [0, 0, 0], ZEROS), why=KINK)
    # the derivatives follow from the rounded value
    for point in [[2.0, 0.25, -0.25], [2.0, 10.0, 1.0], [2.0, -20.0, 0.0], [1.0, 1e3, 0.0], [1.0, -1e3, 0.0]]:
        row("affine " + name, point, ulps=8, absolute=1e-13)


# Triangular matrices


@function
def cholesky(a, b, c, d):
    return mp.sqrt(d - ((b + c) / 2) ** 2 / a)


@function
def exponential_diagonal(a, b, c, d):
    return mp.exp(a) + c + mp.exp(d)


@function
def solve(a, b, c, d, x, y):
    return (y - c * x / a) / d


row("cholesky", [4.0, 2.0, 2.0, 3.0], ulps=16)
row("cholesky", [4e200, 2e200, 2e200, 3e200], ulps=16)
for point, why in [([1.0, 2.0, 2.0, 1.0], "not positive definite"), ([1.0, 1.0, 1.0, 1.0], "singular"),
                   ([-1.0, 0.0, 0.0, 1.0], "not positive definite"), ([1.0, NAN, NAN, 1.0], NOT_A_NUMBER)]:
    row("cholesky", point, given=(NAN, [NAN] * 4, [[NAN] * 4] * 4), why=why)
row("exponential_diagonal", [0.0, 5.0, 2.0, -745.0])
row("exponential_diagonal", [1e308, 0.0, 2.0, 1.0],
    given=(INF, [INF, 0, 1, mp.e], [[INF, 0, 0, 0], [0] * 4, [0] * 4, [0, 0, 0, mp.e]]), why="e^1e308 is no double")
row("solve", [2.0, 0.0, 1.0, 4.0, 3.0, 5.0], ulps=16)
row("solve", [2.0, 0.0, 0.0, 0.0, 3.0, 0.0], directions=[],
    given=(NAN, [], []), why="a zero on the diagonal: 0/0; no derivative is claimed")


# Log-probabilities


@function
def log_sum_exp(x, y):
    m = max(x, y)
    return m + mp.log(mp.exp(x - m) + mp.exp(y - m))


@function
def log_softmax(x, y, z):
    m = max(x, y, z)
    return x - m - mp.log(mp.exp(x - m) + mp.exp(y - m) + mp.exp(z - m))


@function
def gaussian(m, s, a):
    return -(((a - m) * mp.exp(-s)) ** 2) / 2 - s - mp.log(2 * mp.pi) / 2


QUARTERS = [[0.25, -0.25], [-0.25, 0.25]]
TOGETHER = "the value is the limit; the derivatives are those of the limit in which both grow together"
row("log_sum_exp", ["-inf", "-inf"], given=("-inf", [0.5, 0.5], QUARTERS), why=TOGETHER)
row("log_sum_exp", [INF, INF], given=(INF, [0.5, 0.5], QUARTERS), why=TOGETHER)
row("log_sum_exp", [INF, 0.0], given=(INF, [1, 0], [[0, 0], [0, 0]]), why=LIMIT)
row("log_sum_exp", [0.0, INF], given=(INF, [0, 1], [[0, 0], [0, 0]]), why=LIMIT)
row("log_sum_exp", [0.0, "-inf"], given=(0, [1, 0], [[0, 0], [0, 0]]), why=LIMIT)
row("log_sum_exp", [INF, "-inf"], given=(INF, [1, 0], [[0, 0], [0, 0]]), why=LIMIT)
row("log_sum_exp", [NAN, INF], given=(NAN, [NAN, NAN], [[NAN, NAN]] * 2), why=NOT_A_NUMBER)
row("log_sum_exp", [NAN, "-inf"], given=(NAN, [NAN, NAN], [[NAN, NAN]] * 2), why=NOT_A_NUMBER)
# 1 - p in the second derivative loses digits where p is near 1
for point in [[1e308, 1e308], [-1e308, 1e308], [1e3, 1e3 + 1], [0.0, -30.0], [-1e308, -1e308]]:
    row("log_sum_exp", point, ulps=8, absolute=1e-15)
LAST_IS_MASKED = [[-0.25, 0.25, 0], [0.25, -0.25, 0], [0, 0, 0]]
HALF = -mp.log(2)
row("log_softmax", [1.0, 1.0, "-inf"], given=(HALF, [0.5, -0.5, 0], LAST_IS_MASKED), why="a masked action")
row("log_softmax", ["-inf", 1.0, 1.0],
    given=("-inf", [1, -0.5, -0.5], [[0, 0, 0], [0, -0.25, 0.25], [0, 0.25, -0.25]]), why="a masked action")
row("log_softmax", ["-inf", "-inf", 1.0], given=("-inf", [1, 0, -1], ZEROS), why="masked actions")
row("log_softmax", [INF, 0.0, 1.0], given=(0, [0, 0, 0], ZEROS), why=LIMIT)
row("log_softmax", [0.0, INF, 1.0], given=("-inf", [1, -1, 0], ZEROS), why=LIMIT)
row("log_softmax", ["-inf"] * 3, given=(NAN, [NAN] * 3, [[NAN] * 3] * 3), why="no action is left")
row("log_softmax", [INF, INF, 0.0], directions=[[0.0, 0.0, 1.0]], given=(NAN, [NAN, NAN, 0], [[NAN] * 3]),
    why="the share of two infinities is undefined; the third has none")
row("log_softmax", [1e308, 1e308, -1e308], ulps=8, absolute=1e-15)
row("log_softmax", [1e300, 0.0, 0.0], ulps=8, absolute=1e-15)
row("log_softmax", [-800.0, 0.0, 1.0], ulps=8, absolute=1e-15)
for point in [[0.0, 0.0, 1.0], [1.0, -800.0, 1.0], [0.0, -720.0, 1e-310], [0.0, -400.0, 1e-180], [0.0, 800.0, 1.0],
              [0.0, 720.0, 1e300], [0.0, -350.0, 1e100], [0.0, -400.0, 1.0]]:
    row("gaussian", point, ulps=16)

print(json.dumps(ROWS, indent=1, ensure_ascii=False))
