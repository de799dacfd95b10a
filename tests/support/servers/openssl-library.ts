import { mkdirSync, readdirSync, readFileSync, rmSync, existsSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { cached } from './cache-folder';
import { runCommand, succeeds } from './run-command';
import type { Say } from './server';

const SUITE = 'bullseye';
const PACKAGE = 'libssl1.1';
const APT_SOURCES = '/etc/apt';

/**
 * Resolves to the environment in which `binary` runs. Redis Stack 7.4 needs OpenSSL 1.1, which the previous Debian has. Its
 * library is fetched from the mirror that apt already uses, with our own lists and cache, so nothing on the machine changes.
 */
export async function environmentWithOpenssl(binary: string, say: Say): Promise<Record<string, string> | undefined> {
  if (await succeeds(binary, ['--version'])) return {};
  try {
    const folder = await cached('openssl', (target) => fetchLibrary(target, say));
    return { LD_LIBRARY_PATH: libraryFolder(folder) };
  } catch (error) {
    say(`redis-stack: ${PACKAGE} is not to be had here (${String(error)})`);
    return undefined;
  }
}

function libraryFolder(folder: string): string {
  const base = join(folder, 'root/usr/lib');
  const architecture = readdirSync(base).find((name) => existsSync(join(base, name, 'libssl.so.1.1')));
  if (architecture === undefined) throw new Error(`no libssl.so.1.1 below ${base}`);
  return join(base, architecture);
}

async function fetchLibrary(target: string, say: Say): Promise<void> {
  say(`redis-stack: fetching ${PACKAGE} of Debian ${SUITE}`);
  const apt = join(target, 'apt');
  for (const folder of ['sources', 'lists/partial', 'archives/partial']) mkdirSync(join(apt, folder), { recursive: true });
  writeFileSync(join(apt, 'sources/previous.list'), sourceLines(configuredMirrors()).join('\n'));
  const settings = [
    ['Dir::Etc::SourceList', '/dev/null'],
    ['Dir::Etc::SourceParts', join(apt, 'sources')],
    ['Dir::State::Lists', join(apt, 'lists')],
    ['Dir::Cache', apt],
    ['APT::Sandbox::User', userInfo().username],
  ].flatMap(([key, value]) => ['-o', `${key}=${value}`]);
  await runCommand('apt-get', [...settings, '--quiet', 'update']);
  await runCommand('apt-get', [...settings, '--quiet', 'download', PACKAGE], { cwd: target });
  const archive = readdirSync(target).find((name) => name.startsWith(`${PACKAGE}_`));
  if (archive === undefined) throw new Error(`apt-get downloaded no ${PACKAGE}`);
  await runCommand('dpkg', ['-x', join(target, archive), join(target, 'root')]);
  rmSync(apt, { recursive: true });
  rmSync(join(target, archive));
}

interface Mirror {
  address: string;
  signedBy: string | undefined;
}

/** Debian mirrors in apt's configuration, in the old one-line format and the new paragraph format. */
export function configuredMirrors(folder = APT_SOURCES): Mirror[] {
  const parts = join(folder, 'sources.list.d');
  const files = [join(folder, 'sources.list'), ...(existsSync(parts) ? readdirSync(parts).map((name) => join(parts, name)) : [])];
  const mirrors = files.filter((file) => existsSync(file)).flatMap((file) => mirrorsIn(file, readFileSync(file, 'utf8')));
  return mirrors.filter(({ address }) => /\/debian(-security)?\/?$/.test(address));
}

function mirrorsIn(file: string, text: string): Mirror[] {
  if (file.endsWith('.list')) {
    const lines = [...text.matchAll(/^deb\s+(?:\[(.*?)\]\s+)?(\S+)/gm)];
    return lines.map(([, options = '', address = '']) => ({ address, signedBy: /signed-by=(\S+)/.exec(options)?.[1] }));
  }
  if (!file.endsWith('.sources')) return [];
  return text.split(/\n\s*\n/).flatMap((paragraph) => {
    const field = (name: string): string | undefined => new RegExp(`^${name}:\\s*(.+)$`, 'im').exec(paragraph)?.[1];
    return (field('URIs') ?? '').split(/\s+/).flatMap((address) => (address ? [{ address, signedBy: field('Signed-By') }] : []));
  });
}

function sourceLines(mirrors: readonly Mirror[]): string[] {
  if (mirrors.length === 0) throw new Error('apt knows no mirror of Debian');
  const lines = mirrors.map(({ address, signedBy }) => {
    const suite = /-security\/?$/.test(address) ? `${SUITE}-security` : SUITE;
    return `deb ${signedBy === undefined ? '' : `[signed-by=${signedBy}] `}${address} ${suite} main\n`;
  });
  return [...new Set(lines)];
}
