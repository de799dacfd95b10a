import { BuilderPipe } from '../executor/builder-pipe';
import type { RecordedCommand } from '../executor/recorded-command';
import type { VerbName } from '../executor/recorder';
import { refuseUnfit } from './fit-for-commit';
import type { PipelineScope } from './pipeline-scope';

/** Takes commands that become part of the commit of a pipeline: every command of node-redis under its own name, and `customCommand`. */
export class PipelineCommands extends BuilderPipe {
  constructor(private readonly scope: PipelineScope) {
    super();
  }

  override record(command: RecordedCommand): void {
    refuseUnfit(command);
    super.record(command);
    this.queueLast();
  }

  override recordVerb(verb: VerbName, values: readonly unknown[]): void {
    super.recordVerb(verb, values);
    refuseUnfit(this.last);
    this.queueLast();
  }

  private get last(): RecordedCommand {
    return this.commands[this.length - 1] as RecordedCommand;
  }

  private queueLast(): void {
    this.scope.commands.push({ command: this.last, after: this.scope.queue.length });
  }
}
