"""Invented results, for the tests of tables, claims and targets."""

from comparisons import METATAPE, SINGLE, all_comparisons
from turns import summarise

FAST = (METATAPE, SINGLE)


def report(missing=(), only=None, vectors="AVX2"):
    """Return results with 1 ms for the sides in ``FAST`` and 2 ms for all others.

    Sides in ``missing`` have none, in the comparisons ``only`` or in all.
    """
    parts = {}
    for name, comparison in all_comparisons("metatape", "0", "0,1", "earlier").items():
        answers = {}
        for row in comparison.rows:
            own = row.own_side or METATAPE
            for side, quantities in ((own, row.own), (row.peer, row.quantities)):
                seconds = 0.001 if side in FAST else 0.002
                answers.setdefault(side, {}).update(dict.fromkeys(quantities, seconds))
        if only is None or name in only:
            answers = {side: value for side, value in answers.items() if side not in missing}
        parts[name] = {
            "precision": comparison.precision,
            "rows": summarise(comparison.rows, [answers], METATAPE),
            "work": comparison.work,
            "failures": {},
        }
    versions = ("metatape", "before", "jax", "torch", "mujoco", "envpool")
    return {
        "date": "2026-01-02",
        "roundCount": 1,
        "machine": {
            "processor": "P",
            "cores": 2,
            "vectors": vectors,
            "system": "S",
            "blas": "OpenBLAS 1, kernels K",
        },
        "versions": dict.fromkeys(versions, "1.0"),
        "comparisons": parts,
    }
