import { HowToEnable, SignIn, signOut, useAccess } from "../access";
import { Empty, Panel } from "../parts";

export function Account() {
  const access = useAccess();
  if (!access) {
    return <Empty>Asking the server…</Empty>;
  }
  if (access.signedIn) {
    return (
      <Panel title="Signed in" class="narrow">
        <p>
          You may change znodes, end sessions and change the members of the ensemble. Access lists do not bind you. A
          login ends after half an hour without use, and when the server stops.
        </p>
        <p class="actions">
          <button type="button" onClick={() => void signOut()}>
            Sign out
          </button>
        </p>
      </Panel>
    );
  }
  return (
    <Panel title={access.loginEnabled ? "Sign in" : "Read only"} class="narrow">
      {access.loginEnabled ? (
        <>
          <p>Signing in shows the ensemble and its tree, and lets you change them.</p>
          <SignIn />
        </>
      ) : (
        <HowToEnable />
      )}
    </Panel>
  );
}

/** In place of each view, to who may not look. */
export function Locked() {
  const access = useAccess();
  return (
    <Panel title="Sign in to look at this" class="narrow">
      {access?.loginEnabled ? (
        <>
          <p>A password is set on this server: its state and its tree are shown to who knows it.</p>
          <SignIn />
        </>
      ) : (
        <p>
          Clients have to authenticate on this server. Its state is shown to who signs in, and no password for that is
          configured: see <code>./quorate password</code>.
        </p>
      )}
    </Panel>
  );
}
