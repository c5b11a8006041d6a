// Reports the placeholder of the repository's owner in package.json; --strict refuses it.
import { readFileSync } from "node:fs";

const PLACEHOLDER = "OWNER";
const { homepage, bugs, repository } = JSON.parse(readFileSync("package.json", "utf8"));
const urls = [homepage, bugs, repository.url];
const open = urls.filter((url) => url.includes(`/${PLACEHOLDER}/`));

if (open.length > 0) {
  console.log(
    `package.json: put the repository's owner in place of ${PLACEHOLDER} before publishing:`,
  );
  for (const url of open) console.log(`  ${url}`);
  process.exit(process.argv.includes("--strict") ? 1 : 0);
}
