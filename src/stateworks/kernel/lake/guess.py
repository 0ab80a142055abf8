"""Guesses which column of a file is which column of a dataset, by name and by content, and says why for each.

What comes out is a mapping document to correct, never a mapping that is used unseen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from stateworks.kernel.lake.agencies import AgencyCodes, agency_codes
from stateworks.kernel.lake.contracts import Contract, ContractColumn, contract
from stateworks.kernel.lake.feeds import feed
from stateworks.kernel.lake.files import LINE
from stateworks.kernel.lake.looks import closed_value, meanings, missing_marks, plain, readable
from stateworks.kernel.org.aliases import UNASSIGNED

if TYPE_CHECKING:
    import polars as pl

    from stateworks.kernel.lake.files import TabularFile

SAMPLE_ROWS = 2000
POSSIBLE = 65.0
"""A column that fits less is not proposed."""
KNOWN_ENOUGH = 0.6
"""A column is taken by its values alone where so many of the different ones are known."""
ALIKE = 80.0
"""Names without a word in common are alike from here on, as with a slip of the pen or a plural."""
SHORT_FOR = {
    "dept": "department", "org": "organization", "no": "number", "nr": "number", "num": "number", "grp": "group",
    "cat": "category", "subcat": "subcategory", "prio": "priority", "req": "request", "dt": "date", "desc": "description",
    "svc": "service", "tkt": "ticket", "inc": "incident", "cust": "customer", "res": "resolution", "assgn": "assigned",
}  # fmt: skip
NUMBER_INSIDE = r"^\D*(\d+)"
"""A number behind a word, as in L1 or Tier 1."""


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
    agencies = agency_codes()
    sample = table.head(SAMPLE_ROWS)
    texts = {name: sample[name].str.strip_chars() for name in sample.columns if name != LINE}
    missing = missing_marks(texts)
    texts = {
        name: column.set(column.is_in(list(missing)).fill_null(value=False), None)
        for name, column in texts.items()
    }
    wanted = [column for column in declared.columns if not _filled_by_us(declared, column.name)]
    scores = {
        (column.name, name): max(
            _fit(column, name, filled, words),
            _by_values(column, name, filled, words, agencies if column.name == declared.agency else None),
            key=lambda fit: fit.score,
        )
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
        values = meanings(column, texts[source], words) if column.values else {}
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
    if plain(name) == plain(column.name):
        said = f"“{name}” has the same name"
    filled = texts.drop_nulls()
    if not len(filled):
        return _Fit(by_name * 0.9, f"{said}; it is empty in the first rows.")
    extract = ""
    share, formats, reading = readable(column, filled, words)
    if (
        share < 1
        and column.type in {"BIGINT", "INTEGER"}
        and not filled.str.extract(NUMBER_INSIDE).null_count()
    ):
        share, extract, reading = 0.95, NUMBER_INSIDE, f"its values hold a number, such as “{filled[0]}”"
    score = by_name * (0.4 + 0.6 * share) + (5 if share == 1 and by_name < 95 else 0)
    return _Fit(min(score, 100.0), f"{said}; {reading}.", formats, extract)


def _by_values(
    column: ContractColumn,
    name: str,
    texts: pl.Series,
    words: Mapping[str, Sequence[str]],
    agencies: AgencyCodes | None,
) -> _Fit:
    """Score a column whose name says nothing by what its values say: organizations of the office, or words of a closed list."""
    filled = texts.drop_nulls()
    if not len(filled):
        return _Fit(0.0, "")
    seen = filled.unique().to_list()
    if agencies is not None:
        different = filled.unique()
        found = different.filter(agencies.resolve(different) != UNASSIGNED).to_list()
        what = "are names of organizations"
    elif column.values:
        found = [value for value in seen if closed_value(column, value, words) is not None]
        what = f"are known words for {column.name}"
    else:
        return _Fit(0.0, "")
    share = len(found) / len(seen)
    if len(found) < 2 or share < KNOWN_ENOUGH:
        return _Fit(0.0, "")
    return _Fit(
        POSSIBLE + 10 * share,
        f"“{name}” says little, but {len(found):,} of its {len(seen):,} different values {what}, such as “{sorted(found)[0]}”.",
    )


def _name_score(column: str, name: str, words: Mapping[str, Sequence[str]]) -> tuple[float, str]:
    from rapidfuzz import fuzz

    best, known_as = 0.0, column
    right = _name(name)
    for other in (column, *words.get(column, ())):
        left = _name(other)
        alike = fuzz.ratio(left, right)
        # Whole words count: "State" in "Real estate" would fool a plain comparison.
        score = 100.0 if left == right else 0.55 * alike + 0.4 * fuzz.token_set_ratio(left, right)
        if alike < ALIKE and not set(left.split()) & set(right.split()):
            # Short words share letters by chance, as "Done" and "Owner" do.
            score *= 0.75
        if score > best:
            best, known_as = score, other
    return best, known_as


def _name(text: str) -> str:
    """Return a column's name as it compares: plain, and written out where it is cut short."""
    return " ".join(SHORT_FOR.get(word, word) for word in plain(text).split())
