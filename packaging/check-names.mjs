// Asks a running Prometheus for every metric that the dashboard and the alerts name:
// node check-names.mjs http://HOST:PORT DIR, where DIR has grafana-dashboard.json and alerts.yml.
import { readFileSync } from "node:fs";

const [, , prometheus, dir] = process.argv;
const dashboard = JSON.parse(readFileSync(`${dir}/grafana-dashboard.json`, "utf8"));
const expressions = dashboard.panels.flatMap((p) => p.targets.map((t) => t.expr));
for (const line of readFileSync(`${dir}/alerts.yml`, "utf8").split("\n")) {
  const found = line.match(/^\s*expr: (.*)$/);
  if (found) expressions.push(found[1]);
}

const names = new Set();
for (const expression of expressions) {
  const bare = expression
    .replaceAll(/\{[^}]*}|\[[^\]]*]|"[^"]*"|\b(by|without)\s*\([^)]*\)/g, " ")
    .replaceAll(/\b[a-z_]+\s*(?=\()|\b(or|and|unless|sum|max|topk)\b|\b[0-9.]+\b/g, " ");
  for (const [name] of bare.matchAll(/[a-z][a-z0-9_]+/g)) names.add(name);
}

// They have no sample while all is well.
const quiet = new Set(["quorate_certificate_ends_seconds", "stale_sessions_expired_by_cause", "quorate_health_finding"]);

let missing = 0;
async function ask(what, expression) {
  const answer = await fetch(`${prometheus}/api/v1/query?query=${encodeURIComponent(expression)}`);
  const { status, data, error } = await answer.json();
  if (status !== "success" || (data.result.length === 0 && !quiet.has(what))) {
    missing++;
    console.log(`${what}: ${error ?? "nothing"}`);
  }
}
for (const name of names) await ask(name, name);
for (const expression of expressions) {
  const answer = await fetch(`${prometheus}/api/v1/query?query=${encodeURIComponent(expression.replaceAll("$job", "quorate"))}`);
  if ((await answer.json()).status !== "success") {
    missing++;
    console.log(`${expression}: Prometheus does not understand it`);
  }
}
console.log(`${names.size} names, ${expressions.length} expressions, ${missing} missing`);
process.exit(missing ? 1 : 0);
