import { configureGlobal } from 'fast-check';

/**
 * A run that decides whether a change goes in must not fail for what an earlier one might have found: with REDATOM_SEED random tests repeat
 * one program. Everywhere else each run explores anew, and prints its seed when it fails.
 */
const seed = process.env['REDATOM_SEED'];
if (seed !== undefined) configureGlobal({ seed: Number(seed) });
