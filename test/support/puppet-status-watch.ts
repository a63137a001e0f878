/**
 * A client that does nothing but ask for the status, over and over, and notes how long each answer took: a process of its own, so that it waits for
 * nobody but the server. Prints "ready", and when its input ends the times as JSON, in ms.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { ask, call, post } from './raw-http.ts';

const socket = process.argv[2] ?? '';
const request = post('/RPC2', call('supervisor.getAllProcessInfo'));
const times: number[] = [];
let ended = false;
process.stdin.resume().on('end', () => {
  ended = true;
});
while (!ended) {
  const begin = performance.now();
  const { status } = await ask(socket, request);
  if (status !== 200) throw new Error(`status ${status}`);
  if (times.push(performance.now() - begin) === 1) console.log('ready');
  await sleep(10);
}
console.log(JSON.stringify(times));
