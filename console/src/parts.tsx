// Small pieces that every view is made of.

import type { ComponentChildren } from "preact";

export type Level = "good" | "warn" | "bad" | "idle";

export function Badge(props: { level: Level; children: ComponentChildren }) {
  return <span class={`badge ${props.level}`}>{props.children}</span>;
}

/** A block with a heading, and what belongs beside the heading. */
export function Panel(props: { title: string; aside?: ComponentChildren; children: ComponentChildren; class?: string }) {
  return (
    <section class={`panel ${props.class ?? ""}`}>
      <header>
        <h2>{props.title}</h2>
        {props.aside && <div class="aside">{props.aside}</div>}
      </header>
      {props.children}
    </section>
  );
}

/** Said where there is nothing to show: what would stand here, and why it does not. */
export function Empty(props: { children: ComponentChildren }) {
  return <p class="empty">{props.children}</p>;
}

export function Problem(props: { children: ComponentChildren }) {
  return (
    <p class="problem" role="alert">
      {props.children}
    </p>
  );
}

/** Names and values in a grid. */
export function Facts(props: { children: ComponentChildren }) {
  return <dl class="facts">{props.children}</dl>;
}

export function Fact(props: { name: string; children: ComponentChildren; hint?: string }) {
  return (
    <div title={props.hint}>
      <dt>{props.name}</dt>
      <dd>{props.children}</dd>
    </div>
  );
}

/** A line without axes: the shape of the last minutes. */
export function Sparkline(props: { values: number[]; label: string; slots: number }) {
  const { values, slots } = props;
  const max = Math.max(1e-9, ...values);
  const points = values.map((v, i) => {
    const x = ((slots - values.length + i) / (slots - 1)) * 100;
    return `${x.toFixed(2)},${(30 - (v / max) * 28).toFixed(2)}`;
  });
  const first = points[0]?.split(",")[0] ?? "100";
  return (
    <svg class="spark" viewBox="0 0 100 31" preserveAspectRatio="none" role="img" aria-label={props.label}>
      {points.length > 1 && (
        <>
          <polygon points={`${first},31 ${points.join(" ")} 100,31`} />
          <polyline points={points.join(" ")} vector-effect="non-scaling-stroke" />
        </>
      )}
    </svg>
  );
}
