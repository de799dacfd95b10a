import { redisForExample } from './redis';

/** Runs an example on a server. The process exits with 1 if the example throws or reports failure. */
export function runExample(work: (url: string) => Promise<boolean>): void {
  run(work).then(
    (passed) => {
      process.exitCode = passed ? 0 : 1;
    },
    (error: unknown) => {
      console.error(error);
      process.exitCode = 1;
    },
  );
}

async function run(work: (url: string) => Promise<boolean>): Promise<boolean> {
  const redis = await redisForExample();
  console.log(`Redis: ${redis.name}`);
  try {
    return await work(redis.url);
  } finally {
    await redis.stop();
  }
}
