"""Ask the memory for rows before they are needed.

The tables are larger than the fast memory of a processor. A walk in the order of the rows is no trouble; who
follows a list, or goes from a person to the household and on to the home, waits for every row. Asking some
rows ahead lets the waits overlap. It changes no result.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic, overload
from numba.np.arrayobj import make_array

from kortrijk_sim.arrays import Array, IntArray
from kortrijk_sim.compiling import inlined

AHEAD = 16  # rows; far enough for a row to arrive in time, near enough to be there still


def prefetch(table: Array, row: int) -> None:
    """Ask for a row of a table that will soon be read; a row that does not exist is asked for in vain."""


@inlined
def expect(table: Array, rows: IntArray, k: int) -> None:
    """Ask for the row of a table that comes some places after place k of a list of rows."""
    if k + AHEAD < rows.shape[0]:
        prefetch(table, rows[k + AHEAD])


@intrinsic
def _ask(_: Any, table: Any, row: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        rows = make_array(signature.args[0])(context, builder, args[0])
        number = ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [cgutils.voidptr_t, number, number, number])
        ask = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
        first = builder.bitcast(builder.gep(rows.data, [args[1]]), cgutils.voidptr_t)
        # A row may lie across two lines of memory: both ends are asked for.
        size = context.get_abi_sizeof(context.get_data_type(signature.args[0].dtype))
        for end in (first, cgutils.pointer_add(builder, first, size - 1)):
            builder.call(ask, [end, number(0), number(3), number(1)])  # to read, to keep, data
        return context.get_dummy_value()

    return types.void(table, types.intp), generate


@overload(prefetch, inline="always")
def _prefetch(table: Any, row: Any) -> Any:
    def ask(table: Any, row: Any) -> None:
        _ask(table, row)  # type: ignore[call-arg]

    return ask
