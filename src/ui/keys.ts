import {
  actUnder,
  applicable,
  canAcknowledge,
  canApprove,
  canAttest,
  canSign,
  canWaive,
  type KeyContext,
  needsFinding,
  needsFix,
  readOnly,
  type ScreenKind,
} from './key-rules.ts';

export type ActionId =
  | 'up'
  | 'down'
  | 'page-up'
  | 'page-down'
  | 'first'
  | 'last'
  | 'open'
  | 'back'
  | 'next'
  | 'filter'
  | 'only-blockers'
  | 'rerun'
  | 'rerun-all'
  | 'attest'
  | 'waive'
  | 'acknowledge'
  | 'revoke'
  | 'approve'
  | 'why-blocked'
  | 'copy'
  | 'studio'
  | 'explain'
  | 'migration'
  | 'apply'
  | 'bundle'
  | 'sign'
  | 'help'
  | 'quit'
  | 'field-next'
  | 'field-previous'
  | 'cancel'
  | 'filter-done'
  | 'filter-clear';

export interface Binding {
  id: ActionId;
  /** Keys that do it, the one shown first. */
  keys: readonly string[];
  /** How the keys are written in footer and help. */
  shown: string;
  /** Two words for the footer. */
  label: string;
  /** A sentence for help and documentation. */
  description: string;
  screens: readonly ScreenKind[];
  /** Place in the footer, lowest first; absent from it when undefined. */
  footer?: number;
  /** Why it does nothing here, or null when it does. */
  disabledReason?(context: KeyContext): string | null;
}

const LISTS: readonly ScreenKind[] = ['overview', 'checkpoint', 'blocked'];
const SCROLLED: readonly ScreenKind[] = [...LISTS, 'finding', 'signoff', 'explain', 'help'];
const MAIN: readonly ScreenKind[] = ['overview', 'checkpoint', 'finding', 'signoff', 'blocked', 'explain'];
const WORK: readonly ScreenKind[] = ['checkpoint', 'finding'];

/** Every key of the wizard, as data: footer, help and documentation derive from this table. */
export const BINDINGS: readonly Binding[] = [
  { id: 'up', keys: ['up', 'k'], shown: '↑ k', label: 'up', description: 'Move up.', screens: SCROLLED },
  {
    id: 'down',
    keys: ['down', 'j'],
    shown: '↑↓',
    label: 'move',
    description: 'Move down (also j; k moves up).',
    screens: SCROLLED,
    footer: 1,
  },
  {
    id: 'page-up',
    keys: ['pageup', 'ctrl-b'],
    shown: 'PgUp',
    label: 'page up',
    description: 'Move up by a page.',
    screens: SCROLLED,
  },
  {
    id: 'page-down',
    keys: ['pagedown', 'ctrl-f', ' '],
    shown: 'PgDn',
    label: 'page down',
    description: 'Move down by a page.',
    screens: SCROLLED,
  },
  { id: 'first', keys: ['g', 'home'], shown: 'g', label: 'first', description: 'Go to the top.', screens: SCROLLED },
  { id: 'last', keys: ['G', 'end'], shown: 'G', label: 'last', description: 'Go to the bottom.', screens: SCROLLED },
  {
    id: 'open',
    keys: ['enter', 'l', 'right'],
    shown: '⏎',
    label: 'open',
    description: 'Open what is under the cursor.',
    screens: LISTS,
    footer: 2,
  },
  {
    id: 'back',
    keys: ['escape', 'h', 'left'],
    shown: 'Esc',
    label: 'back',
    description: 'Go back.',
    screens: ['checkpoint', 'finding', 'signoff', 'blocked', 'explain', 'help'],
    footer: 12,
  },
  {
    id: 'attest',
    keys: ['a'],
    shown: 'a',
    label: 'answer',
    description: 'Answer the question under the cursor, or attest by hand a check that could not run.',
    screens: ['checkpoint'],
    footer: 4,
    disabledReason: canAttest,
  },
  {
    id: 'waive',
    keys: ['w'],
    shown: 'w',
    label: 'waive',
    description: 'Accept the finding for a time: reason, risk, control, owner, days.',
    screens: WORK,
    footer: 5,
    disabledReason: canWaive,
  },
  {
    id: 'acknowledge',
    keys: ['n'],
    shown: 'n',
    label: 'note',
    description: 'Acknowledge a medium finding with a note.',
    screens: WORK,
    footer: 6,
    disabledReason: canAcknowledge,
  },
  {
    id: 'copy',
    keys: ['c', 'y'],
    shown: 'c',
    label: 'copy fix',
    description: 'Copy the fix to the clipboard.',
    screens: WORK,
    footer: 4,
    disabledReason: needsFix,
  },
  {
    id: 'apply',
    keys: ['x'],
    shown: 'x',
    label: 'apply fix',
    description: 'Apply the fix to the demo’s database or repository (demo only).',
    screens: WORK,
    footer: 3,
    disabledReason: (context) =>
      context.view.canApply
        ? (readOnly(context) ?? needsFinding(context) ?? applicable(context))
        : 'supaready applies fixes to its own demo only; copy it (c) or write a migration (m)',
  },
  {
    id: 'migration',
    keys: ['m'],
    shown: 'm',
    label: 'migration',
    description: 'Write the fix as a new migration file.',
    screens: WORK,
    footer: 7,
    disabledReason: needsFix,
  },
  {
    id: 'studio',
    keys: ['o'],
    shown: 'o',
    label: 'Studio',
    description: 'Open the object in Supabase Studio.',
    screens: WORK,
    footer: 9,
    disabledReason: (context) =>
      needsFinding(context) ??
      (context.studio === null ? 'the project ref is not known, so Studio has no page for it' : null),
  },
  {
    id: 'explain',
    keys: ['e'],
    shown: 'e',
    label: 'explain',
    description: 'Say what a check or checkpoint looks at, why, and its source.',
    screens: ['overview', 'checkpoint', 'finding'],
    footer: 8,
  },
  {
    id: 'revoke',
    keys: ['u'],
    shown: 'u',
    label: 'take back',
    description: 'Take back a waiver, an acknowledgement, an answer, or a sign-off that waits for approval.',
    screens: [...WORK, 'signoff'],
    footer: 7,
    disabledReason: (context) =>
      readOnly(context) ?? (actUnder(context) === null ? 'there is nothing to take back here' : null),
  },
  {
    id: 'approve',
    keys: ['p'],
    shown: 'p',
    label: 'approve',
    description: 'Agree as the second person: to a waiver, an answer, or on the last screen the sign-off.',
    screens: [...WORK, 'signoff'],
    footer: 5,
    disabledReason: canApprove,
  },
  {
    id: 'rerun',
    keys: ['r'],
    shown: 'r',
    label: 're-run',
    description: 'Run the checks of this checkpoint again.',
    screens: ['overview', 'checkpoint', 'finding', 'signoff'],
    footer: 3,
    disabledReason: readOnly,
  },
  {
    id: 'rerun-all',
    keys: ['R'],
    shown: 'R',
    label: 'run all',
    description: 'Run every check again.',
    screens: ['overview', 'checkpoint', 'signoff'],
    footer: 8,
    disabledReason: readOnly,
  },
  {
    id: 'filter',
    keys: ['/'],
    shown: '/',
    label: 'filter',
    description: 'Show only what contains the words you type.',
    screens: ['checkpoint', 'help'],
    footer: 6,
  },
  {
    id: 'only-blockers',
    keys: ['!'],
    shown: '!',
    label: 'blockers',
    description: 'Show only what holds the checkpoint back, or everything again.',
    screens: ['checkpoint'],
    footer: 9,
  },
  {
    id: 'why-blocked',
    keys: ['b'],
    shown: 'b',
    label: 'why blocked',
    description: 'List everything that holds it back, and the next step.',
    screens: ['overview', 'checkpoint', 'finding', 'signoff'],
    footer: 7,
  },
  {
    id: 'next',
    keys: ['tab'],
    shown: 'Tab',
    label: 'next to do',
    description: 'Go to the next thing to do.',
    screens: ['overview', 'checkpoint', 'finding', 'signoff'],
    footer: 10,
  },
  {
    id: 'sign',
    keys: ['s'],
    shown: 's',
    label: 'sign-off',
    description: 'Show the sign-off matrix and the decision; there, sign.',
    screens: ['overview', 'checkpoint', 'signoff'],
    footer: 9,
    disabledReason: (context) => (context.screen === 'signoff' ? canSign(context) : null),
  },
  {
    id: 'bundle',
    keys: ['B'],
    shown: 'B',
    label: 'bundle',
    description: 'Write the hand-off bundle.',
    screens: ['overview', 'signoff'],
    footer: 10,
    disabledReason: readOnly,
  },
  {
    id: 'field-next',
    keys: ['enter', 'tab'],
    shown: '⏎',
    label: 'next',
    description: 'Go to the next field.',
    screens: ['form'],
    footer: 1,
  },
  {
    id: 'field-previous',
    keys: ['shift-tab', 'up'],
    shown: '↑',
    label: 'field before',
    description: 'Go to the field before.',
    screens: ['form'],
    footer: 2,
  },
  {
    id: 'cancel',
    keys: ['escape'],
    shown: 'Esc',
    label: 'drop it',
    description: 'Leave the form; nothing is recorded.',
    screens: ['form'],
    footer: 3,
  },
  {
    id: 'filter-done',
    keys: ['enter'],
    shown: '⏎',
    label: 'keep filter',
    description: 'Go to the list with the filter on.',
    screens: ['filter'],
    footer: 1,
  },
  {
    id: 'filter-clear',
    keys: ['escape'],
    shown: 'Esc',
    label: 'clear',
    description: 'Clear the filter.',
    screens: ['filter'],
    footer: 2,
  },
  {
    id: 'help',
    keys: ['?'],
    shown: '?',
    label: 'help',
    description: 'Show every key, and why some do nothing here.',
    screens: MAIN,
    footer: 90,
  },
  {
    id: 'quit',
    keys: ['q'],
    shown: 'q',
    label: 'save, quit',
    description: 'Leave; everything is saved already (Ctrl-C does the same).',
    screens: MAIN,
    footer: 91,
  },
];

const BY_KEY = new Map<ScreenKind, Map<string, Binding>>();
for (const binding of BINDINGS) {
  for (const screen of binding.screens) {
    const keys = BY_KEY.get(screen) ?? new Map<string, Binding>();
    for (const key of binding.keys) keys.set(key, binding);
    BY_KEY.set(screen, keys);
  }
}

/** What a key means on a screen, or null. */
export function bindingOf(screen: ScreenKind, key: string): Binding | null {
  return BY_KEY.get(screen)?.get(key) ?? null;
}

/** Bindings of a screen in table order, with the reason why one does nothing. */
export function bindingsOn(context: KeyContext): { binding: Binding; disabled: string | null }[] {
  return BINDINGS.filter((binding) => binding.screens.includes(context.screen)).map((binding) => ({
    binding,
    disabled: binding.disabledReason?.(context) ?? null,
  }));
}

/** The keys as a Markdown table for the documentation. */
export function keysMarkdown(): string {
  const rows = BINDINGS.map((one) => {
    const keys = one.keys.map((key) => `\`${key === ' ' ? 'space' : key}\``).join(' ');
    return `| ${keys} | ${one.screens.join(', ')} | ${one.description} |`;
  });
  return ['| keys | where | what |', '|---|---|---|', ...rows].join('\n');
}
