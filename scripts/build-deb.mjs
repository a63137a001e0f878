// `npm run build:deb [FOLDER]`: FOLDER/hupd_VERSION-1_ARCH.deb of the single executable FOLDER/hupd (`artifacts/` when none is named).
// With `--fast` it is hardly compressed. Whose package it is, DEBFULLNAME and DEBEMAIL say, as to Debian's own tools.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';

const fast = process.argv.includes('--fast');
const folder = process.argv.slice(2).find((word) => !word.startsWith('--')) ?? 'artifacts';
const { version, description } = JSON.parse(readFileSync('package.json', 'utf8'));
const architecture = execFileSync('dpkg', ['--print-architecture'], { encoding: 'utf8' }).trim();
const executable = join(folder, 'hupd');
const revision = `${version}-1`;
const maintainer = `${process.env.DEBFULLNAME ?? 'hupd contributors'} <${process.env.DEBEMAIL ?? 'hupd@localhost'}>`;

const root = mkdtempSync(join(tmpdir(), 'hupd-deb-'));
try {
  chmodSync(root, 0o755);
  put('usr/bin/hupd', readFileSync(executable), 0o755);
  symlinkSync('hupd', join(root, 'usr/bin/hupctl'));
  put('usr/lib/systemd/system/hupd.service', readFileSync('packaging/hupd.service'));
  put('etc/hupd/hupd.conf', readFileSync('packaging/hupd.conf'));
  put('etc/logrotate.d/hupd', readFileSync('packaging/hupd.logrotate'));
  for (const empty of ['etc/hupd/conf.d', 'var/log/hupd']) mkdirSync(join(root, empty), { recursive: true });
  putCompletion();
  for (const page of readdirSync('man')) put(`usr/share/man/man${page.at(-1)}/${page}.gz`, gzip(`man/${page}`));
  const documents = 'usr/share/doc/hupd';
  put(`${documents}/README.Debian`, readFileSync('packaging/debian/README.Debian'));
  put(`${documents}/changelog.gz`, gzip('CHANGELOG.md'));
  put(`${documents}/changelog.Debian.gz`, gzipSync(debianChangelog(), { level: 9 }));
  put(`${documents}/THIRD-PARTY-LICENSES.txt`, readFileSync(join(folder, 'THIRD-PARTY-LICENSES.txt')));
  put(`${documents}/copyright`, copyright());
  put('usr/share/lintian/overrides/hupd', readFileSync('packaging/debian/lintian-overrides'));
  const sums = files().map(
    (path) =>
      `${createHash('md5')
        .update(readFileSync(join(root, path)))
        .digest('hex')}  ${path}\n`,
  );
  const size = Math.ceil(files().reduce((sum, path) => sum + statSync(join(root, path)).size, 0) / 1024);
  put('DEBIAN/control', control(size));
  put('DEBIAN/conffiles', '/etc/hupd/hupd.conf\n/etc/logrotate.d/hupd\n');
  put('DEBIAN/md5sums', sums.join(''));
  for (const script of ['postinst', 'prerm', 'postrm']) {
    put(`DEBIAN/${script}`, readFileSync(`packaging/debian/${script}`), 0o755);
  }
  const deb = join(folder, `hupd_${revision}_${architecture}.deb`);
  const compression = fast ? ['-Zgzip', '-z1'] : ['-Zxz'];
  execFileSync('dpkg-deb', ['--root-owner-group', ...compression, '--build', root, deb], { stdio: 'pipe' });
  console.log(deb);
} finally {
  rmSync(root, { recursive: true });
}

function put(path, content, mode = 0o644) {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  chmodSync(file, mode);
}

function gzip(file) {
  return gzipSync(readFileSync(file), { level: 9 });
}

/** Where each shell looks for what completes a command, by the command's name. */
function putCompletion() {
  const script = (shell) => execFileSync(executable, ['ctl', 'completion', shell]);
  const bash = 'usr/share/bash-completion/completions';
  const fish = 'usr/share/fish/vendor_completions.d';
  put(`${bash}/hupctl`, script('bash'));
  symlinkSync('hupctl', join(root, bash, 'hupd'));
  put('usr/share/zsh/vendor-completions/_hupctl', script('zsh'));
  put(`${fish}/hupctl.fish`, script('fish'));
  symlinkSync('hupctl.fish', join(root, fish, 'hupd.fish'));
}

function debianChangelog() {
  const day = new Date(Number(process.env.SOURCE_DATE_EPOCH ?? Date.now() / 1000) * 1000);
  const date = day.toUTCString().replace('GMT', '+0000');
  return `hupd (${revision}) stable; urgency=medium\n\n  * See changelog.gz.\n\n -- ${maintainer}  ${date}\n`;
}

/** Without the directories and links; paths below the root. */
function files() {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && basename(entry.parentPath) !== 'DEBIAN')
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();
}

function control(size) {
  return `Package: hupd
Version: ${revision}
Architecture: ${architecture}
Maintainer: ${maintainer}
Installed-Size: ${size}
Depends: ${depends()}
Section: admin
Priority: optional
Description: ${description.replace(/^hupd: /, '').split(':')[0]}
 hupd runs programs from supervisord's configuration files, speaks its XML-RPC
 and takes its command lines. With reload_strategy=rolling it starts the new
 version of a program beside the old one, on the same listening sockets, and
 retires the old one when the new one serves.
`;
}

/** The packages of the libraries that it is linked to; of the C library the version whose symbols it uses. */
function depends() {
  const binary = readFileSync(executable, 'latin1');
  const needed = Math.max(...[...binary.matchAll(/GLIBC_2\.(\d+)/g)].map(([, minor]) => Number(minor)));
  const libraries = execFileSync('ldd', [executable], { encoding: 'utf8' });
  const named = [`libc6 (>= 2.${needed})`];
  if (libraries.includes('libstdc++.so.6')) named.push('libstdc++6');
  if (libraries.includes('libgcc_s.so.1')) named.push('libgcc-s1');
  if (libraries.includes('libatomic.so.1')) named.push('libatomic1'); // node 26
  return named.join(', ');
}

function copyright() {
  const licence = readFileSync('LICENSE', 'utf8').split('\n').slice(4).join('\n').trim();
  const text = licence.split('\n').map((line) => (line === '' ? ' .' : ` ${line}`));
  return `${readFileSync('packaging/debian/copyright', 'utf8')}${text.join('\n')}\n`;
}
