import { PipelineClosedError } from '../../errors/commit';
import { CommandPipe } from './command-pipe';
import type { RecordedCommand } from './recorded-command';
import type { Verb } from './verb';

/** A pipe that takes commands only while its builder runs, and that the builder cannot run itself. */
export class BuilderPipe extends CommandPipe {
  private isOpen = true;

  protected override record(command: RecordedCommand): void {
    this.requireOpen();
    super.record(command);
  }

  protected override recordVerb(verb: Verb, values: readonly unknown[]): void {
    this.requireOpen();
    super.recordVerb(verb, values);
  }

  /** Always throws: running the commands here would split one transaction into two. */
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
