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
  role: "LOOKING" | "LEADING" | "FOLLOWING" | "OBSERVING";
  leader: number;
  epoch: number;
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
