/** The command lines that README, CONTRIBUTING, man pages and help texts tell people to type: found by looking for them, not by a list. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { daemonUsage } from '../../src/config/daemon-usage.ts';
import { hupdCommands, supervisorCommands } from '../../src/ctl/command-names.ts';
import { findCommand } from '../../src/ctl/command-table.ts';
import { usageText } from '../../src/ctl/usage.ts';

export interface Told {
  readonly where: string;
  readonly command: string;
}

const programs = /^(bin\/)?(hupd|hupctl|supervisord|supervisorctl|npm|node)$/;

/** Lines of code blocks, and code within a sentence. */
function inMarkdown(file: string): Told[] {
  const text = readFileSync(file, 'utf8');
  const blocks = [...text.matchAll(/^```sh\n([\s\S]*?)^```/gm)].flatMap(([, block = '']) => block.split('\n'));
  const indented = [...text.matchAll(/^ {4}(\S.*)$/gm)].map(([, line = '']) => line);
  const inline = [...text.replace(/^```[\s\S]*?^```/gm, '').matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);
  return commandsOf(file, [...blocks, ...indented, ...inline]);
}

function inManPage(file: string): Told[] {
  const text = readFileSync(file, 'utf8')
    .replaceAll('\\&', '')
    .replace(/^\.Nm hupctl Cm (.*)$/gm, '.Ql hupctl $1');
  const lines = [...text.matchAll(/^\.(?:Dl|Ql) (.*?)(?: [.,;:])?$/gm)].map(([, line = '']) => line);
  const blocks = [...text.matchAll(/^\.Bd -literal.*\n([\s\S]*?)^\.Ed/gm)].flatMap(([, block = '']) =>
    block.split('\n'),
  );
  return commandsOf(file, [...lines, ...blocks]);
}

function commandsOf(where: string, lines: readonly string[]): Told[] {
  return lines
    .flatMap((line) => line.replace(/ +# .*$/, '').split(/ && | \| /))
    .map((command) => command.trim())
    .filter((command) => programs.test(command.split(' ')[0] ?? '') && command.includes(' '))
    .map((command) => ({ where, command }));
}

export const told: readonly Told[] = [
  ...['README.md', 'CONTRIBUTING.md', 'packaging/debian/README.Debian'].flatMap(inMarkdown),
  ...readdirSync('man').flatMap((name) => inManPage(join('man', name))),
];

/** Each use that the help texts show, and each option of the programs, as a command line. */
export async function toldByHelp(): Promise<Told[]> {
  const uses: Told[] = [];
  for (const name of [...supervisorCommands, ...hupdCommands]) {
    const lines = (await findCommand(name))?.help.filter((line) => line.includes('\t')) ?? [];
    // `top` is shown for `tui` too.
    const shown = lines.map((line) => line.split('\t')[0]?.replace(/^top$/, name) ?? '');
    uses.push(...shown.map((syntax) => ({ where: `help ${name}`, command: `hupctl ${syntax}` })));
  }
  for (const [program, usage] of Object.entries(usages)) {
    const options = [...usage.matchAll(/^(?:-\w\/)?(--[\w-]+)/gm)].map(([, option = '']) => option);
    uses.push(...options.map((option) => ({ where: `${program} --help`, command: `${program} ${option}` })));
  }
  return uses;
}

const usages = { hupd: daemonUsage('hupd'), hupctl: usageText('hupctl') };

/** By its letter, the long name of an option of a program, and whether a value follows. */
function optionsOf(program: 'hupd' | 'hupctl'): Map<string, { readonly long: string; readonly takesValue: boolean }> {
  const options = new Map();
  for (const [, short, long, value] of usages[program].matchAll(/^(?:(-\w)\/)?(--[\w-]+)( [A-Z]+)?/gm)) {
    for (const name of [short, long])
      if (name !== undefined) options.set(name, { long, takesValue: value !== undefined });
  }
  return options;
}

/**
 * What a command line asks for, without the names and values in it: `hupctl reload`, and `hupctl reload --plan` besides, for `hupctl -c FILE
 * reload --plan web`.
 */
export function formsOf(command: string): string[] {
  const [first = '', ...words] = command.split(/\s+/);
  const program = first
    .replace('bin/', '')
    .replace(/^supervisord$/, 'hupd')
    .replace(/^supervisorctl$/, 'hupctl');
  if (program === 'npm')
    return [
      `npm ${words
        .filter((word) => word !== '-s')
        .slice(0, words[0] === 'run' ? 2 : 1)
        .join(' ')}`,
    ];
  if (program === 'node') return [`node ${words[0]}`];
  if (program !== 'hupd' && program !== 'hupctl') throw new Error(`whose command line is ${command}?`);
  const options = optionsOf(program);
  const forms: string[] = [];
  while (words[0]?.startsWith('-')) {
    const option = options.get(words.shift() ?? '');
    if (option === undefined) throw new Error(`what is asked for by ${command}?`);
    if (option.takesValue) words.shift();
    forms.push(`${program} ${option.long}`);
  }
  const [name, ...args] = words;
  if (name === undefined) return forms;
  const flags = [...args.join(' ').matchAll(/(?<![\w-])--?\w[\w-]*/g)].map(([flag]) => flag.replace(/^-\d+$/, '-N'));
  return [...forms, `${program} ${name}`, ...flags.map((flag) => `${program} ${name} ${flag}`)];
}
