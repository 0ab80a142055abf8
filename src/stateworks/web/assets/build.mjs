// Compiles the style sheet and gathers what it and the pages use into static/stateworks/dist, which git ignores.
// Run by `make assets`; fails where the style sheet outgrows its budget.
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import * as sass from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const modules = resolve(here, "../../../../node_modules");
const uswds = join(modules, "@uswds/uswds");
const dist = resolve(here, "../static/stateworks/dist");
const budget = 60 * 1024;

// Copied as they are, from the package to the name that pages load them by.
const scripts = { "htmx.org/dist/htmx.min.js": "htmx.min.js", "@dagrejs/dagre/dist/dagre.min.js": "dagre.min.js" };
// Our own, for single pages that need them.
const own = ["impact-graph.js", "impact-graph.css", "outage-clock.js", "passkey.js"];

const { css } = sass.compile(join(here, "stateworks.scss"), {
  loadPaths: [here, join(uswds, "packages")],
  style: "compressed",
  quietDeps: true,
  silenceDeprecations: ["import", "global-builtin", "if-function"],
});

const compressed = gzipSync(css).length;
if (compressed > budget) {
  console.error(`The style sheet has ${compressed} bytes compressed; its budget is ${budget}. Leave out a component.`);
  process.exit(1);
}

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist, { recursive: true });

// Browsers that the product supports all read woff2: the other formats of a font are left out.
const lean = css.replace(/src:([^;}]*woff2[^;}]*)/g, (_, sources) => "src:" + sources.split(",").filter((one) => one.includes("woff2")));

const files = new Set([...lean.matchAll(/url\("?([^")]+)"?\)/g)].map((match) => match[1]).filter((url) => !url.startsWith("data:")));
for (const file of files) {
  const source = join(uswds, "dist", file);
  if (!existsSync(source)) {
    console.error(`The style sheet names ${file}, which the design system does not have; correct the theme's paths.`);
    process.exit(1);
  }
  mkdirSync(dirname(join(dist, file)), { recursive: true });
  cpSync(source, join(dist, file));
}
for (const [source, target] of Object.entries(scripts)) {
  cpSync(join(modules, source), join(dist, target));
}
for (const file of own) {
  cpSync(join(here, file), join(dist, file));
}
writeFileSync(join(dist, "stateworks.css"), lean);
// Compressed once here instead of at every request; the server takes them where the browser does.
for (const file of ["stateworks.css", ...Object.values(scripts), ...own]) {
  const content = readFileSync(join(dist, file));
  writeFileSync(join(dist, `${file}.gz`), gzipSync(content, { level: 9 }));
  writeFileSync(join(dist, `${file}.br`), brotliCompressSync(content));
}
console.log(`Built the page design: ${files.size} fonts and images, style sheet of ${(compressed / 1024).toFixed(1)} KB compressed.`);
