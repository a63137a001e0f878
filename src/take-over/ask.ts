/** Asks a supervisord over XML-RPC, and the kernel about it, for the facts of a survey. Nothing is touched. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { describe } from '../ctl/failure.ts';
import { RpcClient, type ServerAddress } from '../ctl/rpc-client.ts';
import { blockedIn } from '../os/blocked-in.ts';
import { type ForeignDescriptor, listDescriptors } from '../os/foreign-descriptors.ts';
import type { Os } from '../os/os.ts';
import type { RpcValue } from '../rpc/codec.ts';
import { pipesOf, type Relative } from './pipes.ts';
import type { Survey, SurveyedProcess, UnitFacts } from './survey.ts';
import { readUnit, serviceOf, unitDirectories } from './unit-file.ts';

export type Asked =
  | { readonly ok: true; readonly survey: Survey }
  /** Nobody answers there, or not as a supervisord does. */
  | { readonly ok: false; readonly why: string };

export async function askSupervisord(os: Os, address: ServerAddress): Promise<Asked> {
  const client = new RpcClient(address);
  const values: RpcValue[] = [];
  for (const method of [
    'system.listMethods',
    'supervisor.getSupervisorVersion',
    'supervisor.getPID',
    'supervisor.getState',
    'supervisor.getAllProcessInfo',
  ]) {
    const reply = await client.call(method);
    if (!reply.ok) return { ok: false, why: `${method}: ${describe(reply.failure).message}` };
    values.push(reply.value);
  }
  const [methods, version, pid, state, rows] = values;
  if (!Array.isArray(methods) || typeof pid !== 'number' || !Array.isArray(rows) || !isStruct(state)) {
    return { ok: false, why: 'its answers are not those of a supervisord' };
  }
  const stat = os.stat(pid);
  const listening = stat === null ? { sockets: [], problem: null } : os.borrowListeners(pid);
  for (const socket of listening.sockets) os.closeSocket(socket);
  const descriptors = listDescriptors(pid);
  return {
    ok: true,
    survey: {
      url: address.serverUrl,
      version: text(version),
      isHupd: methods.some((method) => typeof method === 'string' && method.startsWith('hupd.')),
      stateName: text(state.statename),
      pid,
      kernel: stat === null ? null : { uid: uidOf(pid), startTime: stat.startTime },
      refusal: listening.problem === null ? null : `its sockets and pipes can not be had: ${listening.problem}`,
      processes: rows.filter(isStruct).map((row) => readRow(os, row, descriptors)),
      unit: stat?.ppid === 1 ? unitOf(pid) : null,
    },
  };
}

type Struct = { readonly [name: string]: RpcValue };

function readRow(os: Os, row: Struct, daemon: readonly ForeignDescriptor[]): SurveyedProcess {
  const pid = number(row.pid);
  const stat = pid === 0 ? null : os.stat(pid);
  const blocked = pid === 0 ? null : blockedIn(pid);
  return {
    group: text(row.group),
    name: text(row.name),
    stateName: text(row.statename),
    pid,
    startedAt: number(row.start),
    stoppedAt: number(row.stop),
    exitStatus: number(row.exitstatus),
    spawnError: text(row.spawnerr),
    stdoutLog: text(row.stdout_logfile),
    stderrLog: text(row.stderr_logfile),
    kernel:
      stat === null
        ? null
        : {
            ppid: stat.ppid,
            startTime: stat.startTime,
            state: stat.state,
            pipes: pipesOf(daemon, familyOf(os, pid)),
            awaitsInput: blocked?.waits === 'read' && blocked.fd === 0,
          },
  };
}

/** Its descendants are looked at only where it has not its three pipes itself. */
function familyOf(os: Os, pid: number): readonly Relative[] {
  const look = (each: number): Relative => ({ pid: each, descriptors: listDescriptors(each) });
  const own = look(pid);
  const isWhole = [0, 1, 2].every((fd) => own.descriptors.find((each) => each.fd === fd)?.target.startsWith('pipe:'));
  return isWhole ? [own] : [own, ...os.descendants(pid).map(look)];
}

/** The effective one; -1: it has just gone. */
function uidOf(pid: number): number {
  return statSync(`/proc/${pid}`, { throwIfNoEntry: false })?.uid ?? -1;
}

function unitOf(pid: number): UnitFacts | null {
  const name = serviceOf(readText(`/proc/${pid}/cgroup`));
  if (name === null) return null;
  const isMasked = unitDirectories.some((directory) => isNullDevice(`${directory}/${name}`));
  const [main = ''] = unitDirectories
    .map((directory) => readText(`${directory}/${name}`))
    .filter((found) => found !== '');
  const dropIns = unitDirectories.flatMap((directory) => filesOf(`${directory}/${name}.d`));
  return readUnit(
    name,
    [main, ...dropIns.sort((a, b) => (a.name < b.name ? -1 : 1)).map(({ path }) => readText(path))],
    isMasked,
  );
}

function filesOf(directory: string): Array<{ readonly name: string; readonly path: string }> {
  try {
    const names = readdirSync(directory).filter((name) => name.endsWith('.conf'));
    return names.map((name) => ({ name, path: `${directory}/${name}` }));
  } catch {
    return []; // most units have none
  }
}

/** That is how a unit is masked. */
function isNullDevice(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isCharacterDevice() === true;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function isStruct(value: RpcValue | undefined): value is Struct {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

function text(value: RpcValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

function number(value: RpcValue | undefined): number {
  return typeof value === 'number' ? value : 0;
}
