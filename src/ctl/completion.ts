/** What the tab key offers: commands, groups or processes, by where on the line it is pressed. */
import type { ProcessInfo } from '../core/describe.ts';
import { commandNames, takesGroups } from './command-names.ts';
import type { Ctl } from './ctl.ts';

/** Readline's word ends, less `:`, `*` and `-`, which are part of names. */
const lastWord = /[^ \t\n`~!@#$%^&()=+[{\]}\\|;'",<>/?]*$/;

export class Completion {
  readonly #ctl: Ctl;
  /** Asked for once between two commands, however often the key is pressed. */
  #cached: { readonly after: number; readonly infos: readonly ProcessInfo[] } | null = null;

  constructor(ctl: Ctl) {
    this.#ctl = ctl;
  }

  /** Candidates for the last word of `line`, each with a blank after it. */
  async complete(line: string): Promise<readonly [candidates: string[], replaced: string]> {
    const text = lastWord.exec(line)?.[0] ?? '';
    const candidates = await this.#candidates(line, text);
    return [candidates.filter((word) => word.startsWith(text)).map((word) => `${word} `), text];
  }

  async #candidates(line: string, text: string): Promise<readonly string[]> {
    const words = line.trim().split(/\s+/);
    const action = words[0] ?? '';
    if (words.length === 1 && !(action !== '' && line.endsWith(' '))) {
      return commandNames;
    }
    const typed = line.endsWith(' ') ? '' : (words.at(-1) ?? '');
    const before = words.slice(1, typed === '' ? undefined : -1);
    const { withoutServer } = await import('./complete-line.ts');
    const fixed = await withoutServer(action, before, typed, this.#ctl.findCommand);
    if (fixed !== null) {
      return fixed.candidates.map(({ word }) => word);
    }
    if (takesGroups.has(action)) {
      return [...new Set((await this.#infos()).map((info) => info.group))];
    }
    const channels = action === 'tail' && before.some((word) => !word.startsWith('-')) ? ['stdout', 'stderr'] : [];
    return [...processNames(await this.#infos(), text), ...channels];
  }

  async #infos(): Promise<readonly ProcessInfo[]> {
    const after = this.#ctl.commandsRun;
    if (this.#cached?.after !== after) {
      const reply = await this.#ctl.client.getAllProcessInfo();
      this.#cached = { after, infos: reply.ok ? reply.value : [] };
    }
    return this.#cached.infos;
  }
}

/** Those in a group of another name are offered with it, and their group as a whole; so are all once a colon is typed. */
function processNames(infos: readonly ProcessInfo[], text: string): readonly string[] {
  const names = infos.flatMap((info) =>
    text.includes(':') || info.name !== info.group ? [`${info.group}:${info.name}`, `${info.group}:*`] : [info.name],
  );
  return [...new Set(names)];
}
