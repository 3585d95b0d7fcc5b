"""One contender in a process of its own: ``python -m benchmarks.contender NAME SCALE MONTHS`` prints JSON."""

from __future__ import annotations

import json
import sys
from importlib import import_module

# Modules are named, not imported: a contender must not pay for, or profit from, what another one loads.
CONTENDERS = {
    "city start": "benchmarks.city:start",
    "city synthesis": "benchmarks.city:synthesis",
    "city years": "benchmarks.city:years",
    "city memory": "benchmarks.city:memory",
    "city compilation": "benchmarks.city:compilation",
    "starsim years": "benchmarks.starsim_peer:years",
    "mesa two rules": "benchmarks.mesa_peer:two_rules",
    "mesa trivial": "benchmarks.mesa_peer:trivial",
    "mesa deep copy": "benchmarks.mesa_peer:deep_copy",
    "city many runs": "benchmarks.many_runs:experiment",
    "mesa many runs": "benchmarks.many_runs:batch_run",
}

if __name__ == "__main__":
    name, scale, months = sys.argv[1:]
    module, function = CONTENDERS[name].split(":")
    measured = getattr(import_module(module), function)(float(scale), int(months))
    sys.stdout.write("\n" + json.dumps(measured) + "\n")
