/**
 * Where a server listens, as far as its command line and its variables tell: what an option that is known for it says, and whatever looks like
 * an address. Asked only whether that has changed; what a configuration file of the server says is not known here.
 */
import { splitCommand } from './shell-words.ts';
import type { ProcessSpec } from './spec.ts';

const options =
  /^(?:-[abBHlLpPsS]|--?(?:bind|port|host|listen|addr|address|socket|uds|fd|interface|http|https|http-socket|unix-socket)(?:-?address|-?addr|-?port)?)$/;
/** `8000` alone may be anything; `host:8000` hardly. */
const address = /^(?:(?:\[[\da-fA-F:.]+\]|[\w.*-]*):\d{1,5}|(?:unix|tcp|fd|https?|systemd):.+|.*\.sock(?:et)?)$/;
const variables = /(?:^|_)(?:PORT|BIND|HOST|ADDR|ADDRESS|LISTEN|SOCKET|SOCK|CMD_ARGS)$/;

/** In a fixed order, so that two can be compared. */
export function serviceAddresses({
  command,
  environment,
}: Pick<ProcessSpec, 'command' | 'environment'>): readonly string[] {
  const words = splitCommand(command);
  const found = environment.filter(([name]) => variables.test(name)).map(([name, value]) => `${name}=${value}`);
  if ('error' in words) return [...found, command];
  words.forEach((word, index) => {
    if (options.test(words[index - 1] ?? '')) return; // has been taken with its option
    const [option = '', ...value] = word.split('=');
    if (options.test(word)) found.push(`${word} ${words[index + 1] ?? ''}`);
    else if (value.length > 0 && options.test(option)) found.push(`${option} ${value.join('=')}`);
    else if (/^-[bp][^-]/.test(word)) found.push(`${word.slice(0, 2)} ${word.slice(2)}`);
    else if (address.test(word)) found.push(word);
  });
  return [...new Set(found)].sort();
}
