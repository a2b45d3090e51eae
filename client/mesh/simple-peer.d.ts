/** What channel.ts uses of simple-peer 9.11.1, which has no types of its own for the bundled file. */
declare module 'simple-peer/simplepeer.min.js' {
  export interface PeerOptions {
    readonly initiator: boolean
    readonly trickle: boolean
    readonly config: RTCConfiguration
    readonly channelConfig: RTCDataChannelInit
  }

  export default class Peer {
    constructor(options: PeerOptions)
    /** Its data channel: null if the connection could not be made. Private, and pinned with the version. */
    readonly _channel: RTCDataChannel | null
    readonly destroyed: boolean
    readonly destroying: boolean
    signal(signal: unknown): void
    send(bytes: Uint8Array): void
    destroy(): void
    on(event: 'signal', listener: (signal: unknown) => void): this
    on(event: 'error', listener: (error: Error) => void): this
    on(event: 'close', listener: () => void): this
    on(event: 'iceStateChange', listener: (connection: RTCIceConnectionState) => void): this
  }
}
