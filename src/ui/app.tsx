import { Static, Text, useInput } from 'ink';
import { type ReactNode, useEffect } from 'react';
import { Rows } from './components/rows.tsx';
import { COPY } from './copy.ts';
import { type Surface, SurfaceContext, useSurface, useWizard } from './hooks/use-wizard.ts';
import { loadScanner } from './scanner.ts';
import { BlockedScreen } from './screens/blocked.tsx';
import { CheckpointScreen } from './screens/checkpoint.tsx';
import { ExplainScreen } from './screens/explain.tsx';
import { FindingScreen } from './screens/finding.tsx';
import { FormScreen } from './screens/form.tsx';
import { HelpScreen } from './screens/help.tsx';
import { Overview } from './screens/overview.tsx';
import { SignOffScreen } from './screens/signoff.tsx';
import { MINIMUM, type Place } from './state.ts';

function ScreenOf({ place }: { place: Place }): ReactNode {
  switch (place.kind) {
    case 'overview':
      return <Overview place={place} />;
    case 'checkpoint':
      return <CheckpointScreen place={place} />;
    case 'finding':
      return <FindingScreen place={place} />;
    case 'blocked':
      return <BlockedScreen place={place} />;
    case 'explain':
      return <ExplainScreen place={place} />;
    case 'help':
      return <HelpScreen place={place} />;
    case 'signoff':
      return <SignOffScreen place={place} />;
    case 'form':
      return <FormScreen place={place} />;
  }
}

function Screen(): ReactNode {
  const { wizard, state, size } = useWizard();
  const { colour } = useSurface();
  // The one listener to keys, for as long as the wizard lives.
  useInput((input, key) => wizard.input(input, key));
  useEffect(() => {
    wizard.start();
    loadScanner().then(
      () => wizard.set({ scanner: true }),
      // Without the lexer SQL stays uncoloured; nothing else depends on it.
      () => {},
    );
  }, [wizard]);
  const small = size.columns < MINIMUM.columns || size.rows < MINIMUM.rows;
  const place = state.stack.at(-1);
  return (
    <>
      <Static items={[...state.log]}>{({ id, line }) => <Rows key={id} lines={[line]} colour={colour} />}</Static>
      {small ? (
        <Text wrap="truncate">{COPY.tooSmall(size.columns, size.rows)}</Text>
      ) : place ? (
        <ScreenOf place={place} />
      ) : null}
    </>
  );
}

/** The wizard's whole screen. */
export function App(surface: Surface): ReactNode {
  return (
    <SurfaceContext.Provider value={surface}>
      <Screen />
    </SurfaceContext.Provider>
  );
}
