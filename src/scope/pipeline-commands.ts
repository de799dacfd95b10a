import { BuilderPipe } from '../executor/commands/builder-pipe';
import type { RecordedCommand } from '../executor/commands/recorded-command';
import { refuseUnfit } from './commit/fit-for-commit';
import type { PipelineScope } from './pipeline-scope';

/** Takes commands that become part of the commit of a pipeline: every command of node-redis under its own name, and `customCommand`. */
export class PipelineCommands extends BuilderPipe {
  /** A #private field, so that logging the commands does not show the internals of the pipeline. */
  readonly #scope: PipelineScope;

  constructor(scope: PipelineScope) {
    super();
    this.#scope = scope;
  }

  protected override record(command: RecordedCommand): void {
    refuseUnfit(command);
    super.record(command);
    this.#scope.commands.push({ command, after: this.#scope.queue.length });
  }
}
