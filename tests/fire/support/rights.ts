import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OwnServer } from './own-servers';

const PAGES = ['README.md', 'src/tree/README.md'];

/** A user of the server as a page of the documentation creates it. */
export interface DocumentedUser {
  readonly name: string;
  /** Keys and channels. */
  readonly patterns: readonly string[];
  /** Names of the commands that it may use. */
  readonly commands: readonly string[];
}

/** Reads what `ACL SETUSER` lines of the documentation give to a user. */
export function documentedUser(name: string): DocumentedUser {
  const text = PAGES.map((page) => readFileSync(join(__dirname, '../../..', page), 'utf8')).join('\n');
  const line = new RegExp(`^ACL SETUSER ${name} on >secret (.*)$`, 'm').exec(text.replaceAll('\\\n', ''))?.[1];
  if (line === undefined) throw new Error(`no page has a line ACL SETUSER ${name}`);
  const rules = line.split(/\s+/);
  return {
    name,
    patterns: rules.filter((rule) => /^[~&]/.test(rule)),
    commands: rules.filter((rule) => rule.startsWith('+')).map((rule) => rule.slice(1)),
  };
}

/** The rights of one user of a server, changed while it is connected. */
export class Rights {
  constructor(
    private readonly server: OwnServer,
    private readonly user: DocumentedUser,
  ) {}

  get url(): string {
    return Object.assign(new URL(this.server.url), { username: this.user.name, password: 'secret' }).href;
  }

  /** Gives the documented rights, except for the command `without`. */
  async give({ without }: { without?: string } = {}): Promise<void> {
    const { name, patterns, commands } = this.user;
    const given = commands.filter((command) => command !== without).map((command) => `+${command}`);
    await this.server.send('ACL', 'SETUSER', name, 'resetkeys', 'resetchannels', 'on', '>secret', ...patterns, '-@all', ...given);
    await this.server.send('ACL', 'LOG', 'RESET');
  }

  /** Gives all rights. */
  async giveAll(): Promise<void> {
    await this.server.send('ACL', 'SETUSER', this.user.name, 'on', '>secret', '~*', '&*', '+@all');
  }

  /** What was refused since then, except what every node-redis client asks for in vain. */
  async refused(): Promise<string[]> {
    const log = await this.server.send<unknown[]>('ACL', 'LOG', '128');
    return log.map((entry) => objectOf(entry)).filter((object) => object !== 'client|setinfo');
  }

  /** The commands of the user that run during `work`, those in scripts included. */
  async usedBy(work: () => Promise<unknown>): Promise<string[]> {
    await this.server.send('CONFIG', 'RESETSTAT');
    await work();
    const stats = await this.server.send<string>('INFO', 'commandstats');
    const used = [...stats.matchAll(/^cmdstat_([^:]+):/gm)].map((match) => String(match[1]).toLowerCase());
    return this.user.commands.filter((command) => used.includes(command));
  }
}

/** What was refused, from a log entry that comes as a map or as names and values in turn. */
function objectOf(entry: unknown): string {
  if (!Array.isArray(entry)) return String((entry as { object: unknown }).object);
  return String(entry[entry.indexOf('object') + 1]);
}
