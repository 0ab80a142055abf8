"""The ledger's cost, traced object by object to the billed services that bring it back; not one cent is lost or made.

Each object's cost goes the way that the year's allocation model takes, with what support pools pass on: once through
`allocation.allocate` for each object and each model of the year, which conserves every cent.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict

from stateworks.modules.billing.allocation import allocate
from stateworks.modules.billing.federal.facts import NOBODY, Facts
from stateworks.modules.billing.inputs import ACCOUNT, Model, pool_of

DIRECT = Model("direct", (), {}, {})
UNPOOLED = "(no pool)"

Traced = dict[tuple[str, str, str], int]


def traced(facts: Facts) -> Traced:
    """Return the cents of each service, object and last pool; the empty service has what no service brings back.

    Cost that accounts bear belongs to the service of the SKU they see it under, cost that stays in a pool to the pool's.
    """
    found: Traced = defaultdict(int)
    costs: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    ways = {month: json.dumps(asdict(model), sort_keys=True) for month, model in facts.models.items()}
    models = {ways[month]: model for month, model in facts.models.items()}
    for spent in facts.spent:
        pool = pool_of(facts.pools, spent.cost_center, spent.object_code)
        if pool is None:
            found[NOBODY, spent.object_code, UNPOOLED] += spent.cents
            continue
        costs[ways.get(spent.month, ""), spent.object_code][pool] += spent.cents
    for (way, code), pooled in sorted(costs.items()):
        for (service, pool), cents in _served(facts, models.get(way, DIRECT), pooled).items():
            found[service, code, pool] += cents
    return {key: cents for key, cents in sorted(found.items()) if cents}


def _served(facts: Facts, model: Model, pooled: Mapping[str, int]) -> dict[tuple[str, str], int]:
    """Pass cost on as the model does, and return the cents of each service and the pool they left."""
    # A pool that spent nothing of this object may still be passed some.
    passed_to = {to for shares in model.weights.values() for to in shares if not to.startswith(ACCOUNT)}
    pools = set(pooled) | set(model.weights) | passed_to
    done = allocate(
        {pool: pooled.get(pool, 0) for pool in pools}, model.weights, method=model.method,
        order=[pool for pool in model.order if pool in pools],
    )  # fmt: skip
    found: dict[tuple[str, str], int] = defaultdict(int)
    for (pool, _receiver), cents in done.cents.items():
        sold = facts.skus.get(model.skus.get(pool, ""))
        found[sold.service if sold else NOBODY, pool] += cents
    for pool, cents in done.unallocated.items():
        found[facts.pool_services.get(pool, NOBODY), pool] += cents
    return found
