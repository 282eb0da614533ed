# SPDX-License-Identifier: GPL-3.0-or-later
"""What the program ``cisup`` does and the library alone does not: theory, capacity, sweeps.

It is looked for as $CISUP_PROGRAM, beside the package, in the build tree and on the PATH.
"""
from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ._library import BadFormat, CisupError, Infeasible, Interrupted, InvalidArgument, SystemFailure

if TYPE_CHECKING:
    import pandas

_CLASSES = {1: Infeasible, 2: InvalidArgument, 3: BadFormat, 4: SystemFailure}
Row = dict[str, Any]


def program() -> str:
    """The program's path."""
    here = Path(__file__).absolute().parent
    named = os.environ.get("CISUP_PROGRAM")
    places: list[str | Path | None] = [named] if named else [here / "bin/cisup", here.parents[1] / "apps/cisup", shutil.which("cisup")]
    for place in places:
        if place and os.access(place, os.X_OK):
            return str(place)
    raise SystemFailure(f"the program cisup is not at {', '.join(str(place) for place in places if place)}; "
                        f"$CISUP_PROGRAM names it")


def _words(options: Mapping[str, Any]) -> list[str]:
    """Options as words: D=1000 is -D 1000, mask_codes=True is --mask-codes, a list is 1,2,3."""
    words: list[str] = []
    for name, value in options.items():
        if value is None or value is False:
            continue
        option = f"-{name}" if len(name) == 1 else "--" + name.replace("_", "-")
        if value is True:
            words.append(option)
            continue
        if isinstance(value, Iterable) and not isinstance(value, str):
            value = ",".join(str(one) for one in value)
        words += [option, str(value)]
    return words


def _records(words: list[str], allowed: tuple[int, ...] = (0,)) -> list[Row]:
    """Runs the program and takes its JSON lines; Ctrl-C ends it, and what it has said is kept."""
    rows: list[Row] = []
    with tempfile.TemporaryFile() as said, subprocess.Popen(
            [program(), *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said,
            start_new_session=True) as child:
        assert child.stdout is not None
        try:
            for line in child.stdout:
                rows.append(json.loads(line))
            code = child.wait()
        except KeyboardInterrupt:
            child.send_signal(signal.SIGINT)
            rows += [json.loads(line) for line in child.stdout]
            child.wait()
            raise Interrupted(rows) from None
        except BaseException:
            child.kill()
            raise
        said.seek(0)
        message = said.read().decode("utf-8", "replace").strip()
    if code not in allowed:
        raise _CLASSES.get(code, CisupError)(message.removeprefix("cisup: ") or f"cisup ended with {code}")
    return rows


def _frame(rows: list[Row]) -> pandas.DataFrame:
    import pandas
    return pandas.json_normalize(rows)


def theory(**options: Any) -> pandas.DataFrame:
    """Every formula for one shape, with its range: the records of ``cisup theory`` (run as a program).

    options : as on the command line: D=1000, T=557, S=6, z=1, scheme="ref", budget=0.1, ...
    """
    return _frame([row for row in _records(["theory", "--json", *_words(options)]) if row["record"] == "theory"])


def capacity(**options: Any) -> pandas.DataFrame:
    """How many circuits fit within an error: the records of ``cisup capacity`` (run as a program).

    options : as on the command line: D=1000, z=1, L=5, budget=0.1, construction="masks", S=[1, 2], ...

    Rows of record "capacity", one each search, and "best". Ctrl-C raises Interrupted, whose
    ``partial`` is a DataFrame of what is known, the search that was ended among it.
    """
    try:
        return _frame(_records(["capacity", "--json", *_words(options)], (0, 1)))
    except Interrupted as error:
        raise Interrupted(_frame(error.partial)) from None


@dataclass(frozen=True)
class Journal:
    """The cells of a sweep.

    cells : by number: done, seconds, infeasible ("" or the reason) and the parameters that vary
    errors, open : rows of ``Result.errors`` and ``Result.open``, the cell and its parameters in front
    """

    cells: pandas.DataFrame
    errors: pandas.DataFrame
    open: pandas.DataFrame


def journal(path: str | os.PathLike[str]) -> Journal:
    """Reads the journal of a sweep, also while it runs; nothing is written.

    Raises SystemFailure, BadFormat.
    """
    if not Path(path).exists():
        raise SystemFailure(f"{os.fspath(path)}: no such file")
    try:
        with sqlite3.connect(f"file:{Path(path).resolve()}?mode=ro", uri=True) as db:
            found = db.execute("select id, parameters, seconds, records from cell order by id").fetchall()
        db.close()
    except sqlite3.Error as error:
        raise BadFormat(f"{os.fspath(path)}: {error}") from error
    return _journal([(number, json.loads(parameters), seconds,
                      [json.loads(line) for line in (records or "").splitlines()])
                     for number, parameters, seconds, records in found])


def _journal(found: list[tuple[int, Row, float | None, list[Row]]]) -> Journal:
    import pandas
    varies = [name for name in (found[0][1] if found else {})
              if len({json.dumps(parameters.get(name)) for _, parameters, _, _ in found}) > 1]
    cells, tables = [], {"error": [], "open": []}  # type: tuple[list[Row], dict[str, list[Row]]]
    for number, parameters, seconds, records in found:
        front: Row = {"cell": number, **{name: parameters.get(name) for name in varies}}
        reasons = [row["reason"] for row in records if row["record"] == "infeasible"]
        cells.append(front | {"done": bool(records), "seconds": seconds, "infeasible": "".join(reasons)})
        for row in records:
            if row["record"] in tables:
                tables[row["record"]].append(front | {k: v for k, v in row.items() if k != "record"})
    return Journal(pandas.DataFrame(cells), _frame(tables["error"]), _frame(tables["open"]))


@dataclass(frozen=True)
class Sweep(Journal):
    """A sweep that has run; path : its journal."""

    path: str


def sweep(spec: Mapping[str, Any] | str | os.PathLike[str], journal_path: str | os.PathLike[str] | None = None, *,
          threads: int = 0) -> Sweep:
    """Runs a grid of experiments into a journal, or goes on with one (``cisup sweep``, run as a program).

    spec : {"fixed": {...}, "grid": {...}} as in docs/formats.md, or a file of it
    journal_path : where results are kept; needed for a spec that is no file

    Ctrl-C raises Interrupted, whose ``partial`` is a Journal, or None; the same call goes on where it ended.
    """
    path = Path(os.fspath(journal_path)) if journal_path is not None else None
    if isinstance(spec, Mapping):
        if path is None:
            raise InvalidArgument("journal_path: needed for a spec that is no file")
        file = path.with_suffix(".json")
        file.write_text(json.dumps(spec))
    else:
        file = Path(os.fspath(spec))
        path = path or file.with_suffix(".sqlite")
    try:
        _records(["sweep", str(file), "--json", *_words({"journal": str(path), "threads": threads or None})])
    except Interrupted:
        raise Interrupted(journal(path) if path.exists() else None) from None
    done = journal(path)
    return Sweep(done.cells, done.errors, done.open, str(path))
