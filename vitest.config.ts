import { defineConfig } from 'vitest/config'

// quick: nothing but Node. full: real servers, browsers and clients, or more than seconds.
export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  test: {
    // Some take ten seconds on a quiet machine, and CI's is none.
    testTimeout: 60_000,
    // A whole gateway is started in some: on a busy machine that takes more than ten seconds.
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: { name: 'quick', include: ['test/**/*.test.{ts,tsx}'], exclude: ['test/**/*.full.test.{ts,tsx}'] },
      },
      {
        extends: true,
        test: { name: 'full', include: ['test/**/*.full.test.{ts,tsx}'], testTimeout: 120_000, hookTimeout: 120_000 },
      },
    ],
  },
})
