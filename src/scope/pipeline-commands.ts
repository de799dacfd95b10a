import { BuilderPipe } from '../executor/commands/builder-pipe';
import type { RecordedCommand } from '../executor/commands/recorded-command';
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
    this.scope.commands.push({ command, after: this.scope.queue.length });
  }
}
