/** A bare page with a mesh and nothing else, driven by tests through `probe`. Bytes cross as base64. */
import { openMesh } from '../../../client/mesh/open.ts'
import type { Clock } from '../../../shared/host/ports.ts'
import { Recorder } from '../recorder.ts'

/** This page is always visible, so its own timers do. */
const clock: Clock = {
  now: () => performance.now(),
  wall: () => Date.now(),
  random: () => Math.random(),
  wake(at, callback) {
    const timer = setTimeout(callback, Math.max(0, Math.ceil(at - performance.now())))
    return () => clearTimeout(timer)
  },
}

export interface ProbeOptions {
  readonly tab: string
  readonly room: string
  readonly signalingUrl?: string
}

let recorder: Recorder | null = null

const probe = {
  open(options: ProbeOptions): void {
    const mesh = openMesh({ ...options, clock })
    recorder = new Recorder(mesh)
    Object.assign(probe, { mesh })
  },
  call: (name: string, args: readonly unknown[]): unknown => recorder!.call(name, args),
  events: (after: number): Promise<unknown> => recorder!.events(after),
  counts: (): unknown => (probe as unknown as { readonly mesh: { readonly counts: unknown } }).mesh.counts,
}

export type Probe = typeof probe
Object.assign(globalThis, { probe })
