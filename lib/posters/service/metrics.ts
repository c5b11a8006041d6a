// The metrics of a service, in the text format that Prometheus reads.
import type { RendererStats } from "../statistics.ts";

/** Requests by status, and how long they took. */
export interface Metrics {
  count(status: number, milliseconds: number): void;
  read(renderer: RendererStats): string;
}

type Row = [labels: Record<string, string | number>, value: number];

/** Upper bounds of the histogram's buckets, in seconds. */
const BUCKETS = [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export function createMetrics(): Metrics {
  const statuses = new Map<number, number>();
  const buckets = BUCKETS.map((le) => ({ le, count: 0 }));
  let sum = 0;
  let all = 0;
  return {
    count(status, milliseconds) {
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      sum += milliseconds / 1000;
      all++;
      for (const bucket of buckets) if (milliseconds / 1000 <= bucket.le) bucket.count++;
    },
    read(stats) {
      const one = (value: number): Row[] => [[{}, value]];
      const rows = <Value>(
        values: Record<string, Value>,
        label: string,
        read: (value: Value) => number,
      ) => Object.entries(values).map(([name, value]): Row => [{ [label]: name }, read(value)]);
      const { fetches } = stats;
      return [
        family("http_requests_total", "counter", "Requests answered.", [
          ...[...statuses].map(([status, value]): Row => [{ status }, value]),
        ]),
        family(
          "http_request_seconds",
          "histogram",
          "Time to an answer.",
          [],
          [
            ...buckets.map(({ le, count }) => line("http_request_seconds_bucket", { le }, count)),
            line("http_request_seconds_bucket", { le: "+Inf" }, all),
            line("http_request_seconds_sum", {}, sum),
            line("http_request_seconds_count", {}, all),
          ],
        ),
        family("queued", "gauge", "Posters that wait for a process.", one(stats.queued)),
        family("active", "gauge", "Posters that a process has.", one(stats.active)),
        family("processes", "gauge", "Processes that can take posters.", one(stats.ready)),
        family("restarts_total", "counter", "Processes that ended early.", one(stats.restarts)),
        family("rendered_total", "counter", "Posters made.", one(stats.rendered)),
        family("rendered_bytes_total", "counter", "Their bytes.", one(stats.bytes)),
        family(
          "failed_total",
          "counter",
          "Posters that failed.",
          rows(stats.failed, "code", Number),
        ),
        family(
          "stage_seconds_total",
          "counter",
          "Time by stage.",
          rows(stats.stages, "stage", (ms) => Number(ms) / 1000),
        ),
        family(
          "fetches_total",
          "counter",
          "Fetches by origin.",
          rows(fetches, "origin", ({ count }) => count),
        ),
        family(
          "fetches_failed_total",
          "counter",
          "Those that failed.",
          rows(fetches, "origin", ({ failed }) => failed),
        ),
        family(
          "fetches_cached_total",
          "counter",
          "Those that were there already.",
          rows(fetches, "origin", ({ cached }) => cached),
        ),
      ].join("");
    },
  };
}

const PREFIX = "wx_canvas_";

function family(name: string, type: string, help: string, rows: Row[], lines: string[] = []) {
  const own = rows.map(([labels, value]) => line(name, labels, value));
  const head = `# HELP ${PREFIX}${name} ${help}\n# TYPE ${PREFIX}${name} ${type}\n`;
  return head + [...own, ...lines].join("");
}

function line(name: string, labels: Row[0], value: number): string {
  const pairs = Object.entries(labels).map(([key, text]) => `${key}=${JSON.stringify(`${text}`)}`);
  return `${PREFIX}${name}${pairs.length > 0 ? `{${pairs.join()}}` : ""} ${value}\n`;
}
