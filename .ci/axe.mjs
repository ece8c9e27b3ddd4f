// Runs axe-core over start pages of packs, as a reader opens them: from disk, in Chromium, in light and in dark colours,
// on a wide screen and on a narrow one. Prints every violation and ends with 1 if there is any.
//
// Usage: node .ci/axe.mjs TOOLS PAGE...
// TOOLS is the folder into which playwright-core and axe-core were installed with `npm install --prefix TOOLS`.
// Set CHROMIUM to the browser's path if it is not /usr/bin/chromium.

import { createRequire } from "node:module";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [tools, ...pages] = process.argv.slice(2);
if (!tools || pages.length === 0) {
  console.error("usage: node axe.mjs TOOLS PAGE...");
  process.exit(2);
}

const require = createRequire(resolve(tools, "package.json"));
const { chromium } = require("playwright-core");
const axe = require.resolve("axe-core/axe.min.js");

const rules = { runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"] };
const views = ["light", "dark"].flatMap((colorScheme) =>
  [1280, 380].map((width) => ({ colorScheme, viewport: { width, height: 900 } })),
);

/** Returns what is wrong with one page in one view, a line for each element. */
async function faults(browser, page, view) {
  const context = await browser.newContext(view);
  const tab = await context.newPage();
  const found = [];
  tab.on("requestfailed", (request) => found.push(`could not load ${request.url()}`));
  await tab.goto(pathToFileURL(resolve(page)).href);
  await tab.addScriptTag({ path: axe });
  const result = await tab.evaluate((options) => globalThis.axe.run(document, options), rules);
  for (const { id, help, nodes } of result.violations) {
    for (const node of nodes) found.push(`${id}: ${help} at ${node.target.join(" ")}`);
  }
  if (result.passes.length === 0) found.push("axe-core checked nothing");
  const [wide, room] = await tab.evaluate(() => {
    const root = document.documentElement;
    return [root.scrollWidth, root.clientWidth];
  });
  if (wide > room) found.push(`the page is ${wide} px wide and has to be scrolled sideways`);
  await context.close();
  return found;
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu"],
});
let total = 0;
try {
  for (const page of pages) {
    for (const view of views) {
      const found = await faults(browser, page, view);
      found.forEach((fault) => console.log(`${page} (${view.colorScheme}, ${view.viewport.width} px): ${fault}`));
      total += found.length;
    }
  }
} finally {
  await browser.close();
}
console.log(`${pages.length} start pages in ${views.length} views: ${total} violations`);
process.exit(total === 0 ? 0 : 1);
