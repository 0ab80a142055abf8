"""Graphs of who needs whom: GraphML (plain or drawn with yEd), and tables of two columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from stateworks.connectors.directory import Directory
from stateworks.connectors.documents import Sheet, parse_xml, sheet
from stateworks.connectors.owners import AGENCY, Owners
from stateworks.connectors.systems import Told, tell
from stateworks.kernel.errors import Refused
from stateworks.kernel.records.connected import Asked, Connector, Found, Glance, Option

DEPENDENCY = "inventory.dependency"
ARROW = Option(
    "arrow",
    "“needs” (the first needs the second, as it is without this option) or “serves” (the other way round).",
)
PREFIX = Option("prefix", "Beginning of the codes of new systems, which keeps the nodes of two graphs apart.")
CREATE = Option(
    "create", "“yes” makes a system of every name that is not known; otherwise such rows are refused."
)
FROM = (
    "source", "from", "system", "dependant", "dependent", "consumer", "caller", "client", "parent", "src",
)  # fmt: skip
TO = (
    "target", "to", "provider", "dependency", "depends_on", "callee", "server", "child", "needs", "dst",
)  # fmt: skip


@dataclass(frozen=True)
class Edge:
    """One edge of a graph: its place, its two ends as the file names them, and what it says of itself."""

    line: int
    start: str
    end: str
    strength: str = ""
    note: str = ""
    undirected: bool = False


@dataclass
class Graph:
    """What a GraphML file holds: nodes by id with what is written on them, and edges."""

    nodes: dict[str, tuple[int, str]] = field(default_factory=dict)
    twice: list[tuple[str, int, int]] = field(default_factory=list)
    nameless: list[int] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)


def recognise_graph(glance: Glance) -> str | None:
    """Tell GraphML by its first element."""
    if "<graphml" in glance.text[:4000]:
        return (
            "It is GraphML, drawn with yEd."
            if "yworks.com" in glance.text
            else "It is GraphML: nodes and edges."
        )
    return None


def recognise_edges(glance: Glance) -> str | None:
    """Tell a table of edges by the names of two of its columns, among few."""
    if not 2 <= len(glance.header) <= 8 or "::" in glance.text:
        return None
    if "provider_component" in glance.header:
        return None  # a plain table of dependencies, which needs no connector
    start, end = _ends(glance.header)
    return f"Its columns “{start}” and “{end}” read as who needs whom." if start and end else None


def read_graph(path: Path, asked: Asked) -> Found:
    """Read every node as a system and every edge as a dependency."""
    graph = _parsed(path, asked.filename)
    if not graph.nodes:
        raise Refused(f"{asked.filename} has no nodes with an id; export the graph with ids.")
    found = Found()
    directory, owners = Directory("graphml"), Owners("graphml", asked.options, asked.at)
    prefix = asked.option("prefix")
    told, codes = [], {}
    for node, (line, label) in graph.nodes.items():
        identity = f"{prefix}:{node}" if prefix else node
        code = directory.own(identity) or ("" if prefix else directory.find(node) or directory.find(label))
        if code:
            codes[node] = code
            found.add("inventory.system", line, {"code": code})
        else:
            name = label or node
            told.append(
                Told(
                    line,
                    identity,
                    name,
                    text=f"{prefix} {node}",
                    raw={"id": node, "label": label},
                    named=False,
                )
            )
    made = tell(found, directory, owners, told)
    codes |= {
        node: made[key] for node in graph.nodes if (key := f"{prefix}:{node}" if prefix else node) in made
    }
    for node, first, again in graph.twice:
        found.refuse(
            "inventory.system", again, "node.twice", f"The node “{node}” stands twice, as number {first} and {again}; keep one.",
            {"id": node},
        )  # fmt: skip
    for line in graph.nameless:
        found.refuse(
            "inventory.system",
            line,
            "node.nameless",
            f"Node {line} has no id, so no edge can name it; give it one.",
            {},
        )
    found.notes.append(
        f"{len(graph.nodes):,} nodes; {len(graph.nodes) - len(told):,} of them are systems known before."
    )
    known = dict.fromkeys(graph.nodes)
    _edges(found, directory, asked, graph.edges, lambda end: codes.get(end, ""), known)
    return found


def read_edges(path: Path, asked: Asked) -> Found:
    """Read every row as a dependency between two systems that are known by code, name or alias."""
    table = sheet(path, asked.filename)
    start, end = _ends(table.header)
    if not start or not end:
        raise Refused(
            f"{asked.filename} does not say which columns are the ends; call them “source” and “target”, where the source "
            "needs the target."
        )
    found = Found(notes=[*table.notes, f"“{start}” is read as who needs, “{end}” as who is needed."])
    for bad in table.bad:
        found.refuse(DEPENDENCY, bad.line, bad.code, bad.reason, bad.values)
    source = "edge-list"
    directory, owners = Directory(source), Owners(source, asked.options, asked.at)
    edges = list(_rows(table, start, end))
    codes = {
        name: code for edge in edges for name in (edge.start, edge.end) if (code := directory.find(name))
    }
    if asked.option("create").lower() == "yes":
        new: dict[str, Told] = {}
        for edge in edges:
            for name in (edge.start, edge.end):
                if name and name not in codes and not directory.meant(name):
                    new.setdefault(
                        name, Told(edge.line, name, name, text=name, raw={"name": name}, named=False)
                    )
        codes |= tell(found, directory, owners, list(new.values()))
    _edges(found, directory, asked, edges, lambda end: codes.get(end, ""), None)
    return found


def _rows(table: Sheet, start: str, end: str) -> Iterable[Edge]:
    strength = table.column("strength", "criticality", "hard or soft")
    note = table.column("note", "notes", "comment", "description")
    for line, row in table.rows:
        yield Edge(line, row[start], row[end], row.get(strength, ""), row.get(note, ""))


def _edges(
    found: Found,
    directory: Directory,
    asked: Asked,
    edges: Iterable[Edge],
    code: Callable[[str], str],
    nodes: dict[str, None] | None,
) -> None:
    """Add a row for each edge whose ends are known; the others are refused with the nearest names."""
    serves = asked.option("arrow").lower() == "serves"
    if asked.option("arrow") and asked.option("arrow").lower() not in ("needs", "serves"):
        raise Refused(f"Option arrow is “needs” or “serves”, not “{asked.option('arrow')}”.")
    for edge in edges:
        raw = {"from": edge.start, "to": edge.end}
        if edge.undirected:
            found.refuse(
                DEPENDENCY, edge.line, "edge.undirected",
                f"The edge between “{edge.start}” and “{edge.end}” has no direction; say which needs the other.", raw,
            )  # fmt: skip
            continue
        ends = [code(edge.start), code(edge.end)]
        missing = [name for name, end in zip((edge.start, edge.end), ends, strict=True) if not end]
        if missing:
            why = " ".join(_why(directory, name, nodes) for name in missing)
            found.refuse(DEPENDENCY, edge.line, "end.unknown", f"“{edge.start}” → “{edge.end}”: {why}", raw)
            continue
        if ends[0] == ends[1]:
            found.refuse(
                DEPENDENCY, edge.line, "edge.self",
                f"“{edge.start}” would depend on itself; name the other system, or take the row out.", raw,
            )  # fmt: skip
            continue
        system, provider = reversed(ends) if serves else ends
        found.add(
            DEPENDENCY, edge.line,
            {"system": system, "component": "", "provider": provider, "provider_component": "",
             "strength": edge.strength.lower() or None, "note": edge.note or None},
            {"source": "imported"},
        )  # fmt: skip


def _why(directory: Directory, name: str, nodes: dict[str, None] | None) -> str:
    if nodes is None:
        return directory.why_not(name)
    if name in nodes:
        return f"“{name}” was refused itself; see its row."
    from rapidfuzz import process

    near = [f"“{node}”" for node, *_ in process.extract(name, list(nodes), limit=3, score_cutoff=60)]
    return f"there is no node “{name}”{'; the nearest are ' + ', '.join(near) if near else ''}. Correct the edge or add the node."


def _ends(header: Iterable[str]) -> tuple[str, str]:
    """Return the columns of the two ends by their names, or the two columns there are."""
    plain = {" ".join(name.lower().replace("_", " ").split()): name for name in header}
    starts = [name.replace("_", " ") for name in FROM]
    ends = [name.replace("_", " ") for name in TO]
    start = next((plain[name] for name in starts if name in plain), "")
    end = next((plain[name] for name in ends if name in plain and plain[name] != start), "")
    return start, end


class _Reader:
    """Takes GraphML as a stream of elements."""

    def __init__(self) -> None:
        self.graph = Graph()
        self.keys: dict[str, str] = {}
        self.directed = True
        self.place = 0
        self.node: tuple[str, dict[str, str]] | None = None
        self.edge: tuple[dict[str, str], dict[str, str]] | None = None
        self.data = ""
        self.text: list[str] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if name == "key":
            self.keys[attributes.get("id", "")] = (attributes.get("attr.name") or "").lower()
        elif name == "graph":
            self.directed = attributes.get("edgedefault", "directed") != "undirected"
        elif name == "node":
            self.place += 1
            self.node = (attributes.get("id", "").strip(), dict(attributes))
        elif name == "edge":
            self.place += 1
            self.edge = (dict(attributes), {})
        elif name == "data":
            self.data = self.keys.get(attributes.get("key", ""), attributes.get("key", "").lower())
            self.text = []
        elif name in ("NodeLabel", "EdgeLabel"):
            self.data, self.text = "label", []

    def characters(self, text: str) -> None:
        self.text.append(text)

    def end(self, tag: str) -> None:
        name = tag.rpartition(":")[2]
        if name in ("data", "NodeLabel", "EdgeLabel"):
            text = " ".join("".join(self.text).split())
            if text and self.edge is not None:
                self.edge[1].setdefault(self.data, text)
            elif text and self.node is not None:
                self.node[1].setdefault(self.data, text)
            self.text = []
        elif name == "node" and self.node is not None:
            self._take_node(*self.node)
            self.node = None
        elif name == "edge" and self.edge is not None:
            self._take_edge(*self.edge)
            self.edge = None

    def _take_node(self, node: str, said: dict[str, str]) -> None:
        if not node:
            self.graph.nameless.append(self.place)
        elif node in self.graph.nodes:
            self.graph.twice.append((node, self.graph.nodes[node][0], self.place))
        else:
            self.graph.nodes[node] = (self.place, said.get("label") or said.get("name") or "")

    def _take_edge(self, attributes: dict[str, str], said: dict[str, str]) -> None:
        directed = attributes.get("directed", "true" if self.directed else "false")
        self.graph.edges.append(
            Edge(
                self.place, attributes.get("source", "").strip(), attributes.get("target", "").strip(),
                said.get("strength", ""), undirected=directed == "false",
            )
        )  # fmt: skip


def _parsed(path: Path, filename: str) -> Graph:
    reader = _Reader()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.CharacterDataHandler = reader.characters
    parser.EndElementHandler = reader.end
    parse_xml(path, filename, parser)
    return reader.graph


GRAPHML = Connector(
    name="graphml",
    title="Dependency graph (GraphML)",
    reads="GraphML, also as yEd draws it: nodes become systems, edges dependencies.",
    datasets=("inventory.system", "inventory.alias", DEPENDENCY),
    recognise=recognise_graph,
    read=read_graph,
    options=(AGENCY, PREFIX, ARROW),
)
EDGES = Connector(
    name="edge-list",
    title="Table of dependencies (two columns)",
    reads="A table in which one column names who needs and another who is needed, by code, name or alias.",
    datasets=("inventory.system", "inventory.alias", DEPENDENCY),
    recognise=recognise_edges,
    read=read_edges,
    options=(AGENCY, ARROW, CREATE),
    main=DEPENDENCY,
)
