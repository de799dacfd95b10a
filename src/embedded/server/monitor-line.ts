import type { Command } from '../commands/command';
import type { Session } from '../state/session';

/** One line of MONITOR. */
export function monitorLine(seen: {
  readonly command: Command;
  readonly args: readonly string[];
  readonly session: Session;
  readonly microseconds: number;
}): string {
  const { command, args, session, microseconds } = seen;
  const time = `${Math.floor(microseconds / 1_000_000)}.${String(microseconds % 1_000_000).padStart(6, '0')}`;
  const words = args.map((word, index) => (isSecret(command, args, index) ? '(redacted)' : quoted(word)));
  return `${time} [${session.databaseIndex} ${session.connection.address}] ${words.join(' ')}`;
}

function isSecret(command: Command, args: readonly string[], index: number): boolean {
  if (command.name === 'auth') return index > 0;
  if (command.name !== 'hello') return false;
  const auth = args.findIndex((word) => word.toUpperCase() === 'AUTH');
  return auth > 0 && (index === auth + 1 || index === auth + 2);
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '"': '\\"',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\x07': '\\a',
  '\b': '\\b',
};

function quoted(word: string): string {
  const escaped = word.replace(/[^ !#-[\]-~]/g, (letter) => ESCAPES[letter] ?? `\\x${letter.charCodeAt(0).toString(16).padStart(2, '0')}`);
  return `"${escaped}"`;
}
