import { describe } from '../input/describe';
import { BuilderPipe } from '../executor/commands/builder-pipe';
import { type CommandPipe, CommandRecorder } from '../executor/commands/command-pipe';
import type { RecordedCommand } from '../executor/commands/recorded-command';

/** Records commands on a pipe, synchronously or asynchronously. */
export type Build = (pipe: CommandPipe) => unknown;

/** The commands that a builder recorded, and its result. */
interface Built {
  readonly commands: readonly RecordedCommand[];
  readonly value: unknown;
}

/** Runs a builder to its end. */
export async function collect(build: Build | CommandRecorder): Promise<Built> {
  if (build instanceof CommandRecorder) return { commands: [...build.commands], value: undefined };
  if (typeof build !== 'function')
    throw new TypeError(`commands come from a function that records them, or from a Batch, found ${describe(build)}`);
  const pipe = new BuilderPipe();
  try {
    const value = await build(pipe);
    return { commands: pipe.commands, value };
  } finally {
    pipe.close();
  }
}
