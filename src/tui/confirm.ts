/** Which wishes are asked about before they are carried out: those that end a process, or lose what cannot be had back. */
import { keyOf, type Model, type ProcessRow, type Target, targetName, type Wish } from './model.ts';
import { signalKills } from './signals.ts';

/** The question, or null when none is needed. */
export function confirmation(model: Model, { verb, target, signal }: Wish): string | null {
  const who = whom(model, target);
  switch (verb) {
    case 'start':
      return null;
    case 'stop':
      return `Stop ${who}?`;
    case 'restart':
      return `Restart ${who}? It is down in between.`;
    case 'signal':
      return signalKills(signal) ? `Send SIG${signal} to ${who}?` : null;
    case 'clear':
      return `Empty the logs of ${who}? What they hold is lost.`;
    case 'reload': {
      const kills = membersOf(model, target).some(({ extras, pid }) => extras?.strategy === 'restart' && pid !== 0);
      return kills ? `Reload ${who}? Its reload_strategy is restart: it is down in between.` : null;
    }
  }
}

function whom(model: Model, target: Target): string {
  const members = membersOf(model, target);
  const [only] = members;
  if (target.name === null)
    return `the ${members.length} process${members.length === 1 ? '' : 'es'} of ${target.group}`;
  return only === undefined || only.pid === 0 ? targetName(target) : `${targetName(target)} (pid ${only.pid})`;
}

export function membersOf(model: Model, { group, name }: Target): readonly ProcessRow[] {
  if (name === null) return [...model.processes.values()].filter((process) => process.group === group);
  const process = model.processes.get(keyOf({ group, name }));
  return process === undefined ? [] : [process];
}
