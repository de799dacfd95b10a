import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface CommandOptions {
  cwd?: string;
  timeoutMs?: number;
}

/** Runs a program without a shell and resolves to what it printed; rejects with its error output. */
export async function runCommand(program: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  const { stdout } = await run(program, [...args], {
    cwd: options.cwd,
    timeout: options.timeoutMs ?? 10 * 60_000,
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout;
}

export async function succeeds(program: string, args: readonly string[], options: CommandOptions = {}): Promise<boolean> {
  return runCommand(program, args, options).then(
    () => true,
    () => false,
  );
}
