// Who is signed in, and the form for it.

import { useEffect, useState } from "preact/hooks";
import { get, post } from "./api";
import { Problem } from "./parts";

export interface Access {
  loginEnabled: boolean;
  signedIn: boolean;
  mayLook: boolean;
}

let current: Access | undefined;
const listeners = new Set<(access: Access) => void>();

/** Asks the server anew, and tells whoever shows it. */
export async function refreshAccess(): Promise<void> {
  current = await get<Access>("access");
  for (const listener of listeners) {
    listener(current);
  }
}

export function useAccess(): Access | undefined {
  const [access, setAccess] = useState(current);
  useEffect(() => {
    listeners.add(setAccess);
    if (current) {
      setAccess(current);
    } else {
      refreshAccess().catch(() => undefined); // the page says elsewhere that the server is away
    }
    return () => {
      listeners.delete(setAccess);
    };
  }, []);
  return access;
}

export function SignIn() {
  const [password, setPassword] = useState("");
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    try {
      await post("login", { password });
      setProblem("");
      setPassword("");
      await refreshAccess();
    } catch (e) {
      setProblem((e as Error).message);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form class="signin" onSubmit={submit}>
      <label>
        Password
        <input
          type="password"
          autocomplete="current-password"
          value={password}
          onInput={(e) => setPassword(e.currentTarget.value)}
          required
        />
      </label>
      <button type="submit" class="primary" disabled={busy || !password}>
        {busy ? "Signing in…" : "Sign in"}
      </button>
      {problem && <Problem>{problem}</Problem>}
    </form>
  );
}

/** How to make changes possible, for a server that has no password. */
export function HowToEnable() {
  return (
    <>
      <p>Nothing can be changed from here: no password is configured, which is the default.</p>
      <p>
        To allow it, run <code>./quorate password</code>, put the line that it prints into the configuration file of
        this server, and start it again.
      </p>
    </>
  );
}

export async function signOut(): Promise<void> {
  await post("logout", {});
  await refreshAccess();
}
