import { configureGlobal } from 'fast-check';

/**
 * A run that decides whether a change goes in must not fail because of a bug that was there before: with REDATOM_SEED, random tests repeat one
 * program. Without it each run tries new ones, and prints its seed when it fails.
 */
const seed = process.env['REDATOM_SEED'];
if (seed !== undefined) configureGlobal({ seed: Number(seed) });
