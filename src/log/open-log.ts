/** A log file opened for reading. */
import { constants } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';

/** Opens a regular file, and nothing else: a log that is a pipe or a terminal can not be read back, and would block. */
export async function openLog(
  path: string,
): Promise<{ readonly file: FileHandle; readonly size: number } | { readonly problem: 'missing' | 'unreadable' }> {
  try {
    await stat(path);
  } catch {
    return { problem: 'missing' };
  }
  let file: FileHandle | undefined;
  try {
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const status = await file.stat();
    if (status.isFile()) return { file, size: status.size };
  } catch {
    // Not ours to read, or gone in between.
  }
  await file?.close();
  return { problem: 'unreadable' };
}
