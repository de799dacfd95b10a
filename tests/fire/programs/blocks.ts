import { HANDLES } from './handle-blocks';
import { INSTANCES } from './instance-blocks';
import { LOCKS } from './lock-blocks';
import { PIPELINES } from './pipeline-blocks';
import { ALONE } from './single-blocks';
import { VERSIONS } from './version-blocks';

/** All ways to run steps. */
export const BLOCKS = { ...ALONE, ...PIPELINES, ...LOCKS, ...INSTANCES, ...HANDLES };

/** The same, and the blocks that need versions. */
export const BLOCKS_WITH_VERSIONS = { ...BLOCKS, ...VERSIONS };
