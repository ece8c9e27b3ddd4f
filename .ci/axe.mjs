// Runs axe-core over start pages of packs and class reports, as a reader opens them: from disk, in Chromium, in light and in dark colours,
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

/** Opens a page and writes down what it cannot load and what its script or its security policy complains of. */
async function open(context, page, found) {
  const tab = await context.newPage();
  tab.on("requestfailed", (request) => found.push(`could not load ${request.url()}`));
  tab.on("pageerror", (error) => found.push(`script: ${error.message}`));
  tab.on("console", (message) => message.type() === "error" && found.push(`browser: ${message.text()}`));
  await tab.goto(pathToFileURL(resolve(page)).href);
  return tab;
}

/** Uses the filter of a class report, if the page has one, under the page's own security policy. */
async function filter(browser, page) {
  const context = await browser.newContext();
  const found = [];
  const tab = await open(context, page, found);
  const form = tab.locator("form.filter");
  if ((await form.count()) > 0) {
    if (!(await form.isVisible())) found.push("the filter is not offered: the script did not run");
    else {
      await tab.fill("input[name=text]", "no learner has this name");
      const told = await tab.textContent("#shown");
      if (!told.startsWith("0 of ")) found.push(`the filter says: ${told}`);
    }
  }
  await context.close();
  return found;
}

/** Returns what is wrong with one page in one view, a line for each element. */
async function faults(browser, page, view) {
  // axe-core is a script of its own, which the policy of a class report would refuse.
  const context = await browser.newContext({ ...view, bypassCSP: true });
  const found = [];
  const tab = await open(context, page, found);
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
    const refused = await filter(browser, page);
    refused.forEach((fault) => console.log(`${page}: ${fault}`));
    total += refused.length;
    for (const view of views) {
      const found = await faults(browser, page, view);
      found.forEach((fault) => console.log(`${page} (${view.colorScheme}, ${view.viewport.width} px): ${fault}`));
      total += found.length;
    }
  }
} finally {
  await browser.close();
}
console.log(`${pages.length} pages in ${views.length} views: ${total} violations`);
process.exit(total === 0 ? 0 : 1);
