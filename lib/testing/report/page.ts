// Builds the report's page: a single file that makes no requests.
import { summary } from "../failure.ts";
import type { Report, ReportEntry } from "../records.ts";
import { CLIENT } from "./client.ts";
import type { Embedded } from "./embed.ts";
import { STYLE } from "./style.ts";

/**
 * The HTML of the page. Pictures are text in their own elements; the script shows them on demand.
 */
export function page(report: Report, images: readonly Embedded[]): string {
  const numbers = new Map<string | undefined, number>(
    images.map(({ path }, index) => [path, index]),
  );
  const data = {
    startedAt: report.startedAt,
    counts: report.counts,
    failures: report.failures.map((entry) => viewOf(entry, numbers)),
    images: images.map(({ type, scale }) => ({ type, scale })),
  };
  const all = Object.values(report.counts).reduce((sum, count) => sum + count, 0);
  const failed = report.failures.length;
  const title = failed === 0 ? `All ${all} pictures match` : `${failed} of ${all} pictures failed`;
  return [
    '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${POLICY}">`,
    '<meta name="viewport" content="width=device-width">',
    '<meta name="color-scheme" content="light dark">',
    `<title>${title}</title>`,
    `<style>${STYLE}</style>\n</head>\n<body>`,
    BODY.replace("TITLE", title),
    `<script type="application/json" id="data">${inScript(JSON.stringify(data))}</script>`,
    ...images.map(
      ({ base64 }, i) => `<script type="text/plain" id="image-${i}">${base64}</script>`,
    ),
    `<script>${CLIENT}</script>\n</body>\n</html>\n`,
  ].join("\n");
}

const POLICY =
  "default-src 'none'; connect-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'";

/** Escapes JSON so that no text in it can close its script element. */
function inScript(json: string): string {
  return json.replaceAll("<", "\\u003c");
}

/** The data that the page shows of a failure; its images are numbers. */
function viewOf(entry: ReportEntry, numbers: ReadonlyMap<string | undefined, number>) {
  const { test, name, status, title, message, difference, environmentChanges } = entry;
  return {
    test,
    name,
    status,
    title,
    message,
    summary: difference && summary(difference),
    share: difference?.ratio,
    environmentChanges,
    expected: numbers.get(entry.expected),
    actual: numbers.get(entry.actual),
    diff: numbers.get(entry.diff),
  };
}

const BODY = `<header>
<h1>TITLE</h1>
<p id="run"></p>
<details id="environment" hidden><summary></summary><ul></ul></details>
</header>
<nav aria-label="Pictures">
<div class="tools">
<input id="search" type="search" placeholder="Search ( / )" aria-label="Search">
<div id="filters" role="group" aria-label="Filter"></div>
</div>
<ol id="list"></ol>
</nav>
<main>
<div id="views" role="group" aria-label="View">
<button type="button" data-view="side" title="1">Side by side</button>
<button type="button" data-view="slider" title="2">Slider</button>
<button type="button" data-view="diff" title="3">Difference</button>
<button type="button" id="zoom" title="z">Fit</button>
</div>
<section id="picture" aria-live="polite"></section>
<p id="keys"><kbd>j</kbd> <kbd>k</kbd> next, previous · <kbd>1</kbd> <kbd>2</kbd> <kbd>3</kbd> view · <kbd>←</kbd> <kbd>→</kbd> slider · <kbd>z</kbd> zoom · <kbd>/</kbd> search</p>
</main>`;
