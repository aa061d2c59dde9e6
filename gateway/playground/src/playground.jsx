import { GraphiQL } from 'graphiql';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { createFetcher } from './fetcher.js';
import { Header } from './header.jsx';
import { createSession } from './session.js';
import { walk, welcome } from './walk.js';

const defaultTabs = walk.map(({ query, variables }) => ({
  query,
  variables: variables && JSON.stringify(variables, null, 2),
}));

/** GraphiQL on /graphql, with the walk's operations in its tabs and somebody signed in. */
export function Playground() {
  const session = useMemo(createSession, []);
  const [signIn, setSignIn] = useState(session.state());
  const [step, setStep] = useState(walk[0]);
  const fetcher = useMemo(() => createFetcher(session), [session]);

  useEffect(() => {
    session.onChange = setSignIn;
    session.load();
  }, [session]);

  const onTabChange = useCallback(({ tabs, activeTabIndex }) => {
    const name = tabs[activeTabIndex]?.operationName;
    setStep(walk.find(({ operation }) => operation === name));
  }, []);

  return (
    <>
      <Header session={session} signIn={signIn} step={step} />
      <main>
        {signIn.status === 'loading' ? null : (
          // A new token reads the schema again: without one, or with one that was wrong, it was refused.
          <GraphiQL
            key={signIn.epoch}
            fetcher={fetcher}
            defaultQuery={welcome}
            defaultTabs={defaultTabs}
            onTabChange={onTabChange}
            defaultEditorToolsVisibility="variables"
            shouldPersistHeaders={false}
          >
            <GraphiQL.Logo>
              <span />
            </GraphiQL.Logo>
          </GraphiQL>
        )}
      </main>
    </>
  );
}
