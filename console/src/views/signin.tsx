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
          <p>Signing in shows the tree and lets you change it.</p>
          <SignIn />
        </>
      ) : (
        <HowToEnable />
      )}
    </Panel>
  );
}
