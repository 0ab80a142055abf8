"""Guesses which column of a file is which column of a dataset, by name and by content, and says why for each.

What comes out is a mapping document to correct, never a mapping that is used unseen.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from stateworks.kernel.lake import parsing
from stateworks.kernel.lake.contracts import Contract, ContractColumn, contract
from stateworks.kernel.lake.feeds import feed
from stateworks.kernel.lake.files import LINE

if TYPE_CHECKING:
    import polars as pl

    from stateworks.kernel.lake.files import TabularFile

SAMPLE_ROWS = 2000
POSSIBLE = 65.0
"""A column that fits less is not proposed."""
NUMBER_INSIDE = r"^\D*(\d+)"
"""A number behind a word, as in L1 or Tier 1."""
FORMATS = (
    "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%d %H:%M", "%Y-%m-%d",
    "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %H:%M", "%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %I:%M %p", "%m/%d/%Y",
    "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y", "%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%d.%m.%Y",
    "%d-%b-%Y %H:%M:%S", "%d-%b-%Y %H:%M", "%d-%b-%Y", "%b %d, %Y %I:%M %p", "%d/%b/%y %I:%M %p",
)  # fmt: skip
MISSING = ("?", "-", "--", "N/A", "n/a", "NA", "NULL", "null", "None", "none", "(empty)", "(blank)")


@dataclass(frozen=True)
class Guess:
    """A column of the dataset with the file's column it seems to be, how sure that is (0 to 100), and why."""

    column: str
    source: str | None
    score: float
    why: str
    formats: tuple[str, ...] = ()
    values: dict[str, str | None] = field(default_factory=dict)
    extract: str = ""
    constant: str | None = None
    alternatives: tuple[str, ...] = ()


@dataclass(frozen=True)
class GuessedMapping:
    """Guesses for every column of a dataset, and the document they make.

    `missing` are marks that stand for nothing, `unused` the file's other columns. `repeated` says that a key seems to come
    more than once, as in a log of updates: another dataset may be the right one.
    """

    dataset: str
    guesses: tuple[Guess, ...]
    missing: tuple[str, ...]
    unused: tuple[str, ...]
    repeated: bool = False

    def document(
        self, name: str, *, title: str = "", source: str = "", constants: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """Return the mapping document, ready to be corrected and saved."""
        columns: dict[str, Any] = {name: {"constant": value} for name, value in (constants or {}).items()}
        for guess in self.guesses:
            if guess.column in columns or (guess.source is None and guess.constant is None):
                continue
            if guess.source is None:
                columns[guess.column] = {"constant": guess.constant}
                continue
            body: dict[str, Any] = {"from": guess.source}
            if guess.formats:
                body["formats"] = list(guess.formats)
            if guess.extract:
                body["extract"] = guess.extract
            if guess.values:
                body["values"] = {value: to for value, to in guess.values.items() if to is not None}
            columns[guess.column] = body
        made: dict[str, Any] = {
            "name": name,
            "title": title or name,
            "dataset": self.dataset,
            "load": "delta",
            "columns": columns,
        }
        if source:
            made["source"] = source
        if self.missing:
            made["file"] = {"missing": list(self.missing)}
        return made


def guess_mapping(
    table: TabularFile, dataset: str, *, synonyms: Mapping[str, Sequence[str]] | None = None
) -> GuessedMapping:
    """Guess a mapping from a file's header and first rows.

    `synonyms` gives further names of the dataset's columns as other tools write them, and `column.value` further words for
    a closed column's value; a feed brings its own.
    """
    declared = contract(dataset)
    words = {**feed(dataset).synonyms, **(synonyms or {})}
    sample = table.head(SAMPLE_ROWS)
    texts = {name: sample[name].str.strip_chars() for name in sample.columns if name != LINE}
    missing = _missing_marks(texts)
    texts = {
        name: column.set(column.is_in(list(missing)).fill_null(value=False), None)
        for name, column in texts.items()
    }
    wanted = [column for column in declared.columns if not _filled_by_us(declared, column.name)]
    scores = {
        (column.name, name): _fit(column, name, filled, words)
        for column in wanted
        for name, filled in texts.items()
    }
    guesses = _assigned(wanted, scores, texts, words)
    used = {guess.source for guess in guesses}
    guesses = [_usual(guess, declared) for guess in guesses]
    unused = tuple(name for name in texts if name not in used)
    return GuessedMapping(
        dataset, tuple(guesses), tuple(missing), unused, _repeated(declared, guesses, texts)
    )


@dataclass(frozen=True)
class _Fit:
    score: float
    why: str
    formats: tuple[str, ...] = ()
    extract: str = ""


def _usual(guess: Guess, declared: Contract) -> Guess:
    """Take what is usual where the file says nothing and the dataset must know."""
    usual = feed(declared.dataset).usual.get(guess.column)
    if guess.source is not None or usual is None:
        return guess
    why = f"No column of the file says so; every row is taken as “{usual}”."
    return replace(guess, constant=usual, why=why)


def _repeated(declared: Contract, guesses: Sequence[Guess], texts: Mapping[str, pl.Series]) -> bool:
    """Tell whether many rows share the part of the key that the file has."""
    import polars as pl

    parts = [
        texts[guess.source] for guess in guesses if guess.column in declared.key and guess.source is not None
    ]
    if not parts:
        return False
    rows = pl.DataFrame([part.alias(str(at)) for at, part in enumerate(parts)])
    return rows.n_unique() < 0.8 * rows.height


def _filled_by_us(declared: Contract, name: str) -> bool:
    known = feed(declared.dataset)
    return (
        name in known.local_dates
        or name in known.completed
        or name == known.source_column
        or name.endswith("_given")
    )


def _assigned(
    wanted: Sequence[ContractColumn],
    scores: Mapping[tuple[str, str], _Fit],
    texts: Mapping[str, pl.Series],
    words: Mapping[str, Sequence[str]],
) -> list[Guess]:
    """Give each file column to the dataset column it fits best, the surest pair first."""
    taken: dict[str, str] = {}
    for (wanted_name, name), fit in sorted(scores.items(), key=lambda item: -item[1].score):
        if fit.score < POSSIBLE:
            break
        if wanted_name not in taken and name not in taken.values():
            taken[wanted_name] = name
    guesses = []
    for column in wanted:
        ranked = sorted(
            ((name, scores[column.name, name]) for name in texts), key=lambda item: -item[1].score
        )
        others = tuple(
            name for name, fit in ranked[:4] if fit.score >= POSSIBLE and name != taken.get(column.name)
        )
        source = taken.get(column.name)
        if source is None:
            why = "No column of the file has such a name with fitting values."
            guesses.append(Guess(column.name, None, 0.0, why, alternatives=others))
            continue
        fit = scores[column.name, source]
        values = _values(column, texts[source], words) if column.values else {}
        guesses.append(
            Guess(
                column.name,
                source,
                round(fit.score, 1),
                fit.why,
                fit.formats,
                values,
                fit.extract,
                alternatives=others,
            )
        )
    return guesses


def _fit(column: ContractColumn, name: str, texts: pl.Series, words: Mapping[str, Sequence[str]]) -> _Fit:
    """Score how well a file's column fits: its name, then whether its values can be read as the type."""
    by_name, known_as = _name_score(column.name, name, words)
    if by_name < POSSIBLE - 10:
        return _Fit(0.0, "")
    said = (
        f"“{name}” is named like {known_as}"
        if known_as.lower() != name.lower()
        else f"“{name}” is another name of {column.name}"
    )
    if _plain(name) == _plain(column.name):
        said = f"“{name}” has the same name"
    filled = texts.drop_nulls()
    if not len(filled):
        return _Fit(by_name * 0.9, f"{said}; it is empty in the first rows.")
    extract = ""
    share, formats, reading = _readable(column, filled, words)
    if (
        share < 1
        and column.type in {"BIGINT", "INTEGER"}
        and not filled.str.extract(NUMBER_INSIDE).null_count()
    ):
        share, extract, reading = 0.95, NUMBER_INSIDE, f"its values hold a number, such as “{filled[0]}”"
    score = by_name * (0.4 + 0.6 * share) + (5 if share == 1 and by_name < 95 else 0)
    return _Fit(min(score, 100.0), f"{said}; {reading}.", formats, extract)


def _name_score(column: str, name: str, words: Mapping[str, Sequence[str]]) -> tuple[float, str]:
    from rapidfuzz import fuzz

    best, known_as = 0.0, column
    for other in (column, *words.get(column, ())):
        left, right = _plain(other), _plain(name)
        # Whole words count: "State" in "Real estate" would fool a plain comparison.
        score = (
            100.0
            if left == right
            else 0.55 * fuzz.ratio(left, right) + 0.4 * fuzz.token_set_ratio(left, right)
        )
        if score > best:
            best, known_as = score, other
    return best, known_as


def _plain(name: str) -> str:
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return " ".join(re.sub(r"[^a-z0-9]+", " ", spaced.lower().removeprefix("u_")).split())


def _readable(
    column: ContractColumn, texts: pl.Series, words: Mapping[str, Sequence[str]]
) -> tuple[float, tuple[str, ...], str]:
    """Return the share of values that can be read as the column's type, the formats they need, and that in words."""
    total = len(texts)
    if column.type in {"TIMESTAMPTZ", "DATE"}:
        share, formats = _date_formats(texts)
        shown = f"its values are dates as {' or '.join(formats)}" if formats else "its values are ISO dates"
        return share, formats, shown if share > 0.5 else f"but “{texts[0]}” is no date"
    if column.values:
        known = sum(_closed_value(column, value, words) is not None for value in texts.to_list())
        return known / total, (), f"{known:,} of its first {total:,} values are known"
    if column.type in {"BIGINT", "INTEGER"}:
        read = parsing.whole_numbers(texts)
        return (
            1 - read.null_count() / total,
            (),
            "its values are whole numbers"
            if not read.null_count()
            else f"but “{_first_unread(texts, read)}” is no whole number",
        )
    if column.type == "BOOLEAN":
        read = parsing.truths(texts)
        return (
            1 - read.null_count() / total,
            (),
            "its values are yes or no"
            if not read.null_count()
            else f"but “{_first_unread(texts, read)}” is not yes or no",
        )
    if column.type == "VARCHAR":
        return 1.0, (), f"its values are text such as “{texts[0][:40]}”"
    read = parsing.numbers(texts)
    return (
        1 - read.null_count() / total,
        (),
        "its values are numbers"
        if not read.null_count()
        else f"but “{_first_unread(texts, read)}” is no number",
    )


def _first_unread(texts: pl.Series, read: pl.Series) -> str:
    return str(texts.filter(read.is_null())[0])[:40]


def _date_formats(texts: pl.Series) -> tuple[float, tuple[str, ...]]:
    """Return the share of dates that can be read and the fewest formats for them; day and month are never guessed apart.

    Where both orders read every value, month first is taken, as American tools write it; a value such as 25/02 decides.
    """
    found, _ = parsing.instants(texts, (), "UTC")
    chosen: list[str] = []
    while found.null_count():
        best, best_read, gained = "", None, 0
        for pattern in FORMATS:
            open_texts = texts.set(found.is_not_null(), None)
            read, _ = parsing.instants(open_texts, (pattern,), "UTC")
            count = read.len() - read.null_count()
            if count > gained:
                best, best_read, gained = pattern, read, count
        if best_read is None:
            break
        chosen.append(best)
        found = found.zip_with(found.is_not_null(), best_read)
        if len(chosen) == 3:
            break
    return 1 - found.null_count() / len(texts), tuple(chosen)


def _values(
    column: ContractColumn, texts: pl.Series, words: Mapping[str, Sequence[str]]
) -> dict[str, str | None]:
    """Return what each value of a closed column seems to mean; None where somebody must say it."""
    return {
        value: _closed_value(column, value, words)
        for value in texts.drop_nulls().unique().sort().to_list()
        if value not in column.values
    }


def _closed_value(column: ContractColumn, value: str, words: Mapping[str, Sequence[str]]) -> str | None:
    plain = _plain(value)
    for known in column.values:
        names = [known, *words.get(f"{column.name}.{known}", ())]
        if any(_plain(name) == plain for name in names):
            return known
    for known in column.values:
        names = [known, *words.get(f"{column.name}.{known}", ())]
        # A longer wording, such as "Closed - confirmed", still begins with the word.
        if any(plain.startswith(_plain(name) + " ") for name in names):
            return known
    return None


def _missing_marks(texts: Mapping[str, pl.Series]) -> list[str]:
    """Return texts that stand for "nothing" in several columns."""
    seen: dict[str, int] = {}
    for column in texts.values():
        for mark in MISSING:
            if (column == mark).any():
                seen[mark] = seen.get(mark, 0) + 1
    return [mark for mark, columns in seen.items() if columns >= 2 or mark == "?"]
