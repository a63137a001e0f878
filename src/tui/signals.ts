/** The signals that the menu offers, and which of them end a process, so that they are asked about. */
export interface SignalChoice {
  readonly name: string;
  readonly meaning: string;
  readonly kills: boolean;
}

export const signalChoices: readonly SignalChoice[] = [
  { name: 'HUP', meaning: 'read the configuration again, for many', kills: false },
  { name: 'USR1', meaning: "the program's own; often: reopen logs", kills: false },
  { name: 'USR2', meaning: "the program's own", kills: false },
  { name: 'WINCH', meaning: "the program's own", kills: false },
  { name: 'CONT', meaning: 'go on', kills: false },
  { name: 'STOP', meaning: 'stand still until CONT', kills: true },
  { name: 'INT', meaning: 'interrupt', kills: true },
  { name: 'TERM', meaning: 'end', kills: true },
  { name: 'QUIT', meaning: 'end; some: at once', kills: true },
  { name: 'ABRT', meaning: 'end with a core dump', kills: true },
  { name: 'KILL', meaning: 'end without a last word', kills: true },
];

export function signalKills(name: string): boolean {
  return signalChoices.find((choice) => choice.name === name)?.kills ?? true;
}
