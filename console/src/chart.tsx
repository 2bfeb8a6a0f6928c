// Lines over time, by uPlot: colours from the page's own, the cursor shared between all charts of a view.

import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { figure } from "./format";

export interface Series {
  label: string;
  values: (number | null)[];
}

const HEIGHT = 170;
const COLOURS = ["--accent", "--warn", "--bad"];

function colour(name: string): string {
  // A custom property of light-dark() is resolved where it is used.
  const probe = document.createElement("i");
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
}

function options(title: string, series: Series[], width: number, format: (n: number) => string): uPlot.Options {
  const quiet = colour("--quiet");
  const line = colour("--line");
  const axis = { stroke: quiet, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1, size: 4 }, font: "11px system-ui" };
  return {
    width,
    height: HEIGHT,
    cursor: { sync: { key: "time" }, points: { size: 6 }, y: false },
    legend: { live: true },
    scales: { y: { range: (_, min, max) => [Math.min(0, min), max > 0 ? max * 1.08 : 1] } },
    axes: [
      { ...axis, values: (_, ticks) => ticks.map((t) => new Date(t * 1000).toTimeString().slice(0, 5)), space: 64 },
      { ...axis, size: 62, values: (_, ticks) => ticks.map(format) },
    ],
    series: [
      { label: "Time", value: (_, t) => (t ? new Date(t * 1000).toTimeString().slice(0, 8) : "–") },
      ...series.map((s, i) => ({
        label: s.label,
        stroke: colour(COLOURS[i] ?? "--accent"),
        width: 1.4,
        points: { show: false },
        value: (_: uPlot, v: number | null) => (v === null ? "–" : format(v)),
      })),
    ],
    title: undefined,
    id: `chart-${title.replace(/\W+/g, "-").toLowerCase()}`,
  };
}

export function Chart(props: { title: string; times: number[]; series: Series[]; format?: (n: number) => string }) {
  const holder = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const format = props.format ?? figure;
  const data: uPlot.AlignedData = [props.times, ...props.series.map((s) => s.values)];
  const latest = useRef(data);
  latest.current = data;

  useEffect(() => {
    const box = holder.current;
    if (!box) {
      return;
    }
    const draw = (): void => {
      plot.current?.destroy();
      plot.current = new uPlot(options(props.title, props.series, box.clientWidth, format), latest.current, box);
    };
    draw();
    const resized = new ResizeObserver(() => {
      if (plot.current && plot.current.width !== box.clientWidth) {
        plot.current.setSize({ width: box.clientWidth, height: HEIGHT });
      }
    });
    resized.observe(box);
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    scheme.addEventListener("change", draw);
    const themed = new MutationObserver(draw);
    themed.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    return () => {
      resized.disconnect();
      themed.disconnect();
      scheme.removeEventListener("change", draw);
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, [props.title]);

  useEffect(() => {
    plot.current?.setData(data);
  }, [props.times]);

  return <div class="chart" ref={holder} role="img" aria-label={`${props.title} over time`} />;
}
