/** A command of this page as bytes. */
import type { Command } from '../../shared/list/commands.ts'
import { packCommand } from '../../shared/wire/commands.ts'

/** Half a surrogate pair, as a cut string can leave, would be refused by every reader: it becomes the replacement character. */
export function bytesOf(command: Command): Uint8Array {
  switch (command.type) {
    case 'add':
    case 'edit':
      return packCommand({ ...command, text: wellFormed(command.text) })
    case 'rename':
      return packCommand({ ...command, name: wellFormed(command.name) })
    case 'check':
    case 'move':
    case 'delete':
    case 'restore':
    case 'skip':
      return packCommand(command)
    default:
      return command satisfies never
  }
}

function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\uFFFD')
}
