// A question to the server as the state of a component: the answer, the error, or still waiting.

import { useCallback, useEffect, useState } from "preact/hooks";
import { command, get } from "./api";

export interface Asked<T> {
  answer?: T;
  problem?: string;
  asking: boolean;
  again: () => void;
}

/**
 * Asks when the question changes, and every so often if told to; an answer that comes too late is dropped. While the
 * same question is asked again the old answer stays.
 */
export function useAsk<T>(question: string, query: Record<string, string> = {}, everyMillis = 0): Asked<T> {
  return useAnswer<T>(get, question, query, everyMillis);
}

/** The same with an admin command. */
export function useCommand<T>(name: string, query: Record<string, string> = {}, everyMillis = 0): Asked<T> {
  return useAnswer<T>(command, name, query, everyMillis);
}

function useAnswer<T>(
  ask: <A>(question: string, query: Record<string, string>, signal: AbortSignal) => Promise<A>,
  question: string,
  query: Record<string, string>,
  everyMillis: number,
): Asked<T> {
  const key = `${question}?${new URLSearchParams(query)}`;
  const [state, setState] = useState<{ key: string; answer?: T; problem?: string }>({ key: "" });
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    ask<T>(question, query, abort.signal)
      .then((answer) => setState({ key, answer }))
      .catch((e: Error) => {
        if (!abort.signal.aborted) {
          setState((old) => ({ key, answer: old.key === key ? old.answer : undefined, problem: e.message }));
        }
      })
      .finally(() => {
        // Counted from the answer on: a slow server is not asked faster than it answers.
        if (everyMillis && !abort.signal.aborted) {
          timer = setTimeout(() => setTurn((t) => t + 1), everyMillis);
        }
      });
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [key, turn, everyMillis]);
  const again = useCallback(() => setTurn((t) => t + 1), []);
  const known = state.key === key;
  return { answer: known ? state.answer : undefined, problem: known ? state.problem : undefined, asking: !known, again };
}
