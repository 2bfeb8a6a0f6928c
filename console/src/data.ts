// A znode's bytes in the forms that people read.

export type Form = "text" | "json" | "hex";

export function bytesOf(base64: string): Uint8Array {
  const binary = atob(base64);
  return Uint8Array.from(binary, (c) => c.charCodeAt(0));
}

/** The text, if the bytes are one: UTF-8 without control characters. */
export function textOf(bytes: Uint8Array, cut: boolean): string | undefined {
  // A text that was cut may end within a character.
  for (let less = 0; less <= (cut ? 3 : 0); less++) {
    try {
      const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(0, bytes.length - less));
      // biome-ignore lint: control characters are what is looked for
      return /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/.test(text) ? undefined : text;
    } catch {
      // not a text, or not up to here
    }
  }
  return undefined;
}

/** The text set out as JSON, if it is an object or an array. */
export function jsonOf(text: string | undefined): string | undefined {
  if (!text || !/^\s*[[{]/.test(text)) {
    return undefined;
  }
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return undefined;
  }
}

/** Offset, sixteen bytes, and what of them is printable. */
export function hexOf(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const row = [...bytes.subarray(at, at + 16)];
    const hex = row.map((b) => b.toString(16).padStart(2, "0"));
    const left = hex.slice(0, 8).join(" ").padEnd(23);
    const right = hex.slice(8).join(" ").padEnd(23);
    const text = row.map((b) => (b >= 0x20 && b < 0x7f ? String.fromCharCode(b) : "·")).join("");
    lines.push(`${at.toString(16).padStart(6, "0")}  ${left}  ${right}  ${text}`);
  }
  return lines.join("\n");
}
