import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  root: 'client',
  plugins: [svelte({ configFile: false })],
  build: {
    outDir: '../dist',
    emptyOutDir: true,
    target: 'es2023',
    // Svelte makes an error as it loads, for whose stack V8 reads all code of its file a second time.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'svelte', test: /node_modules.svelte/ }] } } },
  },
  server: { proxy: { '/socket.io': { target: 'http://localhost:3000', ws: true } } },
  test: {
    root: '.',
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          root: '.',
          // "At all": on a busy machine everything takes its time.
          testTimeout: 60_000,
          hookTimeout: 60_000,
          include: [
            'tests/*.test.ts',
            'tests/{raft,scenes,mutants,calibration,fuzz,replica,list,wire,host,life,mesh,server,contract,ui}/**/*.test.ts',
          ],
        },
      },
      { extends: true, test: { name: 'sim', root: '.', include: ['tests/{sim,spec,explore}/**/*.test.ts'], testTimeout: 600_000 } },
      {
        extends: true,
        test: {
          name: 'e2e',
          root: '.',
          include: ['tests/e2e/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
})
