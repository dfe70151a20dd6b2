import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'
import { programFiles } from './vite.files.ts'

/**
 * One project per kind of test, so that each can be run alone: `npx vitest run --project unit`.
 * What needs a real tool runs one file at a time: two cores, one docker, one list of machines.
 */
export default defineConfig({
  plugins: [react(), programFiles()],
  test: {
    // A busy computer with two cores may take long over what is otherwise a matter of milliseconds.
    testTimeout: 60_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 30_000 } },
    // Left to itself, vitest leaves one core free: of two, half.
    maxWorkers: '100%',
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['tests/{app,main,renderer,support}/**/*.test.{ts,tsx}'],
        },
      },
      {
        extends: true,
        test: { name: 'conformance', include: ['tests/conformance/**/*.test.ts'], testTimeout: 120_000 },
      },
      {
        extends: true,
        test: {
          name: 'live',
          include: ['tests/live/**/*.test.ts'],
          testTimeout: 180_000,
          fileParallelism: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['tests/e2e/**/*.test.ts'],
          testTimeout: 180_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
