/** A bare page with a mesh and nothing else, driven by tests through `probe`. Bytes cross as base64. */
import type { Mesh } from '../../../client/mesh/mesh.ts'
import { openMesh } from '../../../client/mesh/open.ts'
import type { Clock } from '../../../shared/host/ports.ts'
import { Recorder, type TransportEvent } from '../recorder.ts'

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

let opened: { readonly mesh: Mesh; readonly recorder: Recorder } | null = null

const probe = {
  open(options: ProbeOptions): void {
    const mesh = openMesh({ ...options, clock })
    opened = { mesh, recorder: new Recorder(mesh) }
  },
  call: (name: string, args: readonly unknown[]): void => opened!.recorder.call(name, args),
  events: (after: number): Promise<readonly TransportEvent[]> => opened!.recorder.events(after),
  counts: (): Readonly<Record<string, number>> => opened!.mesh.counts,
  links: (): ReturnType<Mesh['links']> => opened!.mesh.links(),
}

export type Probe = typeof probe
Object.assign(globalThis, { probe })
