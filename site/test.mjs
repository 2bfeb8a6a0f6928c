// The site in a real browser: every page of its navigation opens and is no wider than a phone, the search finds what is
// there, no link of its own is broken, nothing is fetched from outside. Run by site/test, which builds the site first.
import assert from "node:assert/strict";
import { createReadStream, existsSync, mkdirSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const DIST = fileURLToPath(new URL(".vitepress/dist", import.meta.url));
const SHOTS = process.env.SHOTS ?? join(process.cwd(), "screenshots");
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".woff2": "font/woff2", ".json": "application/json" };
const SHOWN = ["", "docs/start", "docs/concepts", "docs/configuration", "docs/runbook", "docs/findings/disk-fills-up", "docs/recipes", "docs/performance", "ARCHITECTURE"];
const PRESSES_MAX = 30;
const LOOKS = {
  light: { viewport: { width: 1380, height: 900 }, colorScheme: "light" },
  dark: { viewport: { width: 1380, height: 900 }, colorScheme: "dark" },
  phone: { viewport: { width: 390, height: 844 }, colorScheme: "light" },
};

let passed = 0;
let failed = 0;
async function test(name, body) {
  try {
    await body();
    passed++;
    console.log(`ok      ${name}`);
  } catch (e) {
    failed++;
    console.log(`FAILED  ${name}\n        ${e.message.split("\n").join("\n        ")}`);
  }
}

const server = createServer((request, response) => {
  const path = normalize(decodeURIComponent(new URL(request.url, "http://x").pathname));
  let file = join(DIST, path.endsWith("/") ? `${path}index.html` : path);
  if (!existsSync(file) && existsSync(`${file}.html`)) {
    file += ".html";
  }
  if (!existsSync(file) || !statSync(file).isFile()) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, { "Content-Type": TYPES[extname(file)] ?? "application/octet-stream" });
  createReadStream(file).pipe(response);
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const home = `http://127.0.0.1:${server.address().port}/`;

mkdirSync(SHOTS, { recursive: true });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"],
});
const outside = [];
const missing = [];
async function open(route, options) {
  const page = await browser.newPage(options);
  page.on("request", (r) => /^(data:|blob:)/.test(r.url()) || r.url().startsWith(home) || outside.push(r.url()));
  page.on("response", (r) => r.status() >= 400 && missing.push(`${r.status()} ${r.url()}`));
  await page.goto(home + route);
  await page.locator("main h1").first().waitFor();
  return page;
}

try {
  for (const route of SHOWN) {
    for (const [look, options] of Object.entries(LOOKS)) {
      await test(`${route || "the first page"} is shown, ${look}`, async () => {
        const page = await open(route, options);
        await page.screenshot({ path: join(SHOTS, `${route.replaceAll("/", "-") || "index"}-${look}.png`) });
        const [inner, whole] = await page.evaluate(() => [innerWidth, document.documentElement.scrollWidth]);
        assert.ok(whole <= inner, `the page is ${whole} wide in a window of ${inner}`);
        await page.close();
      });
    }
  }
  const links = new Map();
  await test("every page of the navigation opens", async () => {
    const page = await open("", LOOKS.light);
    const hrefs = await page.locator(".VPSidebar a[href]").evaluateAll((all) => all.map((a) => a.href));
    assert.ok(hrefs.length > 30, `${hrefs.length} links`);
    for (const href of new Set(hrefs)) {
      await page.goto(href);
      await page.locator("main h1").first().waitFor();
      links.set(href, await page.locator("main a[href]").evaluateAll((all) => all.map((a) => a.href)));
    }
    await page.close();
  });
  await test("no link within the site leads nowhere, sections included", async () => {
    const page = await open("", LOOKS.light);
    const wanted = new Map();
    for (const [from, all] of links) {
      for (const href of all.filter((h) => h.startsWith(home))) {
        const [to, section] = href.split("#");
        wanted.set(to, (wanted.get(to) ?? new Map()).set(section ?? "", from));
      }
    }
    const broken = [];
    for (const [to, sections] of wanted) {
      const answer = await page.request.get(to);
      const text = await answer.text();
      for (const [section, from] of sections) {
        if (!answer.ok() || (section && !text.includes(`id="${decodeURIComponent(section)}"`))) {
          broken.push(`${to.slice(home.length)}${section ? `#${section}` : ""} of ${from.slice(home.length)}`);
        }
      }
    }
    assert.deepEqual(broken, []);
    await page.close();
  });
  await test("the search finds a finding's page by its name", async () => {
    const page = await open("", LOOKS.light);
    const box = page.locator(".VPLocalSearchBox input");
    for (let i = 0; i < PRESSES_MAX && !(await box.isVisible()); i++) { // the page is shown before its script listens
      await page.keyboard.press("Control+k");
      await box.waitFor({ timeout: 1000 }).catch(() => {});
    }
    await box.fill("disk fills up");
    const first = page.locator(".VPLocalSearchBox .result").first();
    await first.waitFor();
    await page.screenshot({ path: join(SHOTS, "search.png") });
    assert.match(await first.innerText(), /disk-fills-up/);
    await page.keyboard.press("Enter");
    await page.waitForURL(/findings\/disk-fills-up/);
    await page.close();
  });
  await test("nothing is fetched from outside, and nothing is missing", () => assert.deepEqual([outside, missing], [[], []]));
} finally {
  await browser.close();
  server.close();
}
console.log(`screenshots: ${SHOTS}`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
