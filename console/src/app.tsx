import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useAccess } from "./access";
import { useLive } from "./live";
import { Badge } from "./parts";
import { routeTo, useRoute } from "./route";
import { applyTheme, theme, type Theme } from "./theme";
import { Activity } from "./views/activity";
import { Backups } from "./views/backups";
import { Configuration } from "./views/configuration";
import { Ensemble } from "./views/ensemble";
import { Sessions } from "./views/sessions";
import { ShardView } from "./views/shards";
import { Account, Locked } from "./views/signin";
import { Traffic } from "./views/traffic";
import { Tree } from "./views/tree";

interface View {
  name: string;
  title: string;
  component: ComponentType<{ rest: string }>;
}

const VIEWS: View[] = [
  { name: "ensemble", title: "Ensemble", component: Ensemble },
  { name: "traffic", title: "Traffic", component: Traffic },
  { name: "tree", title: "Tree", component: Tree },
  { name: "sessions", title: "Sessions", component: Sessions },
  { name: "shards", title: "Shards", component: ShardView },
  { name: "activity", title: "Activity", component: Activity },
  { name: "backups", title: "Backups", component: Backups },
  { name: "configuration", title: "Configuration", component: Configuration },
];

const ACCOUNT: View = { name: "account", title: "Account", component: Account };

export function App() {
  const route = useRoute();
  const access = useAccess();
  const view = [...VIEWS, ACCOUNT].find((v) => v.name === route.view) ?? VIEWS[0];
  const mayLook = access?.mayLook ?? false;
  const Content = mayLook || view === ACCOUNT ? view?.component : access && Locked;
  const title = view?.title ?? "";
  useEffect(() => {
    document.title = `${title} · Quorate`;
    // On a phone the views are a row that scrolls.
    document.querySelector("nav a[aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });
  }, [title]);
  useKeys();
  return (
    <div class="page">
      <a class="skip" href="#content" onClick={skip}>
        Skip to the content
      </a>
      <nav aria-label="Views">
        <a class="brand" href={routeTo("ensemble")}>
          <img src="./icon.svg" alt="" width="26" height="26" />
          Quorate
        </a>
        <ul>
          {VIEWS.map((v, i) => (
            <li key={v.name}>
              <a href={routeTo(v.name)} aria-current={v === view ? "page" : undefined} title={`Key ${i + 1}`}>
                {v.title}
              </a>
            </li>
          ))}
        </ul>
        <ThemeChoice />
      </nav>
      <main id="content" tabIndex={-1}>
        <header class="top">
          <h1>{title}</h1>
          <div class="where">
            {mayLook ? <Where /> : <AccountLink />}
          </div>
        </header>
        {Content && <Content rest={route.rest} />}
        <footer class="narrow-only">
          <ThemeChoice />
        </footer>
      </main>
    </div>
  );
}

/** Which server this is, and whether it tells by itself what becomes of it. */
function Where() {
  const live = useLive();
  return (
    <>
      {live.overview && (
        <span>
          server {live.overview.serverId} · {live.overview.mode}
        </span>
      )}
      <AccountLink />
      <Badge level={live.connected ? "good" : "warn"}>{live.connected ? "live" : "connecting…"}</Badge>
    </>
  );
}

/** Says what this browser may do, and leads to where that can be changed. */
function AccountLink() {
  const access = useAccess();
  if (!access) {
    return null;
  }
  const text = access.signedIn ? "signed in" : access.loginEnabled ? "sign in" : "read only";
  return <a href={routeTo("account")}>{text}</a>;
}

function skip(event: Event): void {
  event.preventDefault(); // the address is the view's
  document.getElementById("content")?.focus();
}

/** 1, 2, 3 … go to the views, / to the search field, as long as nothing is being typed. */
function useKeys(): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      const target = event.target as HTMLElement;
      if (event.ctrlKey || event.metaKey || event.altKey || target.closest("input, textarea, select")) {
        return;
      }
      const view = VIEWS[Number(event.key) - 1];
      if (view) {
        location.hash = routeTo(view.name);
      } else if (event.key === "/") {
        const search = document.querySelector<HTMLInputElement>("main input[type=search]");
        if (search) {
          event.preventDefault();
          search.focus();
        }
      }
    };
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  }, []);
}

function ThemeChoice() {
  const [chosen, setChosen] = useState<Theme>(theme());
  return (
    <label class="theme">
      <span>Appearance</span>
      <select
        value={chosen}
        onChange={(event) => {
          const next = event.currentTarget.value as Theme;
          applyTheme(next);
          setChosen(next);
        }}
      >
        <option value="system">System</option>
        <option value="light">Light</option>
        <option value="dark">Dark</option>
      </select>
    </label>
  );
}
