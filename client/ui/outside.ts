/** The few things of the browser that the page itself uses: clipboard, files, the share sheet of a phone. */
import type { Item } from './view.ts'

export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    // No secure context or no permission: the old way still works in most browsers.
    return copyTheOldWay(text)
  }
}

function copyTheOldWay(text: string): boolean {
  const field = document.createElement('textarea')
  field.value = text
  field.style.cssText = 'position:fixed;opacity:0'
  const owner = document.querySelector('dialog[open]') ?? document.body
  const focused = document.activeElement
  owner.append(field)
  field.select()
  const copied = document.execCommand('copy')
  field.remove()
  if (focused instanceof HTMLElement) focused.focus({ preventScroll: true })
  return copied
}

/** A list as plain text: its name, then a line an item, "[x]" before what is done. */
export function asText(name: string, items: readonly Item[]): string {
  const lines = items.map((item) => `[${item.done ? 'x' : ' '}] ${item.text.replaceAll('\n', ' ')}`)
  return `${[name, '', ...lines].join('\n')}\n`
}

export function saveAsFile(name: string, text: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/plain;charset=utf-8' }))
  link.download = `${name.replaceAll(/[\\/:*?"<>|\p{Cc}]/gu, ' ').trim() || 'List'}.txt`
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}

export const isMac = /Mac|iPhone|iPad/.test(navigator.platform)
/** The layout of phones: one column, dock and hand bar. */
export const narrow = matchMedia('(max-width: 40rem)')
export const calmMotion = matchMedia('(prefers-reduced-motion: reduce)')
