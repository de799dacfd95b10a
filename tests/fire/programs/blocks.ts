import { HANDLES } from './handle-blocks';
import { INSTANCES } from './instance-blocks';
import { LOCKS } from './lock-blocks';
import { PIPELINES } from './pipeline-blocks';
import { ALONE } from './single-blocks';
import { VERSIONS } from './version-blocks';

/** All ways to run steps. */
export const BLOCKS = { ...ALONE, ...PIPELINES, ...LOCKS, ...INSTANCES, ...HANDLES };

/** Those too that versions are needed for. */
export const BLOCKS_WITH_VERSIONS = { ...BLOCKS, ...VERSIONS };
