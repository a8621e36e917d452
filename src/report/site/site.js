"use strict";
(async () => {
  const KINDS = ["model", "source", "seed", "snapshot", "exposure", "metric", "semantic_model", "saved_query",
    "function", "analysis", "test", "unit_test", "operation", "macro"];
  const TESTS = new Set(["test", "unit_test"]);

  // An element with attributes and children; text is always text, never markup.
  const el = (name, attributes = {}, ...children) => fill(document.createElement(name), attributes, children);
  const svg = (name, attributes = {}, ...children) =>
    fill(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
  function fill(node, attributes, children) {
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    node.append(...children.flat().filter((child) => child !== null && child !== undefined));
    return node;
  }

  async function data(id) {
    const text = document.getElementById(id).textContent.trim();
    if (text) return JSON.parse(text);
    const answer = await fetch(`${id}.json`);
    return answer.ok ? answer.json() : {};
  }

  const main = document.getElementById("main");
  let manifest, catalog;
  try {
    [manifest, catalog] = await Promise.all([data("manifest"), data("catalog")]);
  } catch (problem) {
    main.replaceChildren(el("p", {}, `manifest.json cannot be read (${problem.message}). Serve this folder with `,
      el("code", {}, "docs serve"), ", or make one file with ", el("code", {}, "docs generate --static"), "."));
    return;
  }

  const nodes = new Map();
  for (const key of ["nodes", "sources", "exposures", "metrics", "semantic_models", "saved_queries", "unit_tests",
    "functions", "macros"]) {
    for (const [id, node] of Object.entries(manifest[key] || {})) {
      nodes.set(id, { ...node, resource_type: node.resource_type || "macro" });
    }
  }
  const parents = manifest.parent_map || {}, children = manifest.child_map || {};
  const tables = { ...(catalog.nodes || {}), ...(catalog.sources || {}) };
  const project = (manifest.metadata && manifest.metadata.project_name) || "Documentation";
  document.getElementById("project").textContent = project;
  document.title = project;

  const named = (node) => node.resource_type === "source" ? `${node.source_name}.${node.name}`
    : node.version !== null && node.version !== undefined ? `${node.name}.v${node.version}` : node.name;
  const isShown = (node) => !(node.docs && node.docs.show === false)
    && (node.resource_type !== "macro" || node.package_name === project);
  const address = (id) => `#!/${nodes.get(id).resource_type}/${id}`;
  const link = (id) => nodes.has(id)
    ? el("a", { href: address(id), title: id }, named(nodes.get(id))) : el("span", {}, id);
  const byName = (a, b) => named(nodes.get(a)).localeCompare(named(nodes.get(b)));

  // What a search looks into, in lower case, made once.
  const haystack = new Map([...nodes].map(([id, node]) => [id, [id, named(node), node.description,
    ...(node.tags || []), ...Object.values(node.columns || {}).map((column) => `${column.name} ${column.description}`)]
    .join("\n").toLowerCase()]));

  // ---------------------------------------------------------------- the list

  const search = document.getElementById("search"), kind = document.getElementById("kind");
  const present = KINDS.filter((name) => [...nodes.values()].some((node) => node.resource_type === name && isShown(node)));
  kind.append(el("option", { value: "" }, "All but tests"),
    ...present.map((name) => el("option", { value: name }, name.replace("_", " "))));

  function drawList() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = ([id, node]) => isShown(node)
      && (kind.value ? node.resource_type === kind.value : !TESTS.has(node.resource_type))
      && words.every((word) => haystack.get(id).includes(word));
    const groups = new Map(present.map((name) => [name, []]));
    for (const [id, node] of [...nodes].filter(fits)) groups.get(node.resource_type)?.push(id);
    const here = current();
    document.getElementById("list").replaceChildren(...[...groups].filter(([, ids]) => ids.length).flatMap(([name, ids]) => [
      el("h3", {}, `${name.replace("_", " ")} · ${ids.length}`),
      ...ids.sort(byName).map((id) => {
        const item = link(id);
        if (id === here) item.className = "here";
        return item;
      }),
    ]));
  }

  // ---------------------------------------------------------------- text

  // Paragraphs, lists, headings, code, bold, italics and links of Markdown; all else as it stands.
  function prose(text) {
    const out = [];
    for (const block of (text || "").split(/```(?:\w*\n)?([\s\S]*?)```/).entries()) {
      const [at, part] = block;
      if (at % 2) { out.push(el("pre", {}, part)); continue; }
      for (const paragraph of part.split(/\n\s*\n/).map((piece) => piece.trim()).filter(Boolean)) {
        const lines = paragraph.split("\n");
        const heading = /^#{1,6}\s+(.*)$/.exec(lines[0]);
        if (heading) {
          out.push(el("p", {}, el("strong", {}, inline(heading[1]))));
          lines.shift();
        }
        if (lines.length && lines.every((line) => /^\s*[-*]\s+/.test(line))) {
          out.push(el("ul", {}, lines.map((line) => el("li", {}, inline(line.replace(/^\s*[-*]\s+/, ""))))));
        } else if (lines.length) {
          out.push(el("p", {}, inline(lines.join("\n"))));
        }
      }
    }
    return out;
  }

  function inline(text) {
    const out = [];
    let rest = text;
    const mark = /`([^`]+)`|\*\*([^*]+)\*\*|\*([^*\s][^*]*)\*|\[([^\]]+)\]\((https?:[^)\s]+|#[^)\s]*)\)/;
    for (let found = mark.exec(rest); found; found = mark.exec(rest)) {
      out.push(rest.slice(0, found.index));
      const [whole, code, bold, italic, label, href] = found;
      out.push(code ? el("code", {}, code) : bold ? el("strong", {}, bold) : italic ? el("em", {}, italic)
        : el("a", { href, rel: "noreferrer" }, label));
      rest = rest.slice(found.index + whole.length);
    }
    return [...out, rest];
  }

  // ---------------------------------------------------------------- a node

  const section = (title, ...content) => content.flat().filter(Boolean).length
    ? [el("h2", {}, title), ...content.flat().filter(Boolean)] : [];
  const links = (ids) => el("ul", {}, ids.map((id) => el("li", {}, link(id), " ",
    el("span", { class: "quiet" }, (nodes.get(id) || {}).resource_type || ""))));

  function facts(id, node, table) {
    const config = node.config || {};
    const stats = Object.values((table && table.stats) || {}).filter((stat) => stat.include);
    const owner = node.owner && (node.owner.name || node.owner.email);
    const rows = [
      ["Relation", node.relation_name], ["Materialized", config.materialized],
      ["Kind", table && table.metadata.type], ["Owner", (table && table.metadata.owner) || owner],
      ["Package", node.package_name], ["File", node.original_file_path], ["Access", node.access],
      ["Group", node.group], ["Contract", config.contract && config.contract.enforced ? "enforced" : null],
      ["Loader", node.loader], ["Address", node.url],
      ...stats.map((stat) => [stat.label, String(stat.value)]),
      ["Meta", node.meta && Object.keys(node.meta).length ? JSON.stringify(node.meta) : null],
    ].filter(([, value]) => value);
    return el("dl", { class: "facts" }, rows.flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]));
  }

  function columns(id, node, table) {
    const described = Object.values(node.columns || {}), actual = Object.values((table && table.columns) || {});
    const known = new Map(described.map((column) => [column.name.toLowerCase(), column]));
    const order = actual.sort((a, b) => a.index - b.index).map((column) => [column.name, column]);
    const seen = new Set(order.map(([name]) => name.toLowerCase()));
    for (const column of described) if (!seen.has(column.name.toLowerCase())) order.push([column.name, null]);
    if (!order.length) return [];
    const tests = new Map();
    for (const child of (children[id] || []).map((child) => nodes.get(child)).filter((child) => child && child.column_name)) {
      const name = child.column_name.toLowerCase();
      const title = (child.test_metadata && child.test_metadata.name) || child.name;
      tests.set(name, [...(tests.get(name) || []), el("a", { href: address(child.unique_id), class: "tag" }, title)]);
    }
    const row = ([name, found]) => {
      const own = known.get(name.toLowerCase()) || {};
      return el("tr", {}, el("td", {}, el("code", {}, name)), el("td", {}, (found && found.type) || own.data_type || ""),
        el("td", {}, prose(own.description || (found && found.comment) || "")), el("td", {}, tests.get(name.toLowerCase()) || ""));
    };
    return [el("table", {}, el("thead", {}, el("tr", {}, ["Column", "Type", "Description", "Tests"].map((head) => el("th", {}, head)))),
      el("tbody", {}, order.map(row)))];
  }

  // The neighbourhood as layers from left to right: two steps up, two steps down.
  function lineage(id) {
    const layers = new Map([[id, 0]]), steps = 2;
    for (const [map, sign] of [[parents, -1], [children, 1]]) {
      let front = [id];
      for (let step = 1; step <= steps; step++) {
        front = front.flatMap((at) => map[at] || []).filter((next) => nodes.has(next)
          && !layers.has(next) && !TESTS.has(nodes.get(next).resource_type));
        front.forEach((next) => layers.set(next, sign * step));
      }
    }
    if (layers.size < 2) return [];
    const byLayer = new Map();
    for (const [at, layer] of layers) byLayer.set(layer, [...(byLayer.get(layer) || []), at]);
    const [width, height, gap] = [200, 26, 60];
    const least = Math.min(...byLayer.keys()), tallest = Math.max(...[...byLayer.values()].map((ids) => ids.length));
    const place = new Map();
    for (const [layer, ids] of byLayer) ids.sort(byName).forEach((at, index) => place.set(at,
      [10 + (layer - least) * (width + gap), 10 + (index + (tallest - ids.length) / 2) * (height + 12)]));
    const size = [20 + byLayer.size * (width + gap) - gap, 8 + tallest * (height + 12)];
    const wires = [...layers.keys()].flatMap((at) => (children[at] || []).filter((to) => place.has(to)).map((to) => {
      const [[x, y], [u, v]] = [place.get(at), place.get(to)];
      const [from, end, bend] = [x + width, u, (x + width + u) / 2];
      return svg("path", { class: "wire", d: `M${from} ${y + 13} C${bend} ${y + 13} ${bend} ${v + 13} ${end} ${v + 13}` });
    }));
    const boxes = [...place].map(([at, [x, y]]) => {
      const name = named(nodes.get(at));
      return svg("a", { href: address(at) }, svg("g", { class: `${nodes.get(at).resource_type}${at === id ? " here" : ""}` },
        svg("title", {}, at), svg("rect", { x, y, width, height, rx: 4 }),
        svg("text", { x: x + 8, y: y + 17 }, name.length > 28 ? `${name.slice(0, 27)}…` : name)));
    });
    return [svg("svg", { viewBox: `0 0 ${size[0]} ${size[1]}`, style: `max-width:${size[0]}px` }, wires, boxes)];
  }

  function drawNode(id) {
    const node = nodes.get(id), table = tables[id];
    const ids = (map) => (map[id] || []).slice().sort((a, b) => a.localeCompare(b));
    const up = ids(parents), down = ids(children).filter((child) => nodes.has(child));
    const tests = down.filter((child) => TESTS.has(nodes.get(child).resource_type));
    const language = node.compiled_code ? "Compiled" : null;
    main.replaceChildren(
      el("h1", {}, named(node)),
      el("div", {}, el("span", { class: "tag" }, node.resource_type.replace("_", " ")),
        (node.tags || []).map((tag) => el("span", { class: "tag" }, tag))),
      facts(id, node, table), ...prose(node.description),
      ...section("Columns", columns(id, node, table)),
      ...section("Lineage", lineage(id)),
      ...section("Reads from", up.length ? links(up) : null),
      ...section("Read by", down.length > tests.length ? links(down.filter((child) => !tests.includes(child))) : null),
      ...section("Tests", tests.length ? links(tests) : null),
      ...section("Source", node.raw_code || node.macro_sql ? el("pre", {}, node.raw_code || node.macro_sql) : null),
      ...section("Compiled", language ? el("pre", {}, node.compiled_code) : null));
    main.scrollTop = 0;
  }

  function drawOverview() {
    const overviews = Object.values(manifest.docs || {}).filter((doc) => doc.name === "__overview__");
    const own = overviews.find((doc) => doc.package_name === project);
    const rows = present.map((name) => [name, [...nodes.values()].filter((node) => node.resource_type === name && isShown(node)).length]);
    main.replaceChildren(el("h1", {}, project), ...(own ? prose(own.block_contents) : []),
      el("dl", { class: "facts" }, rows.flatMap(([name, count]) => [el("dt", {}, name.replace("_", " ")), el("dd", {}, String(count))])),
      el("p", { class: "quiet" }, `Made ${(manifest.metadata || {}).generated_at || ""}`));
  }

  function current() {
    const id = decodeURIComponent(location.hash.split("?")[0].split("/").pop().replace(/^#!?/, ""));
    return nodes.has(id) ? id : null;
  }

  function draw() {
    const id = current();
    if (id) drawNode(id); else drawOverview();
    drawList();
  }
  search.addEventListener("input", drawList);
  kind.addEventListener("change", drawList);
  addEventListener("hashchange", draw);
  draw();
})();
