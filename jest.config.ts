/**
 * @jest-config-loader ts-node
 * @jest-config-loader-options {"transpileOnly": true, "compilerOptions": {"module": "commonjs", "moduleResolution": "node10", "ignoreDeprecations": "6.0"}}
 */
import type { Config } from 'jest';

const onServers = {
  globalSetup: '<rootDir>/tests/support/global-setup.ts',
  globalTeardown: '<rootDir>/tests/support/global-teardown.ts',
};

function project(name: string, more: object = {}): object {
  return {
    displayName: name,
    rootDir: __dirname,
    testMatch: [`<rootDir>/tests/${name}/**/*.test.ts`],
    testEnvironment: 'node',
    setupFiles: ['<rootDir>/tests/support/seeds.ts'],
    transform: { '^.+\\.ts$': ['ts-jest', { tsconfig: '<rootDir>/tsconfig.json' }] },
    moduleNameMapper: {
      '^redatom$': '<rootDir>/src/index.ts',
      '^redatom/(batch|service|tree)$': '<rootDir>/src/$1/index.ts',
      '^redatom/testing$': '<rootDir>/src/testing.ts',
    },
    ...more,
  };
}

const config: Config = {
  maxWorkers: 2,
  // A hang must end; nothing here is about speed, and a machine may have more to do than these tests.
  testTimeout: 90_000,
  projects: [
    project('unit'),
    project('architecture'),
    project('conformance'),
    project('integration', onServers),
    project('matrix', onServers),
    project('fire', onServers),
    project('cluster'),
    project('docs', onServers),
  ] as Config['projects'],
};

export default config;
