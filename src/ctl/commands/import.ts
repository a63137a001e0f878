import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, hostname } from 'node:os';
import { basename, resolve } from 'node:path';
import { localUsers } from '../../config/load.ts';
import { convertEcosystem } from '../../convert/pm2.ts';
import { convertProcfile } from '../../convert/procfile.ts';
import { type Conversion, renderConverted, type Surroundings } from '../../convert/section.ts';
import { convertUnit } from '../../convert/systemd.ts';
import type { Command } from '../command.ts';
import type { Ctl } from '../ctl.ts';
import { exitStatus } from '../exit-status.ts';
import { type Evaluated, evaluateScript, readJson, readYaml } from '../read-ecosystem.ts';
import { parseWords } from '../words.ts';

const options = {
  '--output': 'value',
  '--from': 'value',
  '--formation': 'value',
  '--port': 'value',
  '--user': 'value',
  '--group': 'value',
  '--env': 'value',
  '--instance': 'value',
} as const;

const formats = ['procfile', 'pm2', 'systemd'] as const;
type Format = (typeof formats)[number];

export const command: Command = {
  help: [
    "import <file>\t\tMake program sections of a Procfile, of pm2's ecosystem.config.js, .json or .yml, or of a systemd .service",
    'import --output <file> ...\tWrite them to a new file; an existing one stays as it is',
    'import --from procfile|pm2|systemd ...\tSay what the file is when its name does not',
    'import --formation web=2,worker=1 ...\tOf a Procfile: how many of which',
    'import --port <port> ...\tOf a Procfile: the PORT of the first process; 5000',
    'import --user <user> ...\tOf a Procfile: whom the programs run as',
    'import --group <name> ...\tOf a Procfile or of pm2: make one group of all programs',
    'import --env <name> ...\tOf pm2: take env_<name> over env',
    'import --instance <name> ...\tOf a systemd template: what stands after the @',
  ],
  async run(ctl, arg, given) {
    const parsed = parseWords(arg, given, options);
    if ('error' in parsed || parsed.rest.length !== 1) {
      const why = 'error' in parsed ? parsed.error : 'import requires one file';
      return ctl.failUsage(`Error: ${why}`, command, exitStatus.invalidArgs);
    }
    const file = resolve(parsed.rest[0] ?? '');
    if (!existsSync(file)) return refuse(ctl, `${file}: there is no such file`);
    const format = parsed.options.get('--from') ?? formatOf(file);
    if (!isFormat(format)) {
      const what = format === null ? `${file}: its name does not say what it is` : `no format is called ${format}`;
      return refuse(ctl, `${what}; use --from ${formats.join('|')}`, exitStatus.invalidArgs);
    }
    const text = read(file);
    if (text === null) return refuse(ctl, `${file} can not be read`);
    const converted = await convert(ctl, { file, text, format, options: parsed.options });
    if ('error' in converted) return refuse(ctl, converted.error);
    return put(ctl, renderConverted(converted), parsed.options.get('--output') ?? null);
  },
};

/** On stderr: stdout is where the sections go. */
function refuse(ctl: Ctl, why: string, status: number = exitStatus.generic): undefined {
  ctl.terminal.writeError(`Error: ${why}\n`);
  ctl.setStatus(status);
}

function isFormat(word: string | null): word is Format {
  return formats.some((format) => format === word);
}

function formatOf(file: string): Format | null {
  const name = basename(file);
  if (/\.(service|socket|timer|target)$/.test(name)) return 'systemd';
  if (/\.([cm]?js|json|ya?ml)$/.test(name)) return 'pm2';
  return /^Procfile(\.|$)|\.procfile$/i.test(name) ? 'procfile' : null;
}

interface Import {
  /** Absolute. */
  readonly file: string;
  readonly text: string;
  readonly format: Format;
  readonly options: ReadonlyMap<string, string>;
}

async function convert(ctl: Ctl, { file, text, format, options }: Import): Promise<Conversion> {
  const group = options.get('--group') ?? null;
  switch (format) {
    case 'systemd':
      return convertUnit({ file, text, instance: options.get('--instance') ?? null }, surroundings);
    case 'procfile': {
      const port = Number(options.get('--port') ?? 5000);
      const formation = parseFormation(options.get('--formation') ?? '');
      if (!Number.isInteger(port) || port < 1 || port > 65_535)
        return { error: '--port takes a number from 1 to 65535' };
      if (formation === null) return { error: '--formation takes name=number, several with commas between them' };
      return convertProcfile({ file, text, formation, port, user: options.get('--user') ?? null, group }, surroundings);
    }
    case 'pm2': {
      const evaluated = await evaluate(ctl, file, text);
      if ('error' in evaluated) return evaluated;
      const env = options.get('--env') ?? null;
      return convertEcosystem({ file, value: evaluated.value, env, cpus: availableParallelism(), group }, surroundings);
    }
  }
}

async function evaluate(ctl: Ctl, file: string, text: string): Promise<Evaluated> {
  if (/\.ya?ml$/.test(file)) return readYaml(file, text);
  if (!/\.[cm]?js$/.test(file)) return readJson(file, text);
  ctl.terminal.writeError(`${file} is a program: it is run now, to see what it exports\n`);
  return evaluateScript(file);
}

/** `web=2,worker=1`, or with blanks. null: it is something else. */
function parseFormation(text: string): ReadonlyMap<string, number> | null {
  const pairs = text.split(/[,\s]+/).filter((word) => word !== '');
  const parsed = pairs.map((pair) => /^([\w-]+)=(\d{1,4})$/.exec(pair));
  return parsed.includes(null) ? null : new Map(parsed.map((found) => [found?.[1] ?? '', Number(found?.[2])]));
}

function put(ctl: Ctl, text: string, output: string | null): undefined {
  if (output === null) {
    ctl.terminal.write(text);
    return undefined;
  }
  try {
    writeFileSync(output, text, { flag: 'wx' });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return refuse(ctl, `${output}: ${code === 'EEXIST' ? 'it exists already and is left as it is' : message}`);
  }
  ctl.output(`${output}: written; check it with: hupd --check -c ${output}`);
  return undefined;
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

const surroundings: Surroundings = {
  read,
  list: (path) => {
    try {
      return readdirSync(path);
    } catch {
      return [];
    }
  },
  exists: existsSync,
  homeOf: (user) => (/^\d+$/.test(user) ? localUsers.byId(Number(user)) : localUsers.byName(user))?.home ?? null,
  hostName: hostname(),
};
