// Lines over time, by uPlot: colours from the page's own, the cursor shared between all charts of a view.

import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { bytes, figure } from "./format";

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

/** Steps between ticks of bytes: powers of two, so that they are whole KiB and MiB. */
const BYTE_STEPS = Array.from({ length: 50 }, (_, i) => 2 ** i);
const CLOSE_SECONDS = 600;

/** Hours and minutes, and seconds where the ticks are close. */
function clock(seconds: number, close: boolean): string {
  return new Date(seconds * 1000).toTimeString().slice(0, close ? 8 : 5);
}

function options(title: string, series: Series[], width: number, format: (n: number) => string, ofBytes: boolean): uPlot.Options {
  const quiet = colour("--quiet");
  const line = colour("--line");
  const axis = { stroke: quiet, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1, size: 4 }, font: "11px system-ui" };
  return {
    width,
    height: HEIGHT,
    padding: [6, 10, 0, 0],
    cursor: { sync: { key: "time" }, points: { size: 6 }, y: false },
    legend: { live: true, markers: { fill: (_, i) => (i > 0 ? colour(COLOURS[i - 1] ?? "--accent") : "transparent") } },
    scales: { y: { range: (_, min, max) => [Math.min(0, min), max > 0 ? max * 1.08 : 1] } },
    axes: [
      {
        ...axis,
        size: 28,
        space: 70,
        values: (plot, ticks) => {
          const { min, max } = plot.scales.x ?? {};
          return ticks.map((t) => clock(t, (max ?? 0) - (min ?? 0) < CLOSE_SECONDS));
        },
      },
      { ...axis, size: 62, values: (_, ticks) => ticks.map(format), ...(ofBytes ? { incrs: BYTE_STEPS } : {}) },
    ],
    series: [
      // Where nothing is pointed at, the last point is told.
      { label: "Time", value: (plot, t) => clock(t ?? plot.data[0].at(-1) ?? 0, true) },
      ...series.map((s, i) => ({
        label: s.label,
        stroke: colour(COLOURS[i] ?? "--accent"),
        width: 1.4,
        points: { show: false },
        value: (plot: uPlot, v: number | null, at: number, index: number | null) => {
          const shown = index === null ? plot.data[at]?.at(-1) : v;
          return shown === null || shown === undefined ? "–" : format(shown);
        },
      })),
    ],
    title: undefined,
    id: `chart-${title.replace(/\W+/g, "-").toLowerCase()}`,
  };
}

export function Chart(props: { title: string; times: number[]; series: Series[]; bytes?: boolean }) {
  const holder = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const format = props.bytes ? bytes : figure;
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
      plot.current = new uPlot(options(props.title, props.series, box.clientWidth, format, props.bytes ?? false), latest.current, box);
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
