// Where the page is: the part of the address behind '#', so that the server needs to know nothing of views.

import { useEffect, useState } from "preact/hooks";

export interface Route {
  view: string;
  /** What follows the view's name, decoded. */
  rest: string;
}

export function parseRoute(hash: string): Route {
  const text = hash.replace(/^#\/?/, "");
  const slash = text.indexOf("/");
  const view = slash < 0 ? text : text.slice(0, slash);
  return { view: view || "ensemble", rest: slash < 0 ? "" : decode(text.slice(slash + 1)) };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export function routeTo(view: string, rest = ""): string {
  return `#/${view}${rest ? `/${encodeURIComponent(rest)}` : ""}`;
}

export function useRoute(): Route {
  const [route, setRoute] = useState(() => parseRoute(location.hash));
  useEffect(() => {
    const changed = (): void => setRoute(parseRoute(location.hash));
    addEventListener("hashchange", changed);
    return () => removeEventListener("hashchange", changed);
  }, []);
  return route;
}
