/** The icon in the tab strip: the mark, in the accent's colour, ochre while edits are not yet agreed. */
export function showFavicon(pending: boolean): void {
  const link = document.querySelector<HTMLLinkElement>('link[rel=icon]')
  if (link === null) return
  const [from, to] = pending ? ['%230f6577', '%23b07a1a'] : ['%23b07a1a', '%230f6577']
  if (link.href.includes(from)) link.href = link.href.replaceAll(from, to)
}
