// Checks manifests against Kubernetes' own schemas, as the npm package kubernetes-models has them: values by its JSON
// schemas, names of fields by its types, which TypeScript compares.
// node check-manifests.mjs FILE DIR, where DIR/node_modules has kubernetes-models, js-yaml and typescript.
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { readFileSync, writeFileSync } from "node:fs";

const [, , file, dir] = process.argv;
const require = createRequire(`${dir}/`);
const manifests = require("js-yaml").loadAll(readFileSync(file, "utf8"));

let wrong = 0;
const typed = manifests.map((manifest, i) => {
  const { kind, apiVersion, metadata } = manifest;
  const module = `kubernetes-models/${apiVersion}/${kind}`;
  try {
    new (require(module)[kind])(manifest).validate();
    console.log(`${apiVersion} ${kind} ${metadata.name}: its values are legal`);
  } catch (e) {
    wrong++;
    console.log(`${apiVersion} ${kind} ${metadata.name}: ${e.message}`);
  }
  return `import type { I${kind} as T${i} } from "${module}";\nexport const m${i}: T${i} = ${JSON.stringify(manifest, null, 1)};\n`;
});

writeFileSync(`${dir}/manifests.ts`, typed.join("\n"));
const tsc = spawnSync(
  process.execPath,
  [require.resolve("typescript/bin/tsc"), "--noEmit", "--strict", "--skipLibCheck", "--moduleResolution", "node10", "--ignoreDeprecations", "5.0", `${dir}/manifests.ts`],
  { encoding: "utf8", cwd: dir },
);
if (tsc.status !== 0) {
  wrong++;
  console.log(tsc.stdout);
} else {
  console.log("all fields have names that Kubernetes knows");
}
process.exit(wrong ? 1 : 0);
