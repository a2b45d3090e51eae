/** A browser in memory, one list stored in it, and tabs that open it. */
import { MemoryDisk, MemoryOutbox, MemoryRegistry, MemoryStorage } from '../../client/disk/memory.ts'
import type { NodeId } from '../../shared/host/ports.ts'
import { found, mint } from '../../shared/life/birth.ts'
import type { LifeOptions } from '../../shared/life/options.ts'
import { REPLICA } from '../../shared/limits.ts'
import { MemoryClock } from '../support/memory-clock.ts'
import { MemoryMachine } from '../support/memory-locks.ts'
import { MemoryNet } from '../support/memory-transport.ts'
import { ROOMY } from '../support/settings.ts'

export const ROOM = 'room'
const CLUSTER = '0'.repeat(32)

/** A machine that stores `founder`, which holds the list, and whatever else is minted in it. */
export class Machine {
  readonly clock = new MemoryClock()
  readonly storage = new MemoryStorage()
  readonly locks = new MemoryMachine(this.clock)
  readonly net = new MemoryNet()
  readonly disk = new MemoryDisk(this.storage)
  readonly registry = new MemoryRegistry(this.storage)
  remembered: NodeId | null = null
  #ids = 0

  static async withList(): Promise<Machine> {
    const machine = new Machine()
    const id = await machine.registry.machine()
    const founded = await found(machine.disk, { node: 'founder', machine: id, cluster: CLUSTER, nonce: 'n', at: 0 }, 'Camping', 'first')
    if (founded.ok) founded.value.journal.close()
    await machine.registry.putNode({ node: 'founder', room: ROOM, lastTerm: 1, lastIndex: 3, incarnation: 1, retired: false })
    return machine
  }

  /** A node that has heard nothing yet from its cluster. */
  async newcomer(node: NodeId): Promise<void> {
    const minted = await mint(this.disk, { node, machine: await this.registry.machine(), cluster: CLUSTER, nonce: 'n', at: 0 })
    if (minted.ok) minted.value.journal.close()
    await this.registry.putNode({ node, room: ROOM, lastTerm: 0, lastIndex: 0, incarnation: 1, retired: false })
  }

  options(tab: string): LifeOptions {
    const { clock, disk, registry } = this
    return {
      tab,
      room: ROOM,
      build: 'test',
      settings: ROOMY,
      replica: REPLICA,
      clock,
      disk,
      registry,
      transport: this.net.open(tab),
      outbox: new MemoryOutbox(this.storage),
      locks: this.locks.open(),
      mintId: () => `id-${++this.#ids}`,
      remembered: {
        get: () => this.remembered,
        set: (_, node) => {
          this.remembered = node
        },
      },
    }
  }
}
