/** One core with a disk, a clock and a link to each of the others; what a runner does around it, on values. */
import type { Millis } from '../../host/ports.ts'
import { farewells } from '../../raft/farewell.ts'
import type { Message } from '../../raft/messages.ts'
import { start } from '../../raft/node.ts'
import type { Durable, RaftNode } from '../../raft/node.ts'
import type { Save } from '../../raft/saves.ts'
import { step } from '../../raft/step.ts'
import type { Input, Outgoing, Output } from '../../raft/step.ts'
import type { Entry, Moment, NodeId } from '../../raft/types.ts'
import type { Planned } from '../agenda.ts'
import type { Dice } from '../dice.ts'
import type { Laws } from '../laws.ts'
import type { World } from '../world.ts'
import { Disk } from './disk.ts'
import { BareMachine } from './machine.ts'
import type { BareProfile } from './profile.ts'

/** What a server tells the world around it. */
export interface Around {
  readonly world: World
  readonly laws: Laws
  readonly dice: Dice
  readonly profile: BareProfile
  send(message: Message): void
  /** What its clients hear. */
  told(server: Server, output: Pick<Output, 'refused' | 'answer' | 'unanswered'>): void
}

type Fate = 'lost' | 'landed' | 'late'

export class Server {
  readonly id: NodeId
  /** As the laws call who runs a node. */
  readonly name: string
  /** Null while it is down. */
  core: RaftNode | null = null
  readonly #around: Around
  readonly #disk = new Disk()
  readonly #rate: number
  readonly #offset: Millis
  /** Of the newest record that this life wrote or read. */
  #record = 0
  #life = 0
  #inbox: Input[] = []
  #held: Outgoing[] = []
  #machine = BareMachine.from(null)
  /** The save in flight, and its end in the world. */
  #saving: { readonly save: Save; readonly landing: Planned } | null = null
  #turn: Planned | null = null
  #alarm: Planned | null = null
  /** When the timer that is set rings, and when the core asked to be woken: not before. */
  #wakeAt: Millis = Infinity
  #due: Millis = Infinity
  #frozenUntil: Millis = -Infinity

  /** `founding`: what all founders have stored and know committed. */
  constructor(around: Around, id: NodeId, founding: Entry | null) {
    const { dice, profile } = around
    this.#around = around
    this.id = id
    this.name = id
    this.#rate = 1 + dice.between(-1, 1) * profile.clock.drift
    this.#offset = dice.between(0, 1_000_000)
    if (founding === null) return
    this.#land({ number: 0, term: 0, votedFor: null, commitIndex: founding.index, from: 1, entries: [founding], compaction: null }, 1)
  }

  get isUp(): boolean {
    return this.core !== null
  }

  get durable(): Durable {
    return this.#disk.durable
  }

  start(): void {
    if (this.core !== null) return
    const { world, laws, profile } = this.#around
    this.#life++
    this.#record = this.#disk.number
    this.#machine = BareMachine.from(this.#disk.durable.compaction?.snapshot ?? null)
    this.core = start(this.id, this.#disk.durable, profile.settings, this.#moment())
    if (world.isTracing) world.trace(this.name, `starts, its ${this.#life}th life`)
    laws.look(this, [this.core])
    this.#step([{ type: 'wake' }])
  }

  /** A write under way is lost, had landed already, or lands after the next start. */
  crash(): void {
    if (this.core === null) return
    const { world, laws, dice, profile } = this.#around
    const roll = dice.next()
    const { lost, late } = profile.disk
    const fate: Fate = roll < lost ? 'lost' : roll < lost + late ? 'late' : 'landed'
    if (world.isTracing) world.trace(this.name, `crashes${this.#saving === null ? '' : `, its write is ${fate}`}`)
    if (this.#saving !== null) {
      const { save, landing } = this.#saving
      const number = this.#record
      landing.run = null
      if (fate === 'landed') this.#land(save, number)
      if (fate === 'late') world.after(dice.between(0, 2_000), () => this.#land(save, number))
    }
    for (const planned of [this.#turn, this.#alarm]) if (planned !== null) planned.run = null
    this.core = null
    this.#saving = this.#turn = this.#alarm = null
    this.#wakeAt = Infinity
    this.#frozenUntil = -Infinity
    this.#inbox = []
    this.#held = []
    laws.forget(this)
  }

  /** As its tab closes: says farewell, saves nothing, never steps again in this life. */
  leave(): void {
    if (this.core === null) return
    if (this.#around.world.isTracing) this.#around.world.trace(this.name, 'leaves')
    const said = farewells(this.core, [{ node: this.id, incarnation: this.#life }], this.#moment(), () => true)
    for (const farewell of said) this.#say(farewell)
    this.crash()
  }

  /** Nothing runs for so long; what arrives waits. */
  freeze(lasts: Millis, isTold: boolean): void {
    if (this.core === null) return
    if (this.#around.world.isTracing) this.#around.world.trace(this.name, `is frozen for ${lasts.toFixed(0)} ms`)
    this.#frozenUntil = this.#around.world.now + lasts
    if (isTold) this.#inbox.push({ type: 'suspended' })
    this.#planTurn(lasts)
  }

  deliver(input: Input): void {
    if (this.core === null) return
    this.#inbox.push(input)
    if (this.#turn !== null) return
    const wait = Math.max(this.#frozenUntil - this.#around.world.now, this.#around.profile.gather)
    if (wait > 0) this.#planTurn(wait)
    else this.#takeInbox()
  }

  #planTurn(wait: Millis): void {
    if (this.#turn !== null) this.#turn.run = null
    this.#turn = this.#around.world.after(wait, () => {
      this.#turn = null
      if (this.#around.world.now < this.#frozenUntil) this.#planTurn(this.#frozenUntil - this.#around.world.now)
      else this.#takeInbox()
    })
  }

  #takeInbox(): void {
    const inputs = this.#inbox
    this.#inbox = []
    this.#step(inputs)
  }

  #now(): Millis {
    const { rounding } = this.#around.profile.clock
    const now = this.#offset + this.#around.world.now * this.#rate
    return rounding === 0 ? now : Math.floor(now / rounding) * rounding
  }

  #moment(): Moment {
    return { now: this.#now(), random: this.#around.dice.next() }
  }

  #step(inputs: readonly Input[]): void {
    const { world, laws } = this.#around
    world.steps++
    const { node, output } = step(this.core!, inputs, this.#moment())
    this.core = node
    laws.look(this, [node])
    if (output.save !== null) this.#save(output.save)
    for (const outgoing of output.send) {
      if (outgoing.after === null) this.#say(outgoing.message)
      else this.#held.push(outgoing)
    }
    this.#apply(output)
    if (output.refused.length > 0 || output.answer.length > 0 || output.unanswered.length > 0) this.#around.told(this, output)
    this.#wake(output.wake)
  }

  /** At once; the core hears of it in a turn of its own, or with what comes before it. */
  #apply({ restore, apply }: Output): void {
    if (restore !== null) {
      if (this.#around.world.isTracing) this.#around.world.trace(this.name, `installs a snapshot up to ${restore.index}`)
      this.#machine = BareMachine.from(restore)
    }
    for (const entry of apply) this.#machine.apply(entry)
    if (restore === null && apply.length === 0) return
    const { index } = this.#machine
    this.#inbox.push({ type: 'applied', index })
    if (this.#turn === null) this.#planTurn(Math.max(this.#frozenUntil - this.#around.world.now, 0))
    if (index - (this.core!.snapshot?.index ?? 0) < this.#around.profile.snapshotAfter) return
    this.#inbox.push({ type: 'snapshot', index, bytes: this.#machine.bytes })
  }

  #say(message: Message): void {
    this.#around.laws.sent(message)
    this.#around.send(message)
  }

  #save(save: Save): void {
    const { world, dice, profile } = this.#around
    const [least, most] = profile.disk.save
    const takes = dice.chance(profile.disk.slow) ? dice.between(0, profile.disk.slowMax) : dice.between(least, most)
    this.#record++
    this.#saving = { save, landing: world.after(takes, () => this.#saved(save)) }
  }

  /** Somebody else's write took the number: this life stops, and the next reads what is there. */
  #saved(save: Save): void {
    this.#saving = null
    if (!this.#land(save, this.#record)) return this.crash()
    const due = this.#held.filter(({ after }) => after! <= save.number)
    this.#held = this.#held.filter(({ after }) => after! > save.number)
    for (const { message } of due) if (message.term >= this.core!.currentTerm) this.#say(message)
    this.deliver({ type: 'saved', number: save.number })
  }

  #land(save: Save, number: number): boolean {
    if (!this.#disk.add(number, save)) return false
    const { journals } = this.#around.laws
    if (save.compaction !== null) journals.compacted(this.id, { ...save, base: save.compaction.base, covered: save.compaction.snapshot })
    journals.saved(this.id, save)
    return true
  }

  /** Deadlines mostly move later: a timer that fires too early is set again, and nobody steps. */
  #wake(at: Millis): void {
    this.#due = at
    if (at >= this.#wakeAt) return
    this.#wakeAt = at
    if (this.#alarm !== null) this.#alarm.run = null
    this.#alarm = this.#around.world.at(this.#worldTimeOf(at), () => this.#ring())
  }

  #ring(): void {
    const { dice, profile } = this.#around
    const { late, lateMax } = profile.clock
    this.#alarm = null
    this.#wakeAt = Infinity
    if (this.#due > this.#now()) return this.#wake(this.#due)
    if (!dice.chance(late)) return this.deliver({ type: 'wake' })
    this.#wakeAt = this.#due
    this.#alarm = this.#around.world.after(dice.between(0, lateMax), () => {
      this.#alarm = null
      this.#wakeAt = Infinity
      this.deliver({ type: 'wake' })
    })
  }

  /** When its clock, rounded down as it is, will show at least this. */
  #worldTimeOf(at: Millis): Millis {
    const { rounding } = this.#around.profile.clock
    const rounded = rounding === 0 ? at : Math.ceil(at / rounding) * rounding
    // Division may have cut a hair off.
    const shown = rounded < at ? rounded + rounding : rounded
    return (shown - this.#offset) / this.#rate + A_MOMENT
  }
}

const A_MOMENT: Millis = 1e-6
