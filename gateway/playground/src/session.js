const EMAIL_KEY = 'countersign:email';

/**
 * Who is signed in. In demo mode the server lists its demo users and issues their tokens; otherwise a token is pasted.
 * A token lives in memory alone.
 */
export function createSession() {
  let users = [];
  let email;
  let pasted = '';
  let issued;
  let status = 'loading';
  let problem;
  let epoch = 0;

  const session = {
    onChange: () => {},

    /** `epoch` grows with each pasted token: what was read with the one before may be out of date. */
    state: () => ({ status, users, email, problem, epoch }),

    /** Finds out whether the server is in demo mode. */
    async load() {
      try {
        const response = await fetch('/demo/users');
        if (response.ok) {
          users = await response.json();
          const remembered = localStorage.getItem(EMAIL_KEY);
          const known = users.find((user) => user.email === remembered);
          email = (known ?? users.find((user) => user.email.startsWith('operator@')) ?? users[0])?.email;
          status = 'demo';
        } else {
          status = 'paste';
        }
      } catch {
        status = 'paste';
        problem = 'The server does not answer.';
      }
      changed();
    },

    choose(chosen) {
      email = chosen;
      issued = undefined;
      localStorage.setItem(EMAIL_KEY, chosen);
      changed();
    },

    paste(token) {
      pasted = token.trim().replace(/^Bearer\s+/i, '');
      epoch++;
      changed();
    },

    /** A token that is good for at least the next seconds, or undefined when nobody is signed in. */
    async token() {
      if (status !== 'demo') return pasted || undefined;
      if (!issued || issued.email !== email || Date.parse(issued.expiresAt) < Date.now() + 10_000) {
        issued = { email, ...(await issue(email)) };
      }
      return issued.token;
    },
  };

  function changed() {
    session.onChange(session.state());
  }
  return session;
}

async function issue(email) {
  const response = await fetch('/demo/token', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ email }),
  });
  if (!response.ok) throw new Error(`No token for ${email}: the server answered ${response.status}`);
  return response.json();
}
