import { PipelineClosedError } from '../errors/commit';
import { CommandPipe, CommandRecorder } from '../executor/command-pipe';
import type { RecordedCommand } from '../executor/recorded-command';
import type { VerbName } from '../executor/recorder';

/** Records commands on a pipe, at once or asynchronously. */
export type Build = (pipe: CommandPipe) => unknown;

/** A pipe that takes commands only while its builder runs, and that nobody can run from inside. */
class BuilderPipe extends CommandPipe {
  private isOpen = true;

  override record(command: RecordedCommand): void {
    this.requireOpen();
    super.record(command);
  }

  override recordVerb(verb: VerbName, values: readonly unknown[]): void {
    this.requireOpen();
    super.recordVerb(verb, values);
  }

  /** Running it here would make two of one transaction. */
  exec(): never {
    throw new TypeError('the commands run when the builder ends; it cannot run them itself');
  }

  /** @internal */
  close(): void {
    this.isOpen = false;
  }

  private requireOpen(): void {
    if (!this.isOpen) throw new PipelineClosedError();
  }
}

/** What a builder recorded, and what it returned. */
export interface Built {
  readonly commands: readonly RecordedCommand[];
  readonly value: unknown;
}

/** Runs a builder to its end. */
export async function collect(build: Build | CommandRecorder): Promise<Built> {
  if (build instanceof CommandRecorder) return { commands: [...build.commands], value: undefined };
  const pipe = new BuilderPipe();
  try {
    const value = await build(pipe);
    return { commands: pipe.commands, value };
  } finally {
    pipe.close();
  }
}
