/** `fg` between two lines of input. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeServer, Fault, processInfo } from './fake-server.ts';
import { FakeTerminal, fakeCtl } from './fake-terminal.ts';

/** `reads`: resolves when the terminal is read for the nth time. */
function typing(...input: string[]) {
  const terminal = new FakeTerminal();
  terminal.input.push(...input);
  const read = terminal.readLine.bind(terminal);
  let count = 0;
  const waiting = new Map<number, () => void>();
  terminal.readLine = (prompt) => {
    count += 1;
    waiting.get(count)?.();
    return read(prompt);
  };
  return { terminal, reads: (n: number) => new Promise<void>((resolve) => waiting.set(n, resolve)) };
}

test('the terminal is read from while a line is on its way, so that a ^D typed meanwhile is not lost', async () => {
  const { terminal, reads } = typing('hello');
  const second = reads(2);
  const server = new FakeServer({
    'supervisor.getProcessInfo': () => processInfo('cat', 'RUNNING'),
    // Answers only when the next line is read for.
    'supervisor.sendProcessStdin': () => second.then(() => true),
  });
  await fakeCtl(server, terminal).runLine('fg cat');
  assert.match(terminal.stdout, /Exiting foreground\n$/);
});

test('a line that was read when the process was found gone is the next one of the shell', async () => {
  const { terminal } = typing('hello', 'status');
  const server = new FakeServer({
    'supervisor.getProcessInfo': () => processInfo('cat', 'RUNNING'),
    'supervisor.sendProcessStdin': () => new Fault('NOT_RUNNING'),
  });
  await fakeCtl(server, terminal).runLine('fg cat');
  assert.match(terminal.stdout, /Process got killed\nExiting foreground\n$/);
  assert.equal(await terminal.readLine(''), 'status');
});
