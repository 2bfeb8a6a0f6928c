// The site is made of docs/ and the pages at the top, which site/build puts into .pages under the same names.
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitepress";

const page = (text, link) => ({ text, link });
const findings = readdirSync(fileURLToPath(new URL("../../docs/findings", import.meta.url)))
  .sort()
  .map((file) => page(file.replace(".md", ""), `/docs/findings/${file.replace(".md", "")}`));

export default defineConfig({
  title: "Quorate",
  description: "A coordination service that is ZooKeeper to its users",
  srcDir: ".pages",
  cleanUrls: false,
  lastUpdated: false,
  markdown: {
    // What looks like a tag in these pages is text: <zoo.cfg>.
    config: (md) => md.set({ html: false }),
  },
  // Links from a page to sources, which are no pages.
  ignoreDeadLinks: [/^(\.\.\/)*(\.\/)?(LICENSE|compat|examples|bench|cli|node|packaging|console|fuzz|site)\b/],
  // Pages that are one great table have no list of sections beside it.
  transformPageData: (page) => {
    if (["docs/configuration.md", "docs/metrics.md"].includes(page.relativePath)) {
      page.frontmatter.aside = false;
    }
  },
  themeConfig: {
    search: { provider: "local" },
    outline: [2, 3],
    nav: [
      page("Start", "/docs/start"),
      page("Run it", "/docs/running"),
      page("Build on it", "/docs/recipes"),
      page("Figures", "/docs/performance"),
    ],
    sidebar: [
      {
        text: "Begin",
        items: [
          page("In five minutes", "/docs/start"),
          page("Concepts", "/docs/concepts"),
          page("One word per idea", "/docs/glossary"),
          page("From ZooKeeper and back", "/docs/migration"),
        ],
      },
      {
        text: "Run it",
        items: [
          page("Running a server", "/docs/running"),
          page("Packages", "/docs/packaging"),
          page("Configuration", "/docs/configuration"),
          page("Security", "/docs/security"),
          page("The console", "/docs/console"),
          { ...page("Runbook", "/docs/runbook"), collapsed: true, items: findings },
          page("Who does what", "/docs/insight"),
          page("Metrics", "/docs/metrics"),
          page("Backup", "/docs/backup"),
          page("The data directory", "/docs/data-directory"),
          page("Odd servers", "/docs/peers"),
          page("Sick disks and machines", "/docs/reliability"),
        ],
      },
      {
        text: "Build on it",
        items: [
          page("Recipes in five languages", "/docs/recipes"),
          page("The toolkit for databases", "/docs/cluster"),
          page("An example database", "/docs/example"),
          page("The test kit", "/docs/testkit"),
          page("Kafka", "/docs/kafka"),
          page("HBase", "/docs/hbase"),
          page("Hive", "/docs/hive"),
          page("Cassandra", "/docs/cassandra"),
        ],
      },
      {
        text: "How it is made",
        items: [
          page("Architecture", "/ARCHITECTURE"),
          page("Performance", "/docs/performance"),
          page("Capacity", "/docs/capacity"),
          page("Compatibility", "/docs/compat"),
          page("Simulation", "/docs/simulation"),
          page("Decisions", "/docs/decisions/"),
          page("Releases", "/docs/release"),
          page("Contributing", "/CONTRIBUTING"),
          page("Threat model", "/SECURITY"),
          page("Changes", "/CHANGELOG"),
        ],
      },
    ],
  },
});
