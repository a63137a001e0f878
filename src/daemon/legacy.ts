/** Whether there is a state that an earlier daemon with this configuration has left, and whether it is of any use now. */
import { childrenIn, readCarried } from '../core/carried-lines.ts';
import { ownTexts } from '../core/log-texts.ts';
import type { StartMessage } from '../core/spec.ts';
import type { Os } from '../os/os.ts';
import { StateFile } from '../os/state-file.ts';
import { ownIdentity } from '../runtime/carry.ts';
import type { Legacy } from '../runtime/taking-up.ts';

export interface FoundLegacy {
  readonly legacy: Legacy | null;
  /** Where this daemon is to leave its own state; null: another one that lives has its there. */
  readonly file: StateFile | null;
  readonly messages: readonly StartMessage[];
}

export function stateFileIn(runtimeDirectory: string): StateFile {
  return new StateFile(`${runtimeDirectory}/state`);
}

export function findLegacy(os: Os, runtimeDirectory: string): FoundLegacy {
  const file = stateFileIn(runtimeDirectory);
  const none = (why: string | null): FoundLegacy => ({
    legacy: null,
    file,
    messages: why === null ? [] : [ownTexts.notCarried(file.path, why)],
  });
  let text: string | null;
  try {
    text = file.read();
  } catch (error) {
    return none((error as Error).message);
  }
  if (text === null) return none(null);
  const read = readCarried(text);
  if (!read.ok) {
    return { legacy: null, file, messages: [ownTexts.notCarried(file.path, read.why), ...leftAlone(os, text)] };
  }
  const { pid, startTime, boot } = read.carried.head;
  if (boot !== os.bootId()) return none('the machine was started anew since');
  const own = ownIdentity(os);
  const isSameProcess = pid === own.pid && startTime === own.startTime;
  const writer = os.stat(pid);
  if (!isSameProcess && writer?.startTime === startTime && writer.state !== 'Z') {
    return { legacy: null, file: null, messages: [ownTexts.notCarried(file.path, `hupd with pid ${pid} is alive`)] };
  }
  return { legacy: { carried: read.carried, isSameProcess, exits: [] }, file, messages: [] };
}

/** For a daemon that is to adopt nobody, and to leave nobody to a later one. */
export function forgoLegacy(os: Os, runtimeDirectory: string): FoundLegacy {
  const { legacy, file, messages } = findLegacy(os, runtimeDirectory);
  if (legacy === null || file === null) return { legacy: null, file: null, messages };
  const text = file.read() ?? '';
  file.remove();
  return { legacy: null, file: null, messages: leftAlone(os, text) };
}

/** Those that run on are nobody's from here on, and a second one of each is about to be started: whoever reads the log has to know. */
function leftAlone(os: Os, text: string): readonly StartMessage[] {
  const alive = childrenIn(text).filter(({ pid, startTime }) => {
    const stat = os.stat(pid);
    return stat?.startTime === startTime && stat.state !== 'Z';
  });
  return alive.map(({ name, pid }) => ownTexts.leftAlone(name, pid));
}
