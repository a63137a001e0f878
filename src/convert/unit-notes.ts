/** What a unit says that a program section has no word for, gathered by kind, each kind with its reason. */
import type { UnitFile } from './unit-file.ts';

interface Kind {
  readonly pattern: RegExp;
  readonly why: string;
}

/** Carried over, or without meaning here. */
const silent =
  /^(Description|Documentation|Type|Exec\w+|Environment|EnvironmentFile|User|Group|WorkingDirectory|UMask|Restart|RestartSec|SuccessExitStatus|KillSignal|KillMode|Timeout\w+|SendSIGKILL|Standard\w+|WatchdogSec|ReloadSignal|SyslogIdentifier|SourcePath|BusName|NotifyAccess|IgnoreSIGPIPE|TTY\w*|Sockets|RefuseManual\w+|StartLimit\w+|RemainAfterExit|GuessMainPID|CollectMode|IgnoreOnIsolate|DefaultDependencies|SurviveFinalKillSignal|AllowIsolate|StopWhenUnneeded|FileDescriptorStoreMax|UnsetEnvironment|PIDFile)$/;

const kinds: readonly Kind[] = [
  {
    pattern:
      /^(After|Before|Requires|Requisite|Wants|BindsTo|PartOf|Upholds|Conflicts|OnFailure|OnSuccess|Requires\w+|Wants\w+|Join\w+|Propagates\w+|ReloadPropagated\w+)$/,
    why: 'there are no dependencies; priority= orders the programs of one hupd',
  },
  { pattern: /^(Condition|Assert)\w+$/, why: 'it is started without asking' },
  {
    pattern: /^(Runtime|State|Cache|Logs|Configuration)Directory(Mode|Preserve)?$/,
    why: 'hupd makes no directories: make them, and those under /run at each boot (tmpfiles.d)',
  },
  {
    pattern: /^Limit\w+$/,
    why: 'programs have the limits of hupd: raise them for hupd itself, by minfds= and minprocs= in [supervisord] or by its own unit',
  },
  {
    pattern:
      /^(Nice|OOM\w+|IOScheduling\w+|CPUScheduling\w+|CPUAffinity|NUMA\w+|TimerSlackNSec|Personality|CoredumpFilter)$/,
    why: 'put nice, choom, ionice, chrt or taskset before the command',
  },
  {
    pattern: /^(CPU|Memory|Tasks|IO|BlockIO|AllowedCPUs|Slice|Delegate|DisableControllers|Managed|Startup)\w*$/,
    why: 'programs have no cgroups of their own; the unit of hupd can have these limits for all',
  },
  {
    pattern:
      /^(Protect\w+|Private\w+|Restrict\w+|NoNewPrivileges|\w*Capabilit\w+|AmbientCapabilities|SystemCall\w+|Read(Write|Only)Paths|InaccessiblePaths|ExecPaths|NoExecPaths|MemoryDenyWriteExecute|LockPersonality|Device\w+|IPAddress\w+|SecureBits|RemoveIPC|Bind\w*Paths|TemporaryFileSystem|KeyringMode|SupplementaryGroups|DynamicUser|AppArmorProfile|SELinuxContext|SmackProcessLabel|Root\w+|Mount\w+|UtmpIdentifier|UtmpMode|PAMName|LoadCredential\w*|SetCredential\w*|ProcSubset|NetworkNamespacePath)$/,
    why: 'these protections are gone: give them to the unit of hupd itself, or start the program by setpriv(1) or bwrap(1)',
  },
];

/** One note for each kind that the unit has, and one for the rest. */
export function unitNotes(unit: UnitFile): readonly string[] {
  const found = ['Unit', 'Service'].flatMap((section) =>
    unit.keys(section).map((key) => ({ key, text: `${key}=${unit.all(section, key).join(' ')}` })),
  );
  const left = found.filter(({ key }) => !silent.test(key));
  const notes = kinds.flatMap(({ pattern, why }) => {
    const these = left.filter(({ key }) => pattern.test(key));
    return these.length === 0 ? [] : [`Left out: ${these.map(({ text }) => text).join(', ')}: ${why}.`];
  });
  const rest = left.filter(({ key }) => !kinds.some(({ pattern }) => pattern.test(key)));
  return rest.length === 0
    ? notes
    : [...notes, `Left out, since hupd has nothing like it: ${rest.map(({ text }) => text).join(', ')}.`];
}
