/** Every limit and default in one table (DESIGN 14). Sizes in bytes, times in milliseconds, text in UTF-16 units. */
export const LIMITS = {
  itemText: 2_000,
  items: 5_000,
  tombstones: 1_000,
  listName: 200,
  entryBytes: 16 * 1024,
  /** One message after reassembly. */
  messageBytes: 4 * 1024 * 1024,
  frameBytes: 16 * 1024,
  farewellBytes: 1024,
  helloBytes: 8 * 1024,
  /** Above this many buffered bytes a link stops taking bulk. */
  bufferedBytes: 1024 * 1024,
  signalBytes: 16 * 1024,
  signalsPerSecond: 20,
  roomTabs: 64,
  rooms: 10_000,
  proposalsInFlight: 1_000,
  appendBytes: 256 * 1024,
  appendsInFlight: 16,
  /** Of entries under way to one member, at first and on the slowest of ways: as much as one entry may have. */
  windowMin: 16 * 1024,
  /** Of a snapshot, in one message. */
  chunkBytes: 256 * 1024,
  snapshotBytes: 64 * 1024 * 1024,
  /** A snapshot is taken after so many bytes of log, or as many as the last snapshot had if that is more. */
  logBytesBeforeSnapshot: 256 * 1024,
  /** Entries before a snapshot's end that stay in the log. */
  logTail: 1_000,
  votersMax: 5,
  membersMax: 64,
  /** Of so many entries one is followed by a checksum of the state after it. */
  checksumEvery: 1_000,
  journalRecordsBeforeRewrite: 1_000,
} as const

export const TIMES = {
  electionMin: 150,
  electionMax: 300,
  heartbeat: 50,
  checkQuorum: 2_000,
  ping: 250,
  linkLost: 1_000,
  resend: 2_000,
  commitHint: 1_000,
  logTimeStepMax: 10_000,
} as const

export const PROTOCOL = { min: 1, max: 3 } as const
/** Level 2 brought the expiry of sessions. */
export const LEVELS = { min: 1, max: 2 } as const
const DAY = 24 * 60 * 60 * 1_000
/** Of client sessions: how many a list remembers, and after how much log time it forgets one that is not used. */
export const SESSIONS = { count: 10_000, idle: 30 * DAY } as const
export const REPLICA = { levels: LEVELS, checksumEvery: LIMITS.checksumEvery, sessions: SESSIONS } as const
