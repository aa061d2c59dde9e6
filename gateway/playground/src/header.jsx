import { useId } from 'react';

/** The bar above GraphiQL: what this is, whose step the open tab is, and who is signed in. */
export function Header({ session, signIn, step }) {
  return (
    <header className="bar">
      <h1>
        <img src="./icon.svg" alt="" width="24" height="24" />
        Countersign
      </h1>
      <div className="side">
        {signIn.problem ? <p role="alert">{signIn.problem}</p> : <Hint session={session} signIn={signIn} step={step} />}
        {signIn.status === 'demo' && <UserSelect session={session} signIn={signIn} />}
        {signIn.status === 'paste' && <TokenField session={session} />}
        <button type="button" className="quiet" onClick={startOver} title="Open the tabs of the walk again">
          Start over
        </button>
      </div>
    </header>
  );
}

/** Offers the user whose step it is, when another is signed in. */
function Hint({ session, signIn, step }) {
  if (signIn.status !== 'demo' || !step) return null;
  const tenant = signIn.users.find(({ email }) => email === signIn.email)?.tenant;
  const actor = signIn.users.find((user) => user.tenant === tenant && user.email.startsWith(`${step.as}@`));
  if (!actor || actor.email === signIn.email) return null;
  return (
    <p className="hint" role="status">
      This step is the {step.as}’s.
      <button type="button" onClick={() => session.choose(actor.email)}>
        Switch
      </button>
    </p>
  );
}

function UserSelect({ session, signIn }) {
  const id = useId();
  const tenants = [...new Set(signIn.users.map(({ tenant }) => tenant))];
  return (
    <div className="field">
      <label htmlFor={id}>Signed in as</label>
      <select id={id} value={signIn.email} onChange={(event) => session.choose(event.target.value)}>
        {tenants.map((tenant) => (
          <optgroup key={tenant} label={tenant}>
            {signIn.users
              .filter((user) => user.tenant === tenant)
              .map(({ email, roles }) => (
                <option key={email} value={email} title={roles.join(', ')}>
                  {email}
                </option>
              ))}
          </optgroup>
        ))}
      </select>
    </div>
  );
}

function TokenField({ session }) {
  const id = useId();
  const submit = (event) => {
    event.preventDefault();
    session.paste(new FormData(event.currentTarget).get('token'));
  };
  return (
    <form className="field" onSubmit={submit}>
      <label htmlFor={id}>Bearer token</label>
      <input id={id} name="token" type="password" autoComplete="off" spellCheck={false} placeholder="Paste a token" />
      <button type="submit">Use</button>
    </form>
  );
}

function startOver() {
  for (const storage of [localStorage, sessionStorage]) {
    for (const name of Object.keys(storage)) {
      if (/^(graphiql|countersign):/.test(name)) storage.removeItem(name);
    }
  }
  location.reload();
}
