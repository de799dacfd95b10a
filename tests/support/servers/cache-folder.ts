import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Folder for everything that is downloaded: REDATOM_SERVER_CACHE, by default `.redis` in the checkout. */
export function cacheFolder(): string {
  return process.env['REDATOM_SERVER_CACHE'] ?? resolve(__dirname, '../../../.redis');
}

/**
 * Returns the folder `name` of the cache. If it is missing, `fill` fills a temporary folder that is then renamed, so neither an
 * interrupted run nor a concurrent one leaves half a folder under the final name.
 */
export async function cached(name: string, fill: (folder: string) => Promise<void>): Promise<string> {
  const final = join(cacheFolder(), name);
  if (existsSync(final)) return final;
  mkdirSync(cacheFolder(), { recursive: true });
  const temporary = mkdtempSync(join(cacheFolder(), `${name}.part-`));
  try {
    await fill(temporary);
    if (!existsSync(final)) renameSync(temporary, final);
    return final;
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}
