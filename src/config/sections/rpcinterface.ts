/** `[rpcinterface:x]`: which XML-RPC interfaces are published, and under which namespace. */
import type { RpcInterfaceSpec } from '../../core/spec.ts';
import { text } from '../datatypes.ts';
import { option } from '../option.ts';
import type { Reading } from '../reading.ts';
import { resolveReference } from './python-reference.ts';

const FACTORY = 'supervisor.rpcinterface_factory';
const MAIN = 'supervisor.rpcinterface:make_main_rpcinterface';
const TWIDDLER = 'supervisor_twiddler.rpcinterface:make_twiddler_rpcinterface';

export const rpcInterfaceOptions = {
  [FACTORY]: option(FACTORY, text, null, 'environment', `Required: ${MAIN}, or ${TWIDDLER}.`),
} as const;

export interface RpcInterfaces {
  readonly interfaces: readonly RpcInterfaceSpec[];
  /** Main interfaces with options, which take none: supervisord finds that out when it opens the first server. */
  readonly broken: readonly string[];
}

export function readRpcInterfaces(reading: Reading): RpcInterfaces {
  const interfaces: RpcInterfaceSpec[] = [];
  const broken: string[] = [];
  for (const name of reading.document.sections.keys()) {
    if (!name.startsWith('rpcinterface:')) continue;
    const section = reading.section(name);
    const factory = section.read(rpcInterfaceOptions[FACTORY]);
    if (!section.has(FACTORY)) {
      section.refuse(null, `section [${name}] does not specify a ${FACTORY}`, `add ${FACTORY} = ${MAIN}`);
    }
    const known = factory === null ? null : resolveReference(reading, section, FACTORY, factory, [MAIN, TWIDDLER]);
    const extras = otherOptions(reading, name);
    const options = new Map(extras.map((extra) => [extra, section.read(option(extra, text, null, 'environment', ''))]));
    if (known === null) continue;
    const namespace = name.slice('rpcinterface:'.length);
    if (known === MAIN) interfaces.push({ namespace, interface: 'main' });
    else interfaces.push({ namespace, interface: 'twiddler', whitelist: words(options.get('whitelist') ?? '') });
    if (known === MAIN && extras.length > 0) broken.push(name);
  }
  return { interfaces, broken };
}

function words(list: string): readonly string[] {
  return list
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
}

/** Those of `[DEFAULT]` too: a factory gets them all. */
function otherOptions(reading: Reading, name: string): readonly string[] {
  const { sections, defaults } = reading.document;
  const names = new Set([...(sections.get(name)?.options.keys() ?? []), ...defaults.keys()]);
  names.delete(FACTORY);
  return [...names];
}

/** Said after everything else, and only if there is a server that would publish them. */
export function refuseBroken(reading: Reading, broken: readonly string[]): void {
  for (const name of broken) {
    reading
      .section(name)
      .refuse(null, `Could not make ${name.slice('rpcinterface:'.length)} rpc interface`, `remove all but ${FACTORY}`);
  }
}
