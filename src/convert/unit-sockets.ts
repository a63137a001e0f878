/** The .socket unit beside a service, whose sockets hupd can hold. */
import { basename, dirname, isAbsolute } from '../util/posix-path.ts';
import { dropInsOf } from './drop-ins.ts';
import { doubled, type Surroundings } from './section.ts';
import type { Draft } from './unit-draft.ts';
import { parseUnitFile } from './unit-file.ts';

export function addSockets({ expand, options, notes }: Draft, file: string, surroundings: Surroundings): void {
  const socketFile = file.replace(/\.service$/, '.socket');
  const text = surroundings.read(socketFile);
  if (text === null) return;
  const dropIns = dropInsOf(dirname(file), basename(socketFile), surroundings);
  const socket = parseUnitFile(text, dropIns.texts);
  const listens = socket.all('Socket', 'ListenStream').map(expand);
  const addresses = listens.map(socketAddress);
  const usable = addresses.filter((address) => address !== null);
  if (socket.last('Socket', 'Accept') === 'yes' || usable.length < addresses.length || usable.length === 0) {
    notes.push(`${basename(socketFile)} is left out: hupd holds stream sockets that a single process accepts on.`);
    return;
  }
  options.push(['socket', doubled(usable.join(' '))]);
  notes.push(
    `From ${basename(socketFile)}: hupd holds the socket, and starts the program at once and not at the first connection.`,
  );
}

function socketAddress(listen: string): string | null {
  if (isAbsolute(listen) && !/\s/.test(listen)) return `unix://${listen}`;
  if (/^\d+$/.test(listen)) return `tcp://[::]:${listen}`;
  return /^(\[[0-9a-fA-F:.]+\]|[\d.]+):\d+$/.test(listen) ? `tcp://${listen}` : null;
}
