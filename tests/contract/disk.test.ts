import 'fake-indexeddb/auto'
import { describe, test } from 'vitest'
import { diskScenes } from './disk.ts'
import { outboxScenes } from './outbox.ts'
import { registryScenes } from './registry.ts'
import { playable } from './scene.ts'
import { databaseDiskWorld, databaseOriginWorld, memoryDiskWorld, memoryOriginWorld } from './worlds.ts'

describe.each([
  ['in memory', memoryDiskWorld],
  ['in fake-indexeddb', () => databaseDiskWorld(null)],
])('Disk %s', (_, makeWorld) => {
  test.each(playable(diskScenes, makeWorld()))('$title', ({ play }) => play(makeWorld()))
})

describe.each([
  ['in memory', memoryOriginWorld],
  ['in fake-indexeddb', databaseOriginWorld],
])('Registry and Outbox %s', (_, makeWorld) => {
  test.each(registryScenes)('Registry: $title', ({ play }) => play(makeWorld()))
  test.each(outboxScenes)('Outbox: $title', ({ play }) => play(makeWorld()))
})
