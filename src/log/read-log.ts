/** Log files read by bytes for clients, and followed for `tail -f`. Which bytes is decided by `core/log-window.ts`. */
import type { FileHandle } from 'node:fs/promises';
import type { LogFiles, LogRead } from '../core/log-window.ts';
import { followLog } from './follow-log.ts';
import { openLog } from './open-log.ts';

export const logFiles: LogFiles = {
  follow: followLog,
  read: async (path, window) => {
    const opened = await openLog(path);
    if (!('file' in opened)) return { ok: false, problem: opened.problem };
    try {
      return await readRange(opened.file, opened.size, window(opened.size));
    } catch {
      return { ok: false, problem: 'unreadable' };
    } finally {
      await opened.file.close();
    }
  },
};

async function readRange(
  file: FileHandle,
  size: number,
  { start, end }: { readonly start: number; readonly end: number },
): Promise<LogRead> {
  const bytes = Buffer.allocUnsafe(end - start);
  let filled = 0;
  while (filled < bytes.length) {
    const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, start + filled);
    // Cut off meanwhile.
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return { ok: true, bytes: bytes.subarray(0, filled), size };
}
