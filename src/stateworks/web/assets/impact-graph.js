// Draws who is hit when something fails, in layers, from what the page carries as JSON; the list beside it says the same.
// dagre finds the places; everything is laid out at once, so nothing moves.
(() => {
  const found = document.getElementById("impact-graph");
  const section = document.querySelector("[data-graph]");
  if (!found || !section || !window.dagre) return;
  const data = JSON.parse(found.textContent);
  const paper = section.querySelector("[data-graph-paper]");
  const said = section.querySelector("[data-graph-said]");
  const choice = section.querySelector("select");
  const WIDTH = 236, HEIGHT = 40, MANY = 100, IN_LAYER = 40, GLANCE = 12;
  const opened = new Set();
  const ns = "http://www.w3.org/2000/svg";

  const make = (name, attributes, ...children) => {
    const made = document.createElementNS(ns, name);
    for (const [key, value] of Object.entries(attributes)) if (value !== null) made.setAttribute(key, value);
    made.append(...children);
    return made;
  };

  // Systems of one layer with the same agency or criticality become one box that says how many they are.
  const folded = (by) => {
    const into = new Map(), nodes = new Map();
    const sizes = new Map();
    for (const node of data.nodes) sizes.set(node.layer, (sizes.get(node.layer) ?? 0) + 1);
    for (const node of data.nodes) {
      const key = by && node.layer > 0 && node.kind !== "hidden" ? `${node.layer}/${node[by] ?? ""}` : null;
      if (key === null || opened.has(key)) { into.set(node.id, node.id); nodes.set(node.id, { ...node, inside: [node] }); continue; }
      const id = `fold:${key}`;
      into.set(node.id, id);
      const held = nodes.get(id) ?? { id, key, label: node[by] || "Not known", layer: node.layer, kind: "group", hard: false, count: 0, inside: [], url: "" };
      held.count += node.count ?? 1;
      held.hard ||= node.hard;
      held.inside.push(node);
      nodes.set(id, held);
    }
    for (const [id, node] of [...nodes]) {
      if (!id.startsWith("fold:") || node.count > 1 || node.inside[0].kind !== "system") continue;
      nodes.delete(id);
      into.set(node.inside[0].id, node.inside[0].id);
      nodes.set(node.inside[0].id, { ...node.inside[0], inside: node.inside });
    }
    // A column that would be too long to read keeps its largest groups; the rest become one.
    if (by || data.grouped) {
      const layers = Map.groupBy ? Map.groupBy(nodes.values(), (node) => node.layer) : group(nodes.values());
      for (const [layer, some] of layers) {
        if (some.length <= IN_LAYER || layer === 0) continue;
        const rest = some.sort((a, b) => (b.count ?? 1) - (a.count ?? 1)).slice(IN_LAYER - 1);
        const id = `rest:${layer}`, gone = new Set(rest.map((node) => node.id));
        const held = { id, label: "Others", layer, kind: "group", hard: rest.some((node) => node.hard), count: 0, inside: [], url: "" };
        for (const node of rest) { held.count += node.count ?? 1; held.inside.push(...node.inside); nodes.delete(node.id); }
        nodes.set(id, held);
        for (const [from, to] of into) if (gone.has(to)) into.set(from, id);
      }
    }
    const edges = new Map();
    for (const edge of data.edges) {
      const from = into.get(edge.from), to = into.get(edge.to);
      if (from === to || !from || !to) continue;
      const key = `${from}>${to}`;
      edges.set(key, { from, to, hard: edge.hard || (edges.get(key)?.hard ?? false) });
    }
    return { nodes: [...nodes.values()], edges: [...edges.values()] };
  };
  const group = (nodes) => {
    const layers = new Map();
    for (const node of nodes) layers.set(node.layer, [...(layers.get(node.layer) ?? []), node]);
    return layers;
  };

  const how = (node) => (data.direction === "up" ? (node.hard ? "suffices alone" : "adds to it") : node.hard ? "stops" : "gets worse");
  const second = (node) => {
    if (node.layer === 0) return data.direction === "up" ? "failed" : "fails";
    if (node.kind === "hidden") return "";
    return node.count ? `${node.count.toLocaleString("en-US")} ${node.count === 1 ? "system" : "systems"}` : `${how(node)} · ${node.weight ?? ""}`;
  };
  // Begins with what the box shows, so that who speaks to the machine can say what he reads.
  const words = (node) => {
    const away = node.layer === 0 ? "" : `, ${node.layer} ${node.layer === 1 ? "step" : "steps"} away`;
    const worst = node.count ? `, the worst ${how(node)}` : node.agency ? `, ${node.agency}` : "";
    return `${node.label} ${second(node)}`.trim() + worst + away;
  };

  const draw = (by, focused) => {
    const { nodes, edges } = folded(by);
    const graph = new window.dagre.graphlib.Graph().setGraph({ rankdir: "LR", nodesep: 8, ranksep: 70, marginx: 8, marginy: 8, ranker: "tight-tree" });
    const layers = new Map(nodes.map((node) => [node.id, node.layer]));
    graph.setDefaultEdgeLabel(() => ({}));
    for (const node of nodes) graph.setNode(node.id, { width: WIDTH, height: HEIGHT });
    // Each box stands in the column of its step, however short the line to it could be.
    for (const edge of edges) graph.setEdge(edge.from, edge.to, { minlen: Math.max(1, Math.abs(layers.get(edge.to) - layers.get(edge.from))) });
    window.dagre.layout(graph);
    const size = graph.graph();
    const svg = make("svg", { viewBox: `0 0 ${Math.ceil(size.width)} ${Math.ceil(size.height)}`, width: Math.ceil(size.width), height: Math.ceil(size.height), role: "group", "aria-label": `${nodes.length} boxes in layers`, "aria-describedby": "g-help" });
    for (const edge of edges) {
      const a = graph.node(edge.from), b = graph.node(edge.to);
      const x1 = a.x + WIDTH / 2, x2 = b.x - WIDTH / 2, bend = Math.max(20, (x2 - x1) / 2);
      svg.append(make("path", { class: `sw-graph__edge${edge.hard ? "" : " sw-graph__edge--soft"}`, d: `M${x1} ${a.y}C${x1 + bend} ${a.y} ${x2 - bend} ${b.y} ${x2} ${b.y}` }));
    }
    const boxes = new Map();
    for (const node of nodes) {
      const at = graph.node(node.id), x = at.x - WIDTH / 2, y = at.y - HEIGHT / 2;
      const parts = [
        make("rect", { x, y, width: WIDTH, height: HEIGHT, rx: 3 }),
        // The inner drawing cuts off what is too long for the box; the whole is in its name.
        make("svg", { x: x + 8, y, width: WIDTH - 14, height: HEIGHT },
          make("text", { y: 16, class: "sw-graph__name" }, `${node.label} `),
          make("text", { y: 32, class: "sw-graph__more" }, second(node))),
      ];
      const kind = `sw-graph__node sw-graph__node--${node.kind}${node.layer === 0 ? " sw-graph__node--source" : node.hard ? " sw-graph__node--hard" : ""}`;
      const box = node.url
        ? make("a", { class: kind, href: node.url, tabindex: "-1", "aria-label": words(node) }, ...parts)
        : make("g", { class: kind, tabindex: "-1", role: node.key ? "button" : "img", "aria-label": words(node) + (node.key && !data.grouped ? ", Enter unfolds" : "") }, ...parts);
      boxes.set(node.id, { box, node, at });
      svg.append(box);
    }
    paper.replaceChildren(svg);
    const start = boxes.get(focused) ?? [...boxes.values()].find((one) => one.node.layer === 0);
    start?.box.setAttribute("tabindex", "0");
    walk(svg, boxes, edges, by);
    if (start) {
      paper.scrollTop = start.at.y - paper.clientHeight / 2;
      paper.scrollLeft = data.direction === "up" ? paper.scrollWidth : 0;
    }
    if (focused !== undefined && start) start.box.focus();
    said.textContent = `${nodes.length} boxes drawn.`;
  };

  // One box takes the tab key; arrows go along the lines, up and down within a column.
  const walk = (svg, boxes, edges, by) => {
    let current = [...boxes.values()].find((one) => one.box.getAttribute("tabindex") === "0");
    const go = (next) => {
      if (!next) return;
      current.box.setAttribute("tabindex", "-1");
      next.box.setAttribute("tabindex", "0");
      next.box.focus();
      next.box.scrollIntoView({ block: "nearest", inline: "nearest" });
      current = next;
    };
    const nearest = (some) => some.sort((a, b) => Math.abs(a.at.y - current.at.y) - Math.abs(b.at.y - current.at.y))[0];
    const unfold = (one) => {
      if (!one?.node.key || data.grouped) return false;
      opened.add(one.node.key);
      draw(by, one.node.inside[0].id);
      return true;
    };
    svg.addEventListener("focusin", (event) => {
      const on = [...boxes.values()].find((one) => one.box === event.target.closest(".sw-graph__node"));
      if (on) { current?.box.setAttribute("tabindex", "-1"); on.box.setAttribute("tabindex", "0"); current = on; }
    });
    svg.addEventListener("click", (event) => {
      if (unfold([...boxes.values()].find((one) => one.box === event.target.closest(".sw-graph__node")))) event.preventDefault();
    });
    svg.addEventListener("keydown", (event) => {
      if (!current || event.altKey || event.ctrlKey || event.metaKey) return;
      const id = current.node.id;
      const column = [...boxes.values()].filter((one) => Math.abs(one.at.x - current.at.x) < 1);
      const moves = {
        ArrowRight: () => nearest(edges.filter((edge) => edge.from === id).map((edge) => boxes.get(edge.to))),
        ArrowLeft: () => nearest(edges.filter((edge) => edge.to === id).map((edge) => boxes.get(edge.from))),
        ArrowUp: () => nearest(column.filter((one) => one.at.y < current.at.y)),
        ArrowDown: () => nearest(column.filter((one) => one.at.y > current.at.y)),
        Home: () => [...boxes.values()].find((one) => one.node.layer === 0),
      };
      if (moves[event.key]) { event.preventDefault(); go(moves[event.key]()); }
      else if ((event.key === "Enter" || event.key === " ") && unfold(current)) event.preventDefault();
    });
  };

  if (data.grouped) choice.querySelector('option[value=""]').remove();
  // What is many is folded: by agency, unless a column of agencies would be too long to take in at a glance.
  if (data.grouped || data.nodes.length > MANY) {
    const columns = [...group(folded("agency").nodes).values()].map((column) => column.length);
    choice.value = Math.max(...columns) > GLANCE ? "weight" : "agency";
  }
  choice.addEventListener("change", () => { opened.clear(); draw(choice.value); });
  section.hidden = false;
  draw(choice.value);
})();
