/** Options on a command line, and what is done to one when a generation is started with inherited sockets. */
import type { ServerProfile } from './profiles/profile.ts';

const socketFd = '%(socket_fd)s';
const generationNumber = '%(generation)s';

/** The value of `--name value`, `--name=value`, `-n value` or `-nvalue`; the last one wins. */
export function optionValue(words: readonly string[], names: readonly string[]): string | null {
  let value: string | null = null;
  for (const [index, word] of words.entries()) {
    for (const name of names) {
      if (word === name) value = words[index + 1] ?? null;
      else value = joinedValue(word, name) ?? value;
    }
  }
  return value;
}

/** With a value or without; a name with a blank in it (`daemon off`) is a directive, anywhere in a word. */
export function hasOption(words: readonly string[], names: readonly string[]): boolean {
  return words.some((word) =>
    names.some((name) => word === name || word.startsWith(`${name}=`) || (name.includes(' ') && word.includes(name))),
  );
}

/** The words without these options and their values. */
export function withoutOptions(words: readonly string[], names: readonly string[]): readonly string[] {
  const left: string[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    if (names.includes(word)) index += 1;
    else if (names.every((name) => joinedValue(word, name) === null)) left.push(word);
  }
  return left;
}

function joinedValue(word: string, name: string): string | null {
  if (name.startsWith('--')) return word.startsWith(`${name}=`) ? word.slice(name.length + 1) : null;
  return word.startsWith(name) && word !== name && !word.startsWith('--') ? word.slice(name.length) : null;
}

/** Whether the program asks for a descriptor by itself. */
export function namesSocket(words: readonly string[]): boolean {
  return words.some((word) => word.includes(socketFd));
}

/** `fds`: as the child will have them. What a server is told by arguments is put there unless the command line names the descriptor itself. */
export function commandFor(
  words: readonly string[],
  profile: ServerProfile | null,
  fds: readonly number[],
  generation: number,
): readonly string[] {
  const [first] = fds;
  const told = profile?.takesArguments ?? null;
  const full =
    told === null || first === undefined || namesSocket(words)
      ? words
      : [
          ...withoutOptions(words, told.drops),
          ...fds.flatMap((fd) => told.adds.map((word) => word.replaceAll(socketFd, `${fd}`))),
        ];
  return full.map((word) =>
    word
      .replaceAll(generationNumber, `${generation}`)
      .replaceAll(socketFd, first === undefined ? socketFd : `${first}`),
  );
}
