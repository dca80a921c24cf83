// What the tests run with. Services are found or installed once, before the first test (tests/setup.ts).
import { defineConfig } from 'vitest/config';

const TORTURE = 'tests/stories/09-torture.test.ts';
// Stories wait for leases more than they work: three at a time on two cores.
const common = { testTimeout: 30_000, hookTimeout: 60_000, pool: 'forks', maxWorkers: 3 } as const;

export default defineConfig({
  test: {
    globalSetup: ['tests/setup.ts'],
    projects: [
      { test: { ...common, name: 'tests', include: ['tests/**/*.test.ts'], exclude: [TORTURE] } },
      // A hundred processes are begun and killed in it: all others come before.
      { test: { ...common, name: 'torture', include: [TORTURE], sequence: { groupOrder: 1 } } },
    ],
  },
});
