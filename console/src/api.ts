// What the server is asked. Every answer is JSON; an error says why in its field `error`.

export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

export interface Member {
  id: number;
  self: boolean;
  voter: boolean;
  address?: string;
  client?: string;
  state?: string;
  note?: string;
  version?: string;
  zxid?: string;
  latency?: string;
  received?: string;
  sent?: string;
  connections?: string;
  outstanding?: string;
  znodes?: string;
}

export interface RoleChange {
  atMillis: number;
  role: string;
  leader: number;
  epoch: number;
  /** Why, as far as the server knows. */
  reason: string;
}

export interface Overview {
  atMillis: number;
  version: string;
  serverId: number;
  standalone: boolean;
  mode: string;
  serving: boolean;
  leader: number;
  epoch: number;
  quorum: { voters: number; alive: number; needed?: number; margin?: number };
  members: Member[];
  here: {
    uptimeMillis: number;
    zxid: string;
    znodes: number;
    dataBytes: number;
    memoryBytes: number;
    memoryLimitBytes: number;
    sessions: number;
    ephemerals: number;
    watches: number;
    connections: number;
    outstanding: number;
    received: number;
    sent: number;
    slowSyncs: number;
  };
  history: RoleChange[];
}

/** Something that a person should know of the server, with the page that tells more. */
export interface Finding {
  id: string;
  level: "notice" | "warning" | "critical";
  says: string;
  advice: string;
  /** Its path on this server. */
  page: string;
}

/** Of the admin command `health`: the findings, the worst first. */
export interface Health {
  findings: Finding[];
}

async function answer<T>(response: Response): Promise<T> {
  const text = await response.text();
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new ApiError(response.status, `the server said: ${text.slice(0, 200) || response.statusText}`);
  }
  if (!response.ok) {
    const said = (body as { error?: string }).error;
    throw new ApiError(response.status, said ?? response.statusText);
  }
  return body as T;
}

export async function get<T>(question: string, query: Record<string, string> = {}, signal?: AbortSignal): Promise<T> {
  const search = new URLSearchParams(query).toString();
  return answer<T>(await fetch(`./api/${question}${search ? `?${search}` : ""}`, { signal }));
}

/** One of the admin commands, which stand beside the console. */
export async function command<T>(name: string, query: Record<string, string> = {}, signal?: AbortSignal): Promise<T> {
  commands ??= get<{ commandUrl: string }>("access").then((access) => access.commandUrl);
  const search = new URLSearchParams(query).toString();
  const answered = await answer<T & { error?: string | null }>(
    await fetch(`${await commands}/${name}${search ? `?${search}` : ""}`, { signal }),
  );
  if (answered.error) {
    throw new ApiError(200, answered.error);
  }
  return answered;
}

let commands: Promise<string> | undefined;

export async function post<T>(change: string, body: unknown): Promise<T> {
  return answer<T>(
    await fetch(`./api/${change}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Quorate-Console": "1" },
      body: JSON.stringify(body),
    }),
  );
}

export interface Child {
  name: string;
  children: number;
  bytes: number;
  kind: "persistent" | "ephemeral" | "container" | "ttl";
  mtimeMillis: number;
}

export interface ChildrenPage {
  path: string;
  total: number;
  hidden?: boolean;
  sorted?: boolean;
  more?: boolean;
  complete?: boolean;
  children: Child[];
}

export interface Znode {
  path: string;
  kind: Child["kind"];
  owner?: string;
  ttlMillis?: number;
  hidden?: boolean;
  truncated?: boolean;
  /** In Base64; missing for no data at all. */
  data?: string;
  acl?: { scheme: string; id: string; perms: number }[];
  stat: {
    czxid: string;
    mzxid: string;
    pzxid: string;
    ctimeMillis: number;
    mtimeMillis: number;
    version: number;
    cversion: number;
    aversion: number;
    dataLength: number;
    childCount: number;
  };
}

export interface Watchers {
  tooMany?: boolean;
  count?: number;
  sessions?: string[];
}

export interface SessionRow {
  id: string;
  timeoutMillis: number;
  ephemerals: number;
  expiresMillis?: number;
  watches?: number;
  client?: string;
  sinceMillis?: number;
  lastReplyMillis?: number;
  received?: number;
  underWay?: number;
  averageMillis?: number;
  maxMillis?: number;
}

export interface SessionList {
  total: number;
  found: number;
  sessions: SessionRow[];
}

export interface SessionDetail {
  id: string;
  ephemeralCount: number;
  ephemerals: string[];
  watchCount: number;
  watches: string[];
}
