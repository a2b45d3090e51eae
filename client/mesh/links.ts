/** What the links of a mesh are made with. Its libraries are a large part of a page's code, and nobody is met before a stored list is shown. */
export { openChannel } from './channel.ts'
export { introduce } from './introducer.ts'
